"""Invented articles in any number, for measurements: some sentences that report something, with places, groups and numbers, among words at random.

A third is Burmese. The words are those of the sample outlets and invented names, few of them frequent and most rare; the sentences that report
something are the same over and over, as in real news, so that their word sequences mean nothing. One article in twenty is a copy of one
of the day and a half before it, in another outlet: words changed, or cut, figures as they were.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench_search import Text

from flows.steps.taggers import vocabulary

OUTLETS = 40  # the paper of a house in English and its sister in Burmese, twenty times
COPIES = 0.05
FIRST_DAY = datetime(2025, 3, 1, tzinfo=UTC)
REPORTS = {
    "en": (
        "Fighting broke out near {place} on {day} after a column of about {m} junta soldiers left its camp, residents said.",
        "At least {n} people, including two children, were killed and {m} others injured when a jet bombed a market in {place} on {day}.",
        '"We heard the first blast and ran to the paddy fields," said Daw {name}, whose house in {place} burned down.',
        "The Arakan Army (AA) announced on {day} that {n} soldiers had surrendered and that {m} had been captured in {place}.",
        "More than {k} people have been displaced from {place} since October, according to a relief group.",
        "U {name}, spokesman of the group, told reporters that the road from {place} would stay closed until next month.",
        "Junta troops arrested {n} villagers in {place} on {day}, a resident said.",
        "A landmine killed a farmer and injured {n} others near {place} on {day}, local sources said.",
    ),
    "my": (
        "{place}တွင် {day} ရက်က လေကြောင်းတိုက်ခိုက်မှုကြောင့် အရပ်သား {n} ဦး သေဆုံးပြီး {m} ဦး ဒဏ်ရာရရှိခဲ့သည်။",
        "{place}အနီး တိုက်ပွဲများကြောင့် ဒေသခံ {k} ကျော် နေရပ်စွန့်ခွာနေရသည်ဟု ဒေသခံများက ပြောသည်။",
        "အာရက္ခတပ်တော် (AA) က စစ်ကောင်စီတပ်သား {n} ဦးကို ဖမ်းဆီးရမိကြောင်း {day} ရက်က ထုတ်ပြန်သည်။",
        "{place}တွင် မိုင်းပေါက်ကွဲမှုကြောင့် ရွာသား {n} ဦး ဒဏ်ရာရရှိသည်။",
    ),
}


@dataclass(frozen=True)
class Invented:
    """One article; `copies` is the number of the one whose text it holds."""

    number: int
    copies: int | None
    row: dict[str, Any]  # a line of an import file


def outlet_id(at: int) -> str:
    return f"paper{at // 2:02}_{'en' if at % 2 == 0 else 'my'}"


def write_outlets(folder: Path) -> Path:
    """The definitions of the outlets; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for at in range(OUTLETS):
        name = outlet_id(at)
        (folder / f"{name}.toml").write_text(
            f'name = "Paper {at}"\nhomepage = "https://{name.replace("_", "-")}.example/"\ncountry = "MM"\nlanguage = "{name[-2:]}"\n'
            'time_zone = "Asia/Yangon"\n', encoding="utf-8",
        )
    return folder


class Writer:
    """Writes articles one after the other, `per_day` of them a day. The same arguments give the same articles."""

    def __init__(self, per_day: int, first: int = 0, seed: int = 7) -> None:
        self.per_day, self.number, self.draw = per_day, first, random.Random(seed)
        self.texts = {language: Text(language, self.draw) for language in ("en", "my")}
        towns = [place for place in places() if place[0] and place[1]]
        self.places = {"en": [en for en, _ in towns], "my": [my for _, my in towns]}
        self.recent: deque[tuple[int, str, str, list[str]]] = deque(maxlen=per_day * 3 // 2)

    def articles(self, number: int, copies: float = COPIES, of_earlier: bool = False) -> Iterator[Invented]:
        """`copies` of them copy another; with `of_earlier` one that was written before this call."""
        earlier = list(self.recent)
        for _ in range(number):
            pool = earlier if of_earlier else self.recent
            source = self.draw.choice(pool) if pool and self.draw.random() < copies else None
            yield self.copy_of(*source) if source else self.fresh()

    def fresh(self) -> Invented:
        language = "my" if self.draw.random() < 1 / 3 else "en"
        lines = [self.line(language) for _ in range(max(4, min(60, round(self.draw.lognormvariate(2.3, 0.5)))))]
        return self.printed(language, self.outlet_of(language), lines, None)

    def copy_of(self, number: int, language: str, printed_by: str, lines: list[str]) -> Invented:
        """Printed by another outlet: one word in thirty is another one, and of two in five only the first half or more is left."""
        edited = [" ".join(self.other_word(word, language) for word in line.split(" ")) for line in lines]
        if self.draw.random() < 0.4:
            edited = edited[: max(3, round(len(edited) * self.draw.uniform(0.5, 1)))]
        outlet = self.outlet_of(language)
        while outlet == printed_by:
            outlet = self.outlet_of(language)
        return self.printed(language, outlet, edited, number)

    def other_word(self, word: str, language: str) -> str:
        if any(sign.isdigit() for sign in word) or self.draw.random() > 0.03:
            return word
        return self.texts[language].piece(1)

    def outlet_of(self, language: str) -> str:
        return outlet_id(self.draw.randrange(OUTLETS // 2) * 2 + (language == "my"))

    def line(self, language: str) -> str:
        """A paragraph: one in three reports something."""
        if self.draw.random() > 1 / 3:
            return self.texts[language].piece(self.draw.randrange(12, 40)).capitalize() + ("." if language == "en" else "။")
        day = self.published().strftime("%B %-d" if language == "en" else "%-d")
        name = " ".join(self.texts["en"].piece(2).title().split())
        return self.draw.choice(REPORTS[language]).format(
            place=self.draw.choice(self.places[language]), day=day, name=name,
            n=self.draw.randrange(3, 40), m=self.draw.randrange(5, 90), k=f"{self.draw.randrange(11, 99) * 100:,}",
        )

    def published(self) -> datetime:
        return FIRST_DAY + timedelta(days=self.number / self.per_day)

    def printed(self, language: str, outlet: str, lines: list[str], copies: int | None) -> Invented:
        self.number += 1
        self.recent.append((self.number, language, outlet, lines))
        row = {
            "outlet_id": outlet, "url": f"https://{outlet.replace('_', '-')}.example/news/{self.number}",
            "headline": self.texts[language].piece(8).capitalize(), "body": "\n".join(lines), "language": language,
            "authors": [self.texts["en"].piece(2).title()], "date_published": self.published().isoformat(timespec="seconds"),
        }
        return Invented(self.number, copies, row)


def places() -> list[tuple[str, str]]:
    """The names of townships in both languages."""
    return [(row["name"], row["name_my"]) for row in vocabulary.terms_rows("places.csv") if row["level"] == "township"]
