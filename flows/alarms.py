"""The rules of the alarms: what in the numbers of an outlet says that it, or our reading of it, has broken. Pure.

Each rule looks at one outlet's run beside that outlet's own history, so that a weekly and an agency are measured by themselves. A rule is
silent until there is enough history to say what is usual. The shape of the rules is that of OpenSanctions (least counts and fill rates),
Media Cloud (volume by source), Spidermon (field coverage) and fundus (one page that must always come out whole).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from crawlers.outlet import Expectation
from warehouse.history import History

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of alarm: whether it makes its run incomplete, and what to do about it."""

    name: str
    makes_incomplete: bool
    remedy: str


# The order is that in which an operator should look at them. Those that make a run incomplete say that articles of this night are missing or
# wrong as far as can be told; the others say that something is unusual, which may be the news.
KINDS: dict[str, Kind] = {kind.name: kind for kind in (
    Kind("blocked", True, "The outlet refuses us. Write to it; do not go around it. Set enabled = false while you wait."),
    Kind("golden", True, "Our reading changed, not the outlet. If you changed its file, the program or a library: compare with `nightdesk reprocess "
         "--outlet {outlet_id} --dry-run`, then mend that or run it without --dry-run."),
    Kind("unread", True, "Open one of the pages, and `nightdesk inspect URL --outlet {outlet_id}`: a wall, an empty page or a new layout. After the "
         "outlet's file is mended, `nightdesk reprocess --outlet {outlet_id}` reads the kept pages again."),
    Kind("sameness", True, "Look at some of tonight's articles with `nightdesk show`: a consent or login wall, or furniture of a new layout, is in "
         "their place. Name it in [article] drop, then `nightdesk reprocess --outlet {outlet_id}`."),
    Kind("fill_rate", True, "The layout has probably changed. `nightdesk inspect URL --outlet {outlet_id}` shows what each part of a page says; mend "
         "[[fields]] with a new block, then `nightdesk reprocess --outlet {outlet_id}`."),
    Kind("frozen", True, "The source stands still although the outlet goes on. Look for its new address with `nightdesk outlets new` and change the "
         "outlet's file. What another source or the front page showed was taken in."),
    Kind("silence", True, "Look at the site. If it goes on, its sources have moved: `nightdesk outlets new` finds them. If it has closed, set "
         "enabled = false."),
    Kind("feed_page", False, "Compare one of the pages with its source: headline or date are read from the wrong place, or the source is wrong. "
         "`nightdesk why ARTICLE_ID` shows every candidate."),
    Kind("volume_low", False, "Compare the site with its rows of `coverage_ledger` and `run_sources`: a section or a source may be missing."),
    Kind("volume_high", False, "Look at tonight's articles: overview pages or an archive are taken for news. [article] url_pattern keeps them out."),
)}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm. `about` tells two alarms of one kind and outlet apart (a field, a source); empty where there can be only one."""

    kind: str
    outlet_id: str
    observed: str
    expected: str
    about: str = ""
    example: str = ""

    @property
    def name(self) -> str:
        """The name in the table `checks`."""
        return f"alarm_{self.kind}"

    @property
    def detail(self) -> str:
        """What to do, with an example where there is one."""
        remedy = KINDS[self.kind].remedy.format(outlet_id=self.outlet_id)
        return f"{remedy} For example {self.example}" if self.example else remedy


def makes_incomplete(alarms: Iterable[Alarm]) -> bool:
    return any(KINDS[alarm.kind].makes_incomplete for alarm in alarms)


def alarms_of(history: History, expectations: Mapping[str, Expectation]) -> list[Alarm]:
    """Every alarm of a run, in the order of KINDS, then by outlet. `expectations` are the [expect] tables of the outlets' files."""
    found = [
        *blocked(history.runs), *unread(history.runs, history.now), *sameness(history.paragraphs), *fill_rates(history.fields),
        *lengths(history.lengths), *frozen(history.sources), *silence(history.runs, history.gaps, history.now),
        *disagreements(history.told), *volumes(history, expectations),
    ]
    # A first week says nothing about what is usual.
    settled = {row["outlet_id"] for row in history.runs if is_settled(row, history.now)}
    order = list(KINDS)
    kept = [alarm for alarm in found if alarm.kind == "blocked" or alarm.outlet_id in settled]
    return sorted(kept, key=lambda alarm: (order.index(alarm.kind), alarm.outlet_id, alarm.about))


SETTLED_AFTER = timedelta(days=7)  # one of each day of the week


def is_settled(row: Row, now: datetime) -> bool:
    """Whether the outlet was crawled for a week before this run, and was not given up as a whole in it: its alert says that already."""
    return row["alert"] is None and row["first_run_at"] is not None and now - row["first_run_at"] >= SETTLED_AFTER


