"use strict";
(() => {
  const one = (q) => document.querySelector(q), all = (q) => [...document.querySelectorAll(q)];
  const bar = one("#filters"), said = one("#found"), rest = one("#rest"), items = all("[data-o]");
  const keys = { outlet: "o", language: "l", place: "p", group: "g" };
  const chosen = () => Object.entries(keys).map(([name, key]) => [key, one("#by-" + name).value]).filter(([, value]) => value);
  const has = (item, [key, value]) => (" " + item.dataset[key] + " ").includes(" " + value + " ");
  const filter = () => {
    const asked = chosen();
    for (const item of items) item.hidden = !asked.every((each) => has(item, each));
    const stories = items.filter((item) => item.dataset.s === "1");
    if (rest) rest.open = asked.length > 0;
    for (const table of all("[data-empty]")) {
      const rows = [...table.querySelectorAll("[data-o]")];
      const note = document.getElementById(table.dataset.empty);
      if (note) note.hidden = !(rows.length && rows.every((row) => row.hidden));
    }
    said.textContent = asked.length
      ? stories.filter((item) => !item.hidden).length + " of " + stories.length + " stories fit. Head figures, map and charts stay those of the whole day."
      : "";
  };
  if (bar) {
    bar.hidden = false;
    bar.addEventListener("change", filter);
    one("#reset").addEventListener("click", () => { for (const name of Object.keys(keys)) one("#by-" + name).value = ""; filter(); one("#by-outlet").focus(); });
  }
  const select = (node) => { const range = document.createRange(); range.selectNodeContents(node); getSelection().removeAllRanges(); getSelection().addRange(range); };
  const copy = async (button) => {
    const source = document.getElementById(button.dataset.from) || button.previousElementSibling;
    try { await navigator.clipboard.writeText(source.textContent); button.textContent = "Copied"; }
    catch { select(source); button.textContent = "Selected"; }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };
  for (const button of all(".copy")) button.hidden = false;
  document.addEventListener("click", (event) => { const button = event.target.closest(".copy"); if (button) copy(button); });
})();
