"""`python tests/bench_tags.py`: how fast the taggers are, as a ratio within one run, and what each of them costs.

The texts are made up here, about 400 words each, half of them with quotes, and denser than news: nearly each of their sentences tells of
fighting, losses or who said so. Each round has new ones, so that nothing is remembered from the last. Between two rounds of tagging the same
program counts the words of the same texts a fixed number of times: the ratio of the two CPU times holds on any machine and beside other work,
where articles a second do not. `--texts FILE.jsonl` (keys `text`, `language`; also gzipped) tags those texts beside them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flows.steps.tag import TAGGERS, TextToTag, tag, tag_all
from flows.steps.taggers.evidence import read
from flows.steps.taggers.reading import Reading

ROUNDS = 15
ARTICLES = 25  # at once, as in flows/reprocess_job.py
# What tagging an article is compared with: its words found so often.
COUNTED = 10
PLACES = ("Minbya", "Kyauktaw Township", "Pauktaw town", "Lashio", "Kanbalu", "Ye Township, Mon State", "Hpakant", "Demoso")
SENTENCES = (
    "Fighting broke out near {place} on {day} after a column of about 80 junta soldiers left its camp, residents said.",
    "At least {n} people, including two children, were killed and {m} others injured when a jet dropped three bombs on a market at about 9 p.m.",
    '"We heard the first blast and ran to the paddy fields, and we have not been back since," said Daw Nilar Win, whose home burned down.',
    "The Arakan Army (AA) announced on {day} that {n} soldiers had surrendered and that {m} had been captured at the hill post above the road.",
    "More than 4,000 people have been displaced since October, according to figures compiled by local relief groups in {place}.",
    "U Thein Pe, spokesman of the group, told reporters that the road between {place} and the coast would stay closed until next month.",
    "Prices of rice and cooking oil have doubled, traders said, because boats from Sittwe no longer come up the river.",
    "No one at the ministry could be reached for comment on Tuesday, and the hospital declined to give numbers of its patients.",
    "The township administrator said 11 houses, a school and the monastery were destroyed, and that LIB 289 had fired some 40 shells.",
    "He added that two women aged 34 and 61 were taken to hospital, where doctors have run out of dressings and of blood.",
)  # fmt: skip


def article(number: int) -> TextToTag:
    """An invented article of about 400 words; each number gives another one."""
    lines = []
    for at in range(18):
        sentence = SENTENCES[(at * 7 + number) % len(SENTENCES)]
        place, day = PLACES[(at + number) % len(PLACES)], f"November {1 + (at + number) % 28}"
        lines.append(sentence.format(place=place, day=day, n=3 + (at * number) % 40, m=5 + (at + number) % 30))
    return TextToTag(f"Fighting near {PLACES[number % len(PLACES)]}", None, "\n".join(lines), "", "en", "sample_daily", "Sittwe", date(2025, 11, 30), "MM")


def cpu_s(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def texts_of(file: Path) -> list[TextToTag]:
    """The texts of a file with one JSON object a line, as articles of one day of an outlet of Myanmar."""
    packed = file.read_bytes()
    lines = (gzip.decompress(packed) if file.suffix == ".gz" else packed).decode().splitlines()
    rows = [json.loads(line) for line in lines]
    day = date(2025, 11, 30)
    return [TextToTag(None, None, row["text"], "", row.get("language", "en"), "sample_daily", None, day, "MM") for row in rows]


def speed_of(texts: list[TextToTag]) -> float:
    """Articles of 400 words a CPU second, the best of five rounds."""
    words = sum(len(text.body.split()) for text in texts)
    batches = [texts[start : start + ARTICLES] for start in range(0, len(texts), ARTICLES)]
    return words / 400 / min(cpu_s(lambda: [tag_all(batch) for batch in batches]) for _ in range(5))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--texts", type=Path, help="one JSON object a line, with the key text")
    file = options.parse_args().texts
    whole, single, counting = [], [], []
    parts: dict[str, list[float]] = {"read": [], **{tagger.__name__: [] for tagger in TAGGERS}}
    tag(article(0))  # The vocabulary is built at the first use.
    for number in range(ROUNDS):
        texts = [article(number * ARTICLES + at) for at in range(ARTICLES)]
        words = sum(len(text.body.split()) for text in texts) / ARTICLES
        readings: list[Reading] = []
        whole.append(cpu_s(lambda texts=texts: tag_all(texts)))
        others = [article(len(texts) * ROUNDS + number * ARTICLES + at) for at in range(ARTICLES)]
        single.append(cpu_s(lambda others=others: [tag(text) for text in others]))
        counting.append(cpu_s(lambda texts=texts: [re.findall(r"\w+", text.body) for text in texts for _ in range(COUNTED)]))
        parts["read"].append(cpu_s(lambda texts=texts, readings=readings: readings.extend(read(text) for text in texts)))
        for tagger in TAGGERS:
            parts[tagger.__name__].append(cpu_s(lambda tagger=tagger, readings=readings: [list(tagger(reading)) for reading in readings]))
    best = min(whole)
    at_once, one_by_one = (ARTICLES / seconds * words / 400 for seconds in (best, min(single)))
    print(f"{words:.0f} words an article; {at_once:.0f} articles of 400 words a CPU second here, {ARTICLES} at once as `reprocess` tags them")
    print(f"{one_by_one:.0f} one by one, as the pages of a night are read")
    print(f"tagging costs {best / min(counting):.2f} times what finding the words {COUNTED} times costs")
    for name, times in parts.items():
        print(f"  {name:18} {min(times) / best:6.1%}")
    if file:
        print(f"{speed_of(texts_of(file)):.0f} articles of 400 words a CPU second of {file.name}")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