# ---------------------------------------------------------------- chance

# A share that this run can have by chance once in so many runs raises nothing. 33 outlets with ten shares each give 120,000 a year, of which
# most are nowhere near, as each rule asks for a halving besides.
CHANCE_MAX = 1e-4
BEFORE_MIN = 20  # articles or pages that history must hold: fewer do not tell .9 from .7
TONIGHT_MIN = 3  # two articles without a byline are no layout


def usual_share(hits: int, of: int) -> float:
    """The share that history shows, drawn a little towards one half so that a share of 0 or 1 stays possible to miss (Laplace)."""
    return (hits + 1) / (of + 2)


def chance_of_at_most(hits: int, of: int, share: float) -> float:
    """Probability of so few hits or fewer among `of`, each a hit with probability `share` (binomial)."""
    return math.fsum(math.exp(log_chance(k, of, share)) for k in range(hits + 1))


def log_chance(hits: int, of: int, share: float) -> float:
    ways = math.lgamma(of + 1) - math.lgamma(hits + 1) - math.lgamma(of - hits + 1)
    return ways + hits * math.log(share) + (of - hits) * math.log1p(-share)


def has_dropped(tonight: int, of_tonight: int, before: int, of_before: int) -> bool:
    """Whether a share has fallen to half of what is usual or less, and not by chance."""
    if of_tonight < TONIGHT_MIN or of_before < BEFORE_MIN:
        return False
    usual = usual_share(before, of_before)
    return tonight / of_tonight <= usual / 2 and chance_of_at_most(tonight, of_tonight, usual) < CHANCE_MAX


def percent(hits: float, of: float) -> str:
    return f"{round(100 * hits / of)} %" if of else "none"


# ---------------------------------------------------------------- what came


def blocked(runs: Iterable[Row]) -> Iterator[Alarm]:
    """The outlet refuses us: 401, 403 or 451 from its sources or pages, or challenges in place of pages (view outlet_health)."""
    for row in runs:
        if row["state"] == "blocked":
            observed = f"alert {row['alert']}" if row["alert"] else f"{row['fetched']} pages were challenges"
            yield Alarm("blocked", row["outlet_id"], observed, "pages that can be read")


def unread(runs: Iterable[Row], now: datetime) -> Iterator[Alarm]:
    """Addresses that were asked gave no article, although those of this outlet usually do."""
    for row in runs:
        articles, asked = row["extracted"], row["extracted"] + row["refused"]
        if is_settled(row, now) and has_dropped(articles, asked, row["extracted_before"], row["asked_before"]):
            yield Alarm(
                "unread", row["outlet_id"], f"{articles} of {asked} pages gave an article ({', '.join(row['reasons'])})",
                f"{percent(row['extracted_before'], row['asked_before'])} of pages, as in the 30 days before",
            )


# Facts of the field: a paragraph that more than a fifth of a night's texts share is furniture (Media Cloud's and our own pages).
SHARED_MIN = 0.2
SHARED_BEFORE_MAX = 0.02  # a line that an outlet has always printed under its texts is no news


def sameness(paragraphs: Iterable[Row]) -> Iterator[Alarm]:
    """A paragraph stands in many of tonight's texts and in none or next to none of the earlier ones. One alarm an outlet, of the commonest."""
    seen: set[str] = set()
    for row in paragraphs:
        is_new = row["of_before"] >= BEFORE_MIN and row["texts_before"] <= SHARED_BEFORE_MAX * row["of_before"]
        if row["outlet_id"] not in seen and is_new and row["texts"] > SHARED_MIN * row["of_tonight"]:
            seen.add(row["outlet_id"])
            yield Alarm(
                "sameness", row["outlet_id"], f"one paragraph in {row['texts']} of {row['of_tonight']} texts",
                f"in {row['texts_before']} of {row['of_before']} before", example=row["url"],
            )


FIELD_USUAL_MIN = 0.6  # a field that an outlet gives seldom is not missed


def fill_rates(fields: Iterable[Row]) -> Iterator[Alarm]:
    """A field that the outlet usually gives is missing in tonight's articles; `language` is missing where it is not the usual one."""
    for row in fields:
        if row["of_before"] and row["filled_before"] < FIELD_USUAL_MIN * row["of_before"]:
            continue
        if has_dropped(row["filled_tonight"], row["of_tonight"], row["filled_before"], row["of_before"]):
            yield Alarm(
                "fill_rate", row["outlet_id"], f"{row['field']} in {row['filled_tonight']} of {row['of_tonight']} articles",
                f"in {percent(row['filled_before'], row['of_before'])}, as in the {row['of_before']} before", row["field"],
            )


# Of the median of a night beside the tenth and ninetieth percentile of single texts: nights of three short reports stay far from it.
SHORTER, LONGER = 0.5, 2.0


def lengths(rows: Iterable[Row]) -> Iterator[Alarm]:
    """Half of tonight's texts are far shorter than nearly all before, or far longer: a teaser, a wall, or a whole page in their place."""
    for row in rows:
        if row["of_tonight"] < TONIGHT_MIN or row["of_before"] < BEFORE_MIN:
            continue
        low, high = SHORTER * row["p10_before"], LONGER * row["p90_before"]
        if not low <= row["median_tonight"] <= high:
            yield Alarm(
                "fill_rate", row["outlet_id"], f"half of {row['of_tonight']} texts have {row['median_tonight']:.0f} words or fewer",
                f"{low:.0f} to {high:.0f}, as nine of ten of the {row['of_before']} before", "body_length",
            )


# ---------------------------------------------------------------- what did not come

RUNS_MIN = 3
NEWS_USUAL = 0.75  # of a source's runs: it names something new in most of them
FRESH_MIN = 2  # one article may be in a section that the source leaves out


def frozen(sources: Iterable[Row]) -> Iterator[Alarm]:
    """A source that usually names something new names nothing, while another one, or the front page, shows articles younger than all known."""
    by_outlet: dict[str, list[Row]] = defaultdict(list)
    for row in sources:
        by_outlet[row["outlet_id"]].append(row)
    for outlet_id, rows in by_outlet.items():
        others = [row for row in rows if row["new_count"] >= FRESH_MIN and row["fresh"] >= FRESH_MIN]
        for row in rows:
            usually = row["runs_before"] >= RUNS_MIN and row["runs_with_news"] >= NEWS_USUAL * row["runs_before"]
            if usually and others and row["state"] != "failed" and not row["new_count"]:
                other = others[0]
                where = "the front page" if other["kind"] == "front_page" else other["url"]
                expected = f"what {where} shows: {other['fresh']} younger articles"
                yield Alarm("frozen", outlet_id, f"{row['url']} named nothing new", expected, row["url"])


# Three times the pause that an outlet makes one time in twenty, and three holidays besides; of an outlet that prints all day, five days and a
# half: three holidays beside a weekend. The 48 hours that others use cry at every long weekend. A source that stands still while the outlet
# goes on is told of in one night by `frozen`.
SILENCE_HOURS_MIN = 132.0
SILENCE_FACTOR = 3.0
HOLIDAY_HOURS = 72.0
GAPS_MIN = 10
PEERS_MIN = 3  # outlets of a country that must be known to be quiet before their quiet is called a holiday


def silence(runs: Iterable[Row], gaps: Iterable[Row], now: datetime) -> Iterator[Alarm]:
    """No article for longer than the outlet ever pauses, although it could be asked. Where most outlets of its country are quiet, nobody cries."""
    usual = {row["outlet_id"]: row for row in gaps if row["gaps"] >= GAPS_MIN}
    asked = [row for row in runs if row["outlet_id"] in usual and row["newest_at"] is not None]
    quiet = {row["outlet_id"]: beyond for row in asked if (beyond := hours_beyond(row, usual[row["outlet_id"]]["p95_hours"], now))}
    all_of, quiet_of = (Counter(row["country"] for row in asked), Counter(row["country"] for row in asked if row["outlet_id"] in quiet))
    for row in asked:
        country = row["country"]
        is_holiday = all_of[country] > PEERS_MIN and quiet_of[country] * 2 > all_of[country]
        if row["outlet_id"] in quiet and not row["new"] and not is_holiday:
            allowed, passed = quiet[row["outlet_id"]]
            yield Alarm("silence", row["outlet_id"], f"no article for {passed / 24:.1f} days", f"one within {allowed / 24:.1f} days, by its history")


def hours_beyond(row: Row, p95_hours: float, now: datetime) -> tuple[float, float] | None:
    """(hours allowed, hours passed) where more have passed than are allowed."""
    allowed, hours = max(SILENCE_HOURS_MIN, HOLIDAY_HOURS + SILENCE_FACTOR * p95_hours), (now - row["newest_at"]) / timedelta(hours=1)
    return (allowed, hours) if hours > allowed else None


# ---------------------------------------------------------------- volume

WEEK = 7
HOLIDAYS = 3  # in a week, on the days that are fullest
WORKING_SHARE = 4 / 7  # of a week with three holidays in it, where nothing is known of its days
DEVIATIONS = 3.0
NORMAL = 1.4826  # median absolute deviation to standard deviation
WEEKS_MIN = 2
HIGH_DEVIATIONS = 6.0
HIGH_FACTOR = 1.5  # of the fullest day of history
HIGH_MORE = 10


def volumes(history: History, expectations: Mapping[str, Expectation]) -> Iterator[Alarm]:
    """The last seven days are far too few, or the last one is far too many, by the outlet's own history and by its file.

    Weeks are compared with weeks, so that weekends do not count as a drop; and a week may lack three days, so that holidays do not.
    """
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for row in history.volumes:
        counts[row["outlet_id"]][row["age_days"]] = row["articles"]
    for row in history.runs:
        if row["first_run_at"] is None or row["alert"]:
            continue
        known_days = int((history.now - row["first_run_at"]) / timedelta(days=1))
        # The first run takes in what the sources still list, which is no measure of what was published before it.
        days = [counts[row["outlet_id"]].get(age, 0) for age in range(min(known_days, 35))]
        expected = expectations.get(row["outlet_id"], Expectation())
        if len(days) >= WEEK:
            yield from low(row["outlet_id"], days, expected.articles_per_day_min)
            yield from high(row["outlet_id"], days, expected.articles_per_day_max)


def low(outlet_id: str, days: list[int], least: float | None) -> Iterator[Alarm]:
    """`days` are the articles of stretches of 24 hours, the newest first."""
    week, before = sum(days[:WEEK]), days[WEEK:]
    allowed = [WORKING_SHARE * WEEK * least] if least else []
    usual = [median(before[day::WEEK]) for day in range(WEEK)] if len(before) >= WEEKS_MIN * WEEK else []
    if usual:
        working = sum(sorted(usual)[:WEEK - HOLIDAYS])
        sums = [sum(before[start:start + WEEK]) for start in range(0, len(before) - WEEK + 1, WEEK)]
        # Articles come at random within a week (Poisson), and weeks differ among each other; the larger spread counts.
        spread = max(math.sqrt(working), NORMAL * median(abs(each - median(sums)) for each in sums))
        allowed.append(working - DEVIATIONS * spread)
    if allowed and week < max(allowed):
        usually = f", {sum(usual):.0f} in a usual week" if usual else ""
        yield Alarm("volume_low", outlet_id, f"{week} articles in seven days", f"at least {math.ceil(max(allowed))}{usually}")


def high(outlet_id: str, days: list[int], most: float | None) -> Iterator[Alarm]:
    """The same for the last day alone."""
    before = days[1:]
    allowed = [most] if most else []
    if len(before) >= 2 * WEEK:
        usual = median(before)
        spread = NORMAL * median(abs(each - usual) for each in before)
        allowed.append(max(usual + HIGH_DEVIATIONS * spread, HIGH_FACTOR * max(before), usual + HIGH_MORE))
    if allowed and days[0] > min(allowed):
        usually = f", {median(before):.0f} on a usual day" if before else ""
        yield Alarm("volume_high", outlet_id, f"{days[0]} articles in a day", f"at most {min(allowed):.0f}{usually}")


# ---------------------------------------------------------------- what two say of one

ALIKE_MIN = 0.5  # of the letter pairs of the shorter headline: kickers, cuts and site names keep nearly all, another headline keeps a quarter


def disagreements(told: Iterable[Row]) -> Iterator[Alarm]:
    """The outlet's sources and its pages say different headlines or days of tonight's articles, although they usually agree."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in told:
        groups[row["outlet_id"], row["field"]].append(row)
    for (outlet_id, field), rows in groups.items():
        tonight, before = ([row for row in rows if row["is_tonight"] is is_tonight] for is_tonight in (True, False))
        agreeing, agreed = (sum(agree(field, row["by_source"], row["by_page"]) for row in part) for part in (tonight, before))
        if has_dropped(agreeing, len(tonight), agreed, len(before)):
            example = next(row["url"] for row in tonight if not agree(field, row["by_source"], row["by_page"]))
            yield Alarm(
                "feed_page", outlet_id, f"source and page agree on {field} for {agreeing} of {len(tonight)} articles",
                f"for {percent(agreed, len(before))}, as in the {len(before)} before", field, example,
            )


def agree(field: str, one: str, other: str) -> bool:
    """Whether two candidates of a field are of one thing: headlines by their letter pairs, in any script; days to within one."""
    if field == "headline":
        pairs, others = letter_pairs(one), letter_pairs(other)
        return len(pairs & others) >= ALIKE_MIN * min(len(pairs), len(others))
    days = day_of(one), day_of(other)
    return None in days or abs((days[0] - days[1]).days) <= 1  # type: ignore[operator]


def letter_pairs(text: str) -> set[str]:
    letters = "".join(text.casefold().split())
    return {letters[at:at + 2] for at in range(len(letters) - 1)}


def day_of(written: str) -> datetime | None:
    """The day of a candidate as ISO 8601 writes it; None where it writes something else, on which nobody can disagree."""
    try:
        return datetime.fromisoformat(written[:10])
    except ValueError:
        return None
