"""What the morning page says, put together from its rows. Pure: rows in, content out; templates only print it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup

from flows.briefing import drawings
from flows.briefing.day import TOP_STORIES, USUAL_DAYS, ZONE, noon
from flows.briefing.drawings import Bar, Place
from flows.briefing.rows import Row, Rows
from flows.briefing.safety import clean, sort_key
from flows.layout import counted

LANGUAGES = {
    "en": "English", "my": "Burmese", "rki": "Arakanese", "shn": "Shan", "mnw": "Mon", "ksw": "S'gaw Karen", "kjp": "Eastern Pwo",
    "kac": "Kachin",
    "cnh": "Hakha Chin", "ctd": "Tedim Chin", "bn": "Bengali", "th": "Thai", "zh": "Chinese", "hi": "Hindi",
    "und": "language not certain",
}
RELATIONS = {"exact": "word for word", "near": "edited", "excerpt": "in part", "original": "", "translation": "another language", None: ""}
STATES_OF_DAY = {
    "nothing": "nothing published", "blind": "blind: no source answered", "partly_blind": "partly blind: a source failed",
    "not_asked": "not looked at", "incomplete": "more may be missing", "printed": "",
}
BAD = ("blocked", "broken", "unavailable", "paused", "silent")
RUNS_WELL = ("completed",)
OUTLETS_NAMED = 6
LEVELS = 5
DAYS_SHOWN_MIN = 7


@dataclass(frozen=True, slots=True)
class Attention:
    """Something wrong: `level` is error, warning or note."""

    level: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """A head figure. `rows` are the lines of query `head` that it shows: one, or a lowest and a highest."""

    label: str
    rows: tuple[Row, ...]
    note: str
    spark: Markup


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a filter; `group` is the heading that it stands under."""

    value: str
    name: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """Names behind ids: places by P-code, armed groups by id; `state_of` leads from a P-code of a part (Shan, north) to that of its state."""

    places: Mapping[str, str]
    groups: Mapping[str, str]
    state_ids: Mapping[str, str]

    def state_of(self, pcode: str | None) -> str:
        name = self.places.get((pcode or "")[:6], "")
        return self.state_ids.get(name, "")


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that a page of one day shows."""

    day: date
    rows: Rows
    attention: tuple[Attention, ...]
    cards: tuple[Card, ...]
    history_days: int
    names: Names
    filters: Mapping[str, tuple[Option, ...]]
    map: Markup
    placed: tuple[int, int]  # events of the week with a township on the map, and all of them
    coverage_days: tuple[date, ...]
    coverage: tuple[tuple[str, str, tuple[Row, ...]], ...]
    coverage_top: int

    @property
    def file(self) -> Row:
        return self.rows["file"][0]

    def head(self, figure: str) -> Row:
        """The line of a head figure."""
        return next(row for row in self.rows["head"] if row["figure"] == figure)

    @property
    def top(self) -> list[Row]:
        return self.rows["stories"][:TOP_STORIES]

    @property
    def rest(self) -> list[Row]:
        return self.rows["stories"][TOP_STORIES:]

    @property
    def is_outside(self) -> bool:
        """Whether the file holds nothing of this day because it lies before its first or after its last."""
        first, last = self.file["first_day"], self.file["last_day"]
        return first is None or last is None or not first <= self.day <= last


def content_of(day: date, rows: Rows) -> Content:
    """The content of the page of a day."""
    names = names_of(rows["names"])
    townships = places_on_map(rows)
    covered, shown = coverage_of(rows["coverage"])
    history = max((row["median_of_days"] for row in rows["head"]), default=0)
    return Content(
        day=day, rows=rows, attention=tuple(attention_of(rows)), cards=cards_of(rows["head"], history), history_days=history, names=names,
        filters=filters_of(rows, names), map=map_of(townships),
        placed=(sum(place.week for place in townships), sum_of(rows["events_by_place"], "week")),
        coverage_days=shown, coverage=covered, coverage_top=max((row["articles"] for row in rows["coverage"]), default=0),
    )


def sum_of(rows: Iterable[Row], column: str) -> int:
    return sum(row[column] or 0 for row in rows)


# ---------------------------------------------------------------- what is wrong


def attention_of(rows: Rows) -> list[Attention]:
    """What somebody must look at, the worst first."""
    found = [*wrong_runs(rows), *wrong_outlets(rows["outlets_of_night"]), *findings(rows["alarms"]), *blind_days(rows)]
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(found, key=lambda each: order[each.level])


def wrong_runs(rows: Rows) -> Iterable[Attention]:
    nightly = [row for row in rows["runs"] if row["kind"] == "nightly"]
    if not nightly:
        yield Attention("error", "No nightly run", "No nightly run worked in the night of this day. What stands below came in with other runs.")
    for row in rows["runs"]:
        # One that still runs is the run that writes this page, or is named by the next one.
        if row["state"] not in (*RUNS_WELL, "running"):
            said = f"{row['outlets_with_alert']} of {counted(row['outlets'], 'outlet')} with an alert." if row["outlets"] else ""
            level = "warning" if row["state"] == "incomplete" else "error"
            yield Attention(level, f"Run {row['state']}", f"{row['kind']} run {row['run_id']}. {said}".strip())


def wrong_outlets(outlets: list[Row]) -> Iterable[Attention]:
    for row in outlets:
        if row["state"] in BAD:
            counts = f"{row['fetched']} pages fetched, {row['failed']} failed, {row['rejected']} rejected"
            why = f"{row['alert']}; " if row["alert"] and row["alert"] != row["state"] else ""
            said = f"{why}{counts}. {not_taken(row)}"
            yield Attention("error", f"{row['outlet'] or row['outlet_id']}: {row['state']}", said.strip())
    if degraded := [row for row in outlets if row["state"] == "degraded"]:
        named = [f"{row['outlet'] or row['outlet_id']} ({not_taken(row)})" for row in degraded[:OUTLETS_NAMED]]
        yield Attention("warning", f"{counted(len(degraded), 'outlet')} degraded", "; ".join(named) + more(len(degraded)))
    if any(row["state"] != "not_crawled" for row in outlets) and (left := [row for row in outlets if row["state"] == "not_crawled"]):
        yield Attention("note", f"{counted(len(left), 'outlet')} not asked", listed(row["outlet"] or row["outlet_id"] for row in left))


def not_taken(row: Row) -> str:
    return ", ".join(f"{each['number']} {each['reason']}" for each in row["not_taken"][:OUTLETS_NAMED])


def more(number: int) -> str:
    return f"; and {number - OUTLETS_NAMED} more" if number > OUTLETS_NAMED else ""


def listed(names: Iterable[str]) -> str:
    found = list(names)
    return ", ".join(found[:OUTLETS_NAMED]) + more(len(found))


def findings(alarms: list[Row]) -> Iterable[Attention]:
    for row in alarms:
        whose = f"{row['outlet'] or row['outlet_id']}: " if row["outlet_id"] else ""
        yield Attention("error" if row["level"] == "error" else "warning", f"{whose}{row['name'].removeprefix('alarm_').replace('_', ' ')}",
                        f"{row['observed']}; expected: {row['expected']}. {row['detail']}".strip())


def blind_days(rows: Rows) -> Iterable[Attention]:
    """Outlets of which nobody knows whether they published something on the day."""
    last = max((row["day"] for row in rows["coverage"]), default=None)
    blind = [row for row in rows["coverage"] if row["day"] == last and row["state"] in ("blind", "partly_blind", "incomplete")]
    if blind:
        names = listed(row["outlet"] or row["outlet_id"] for row in blind)
        yield Attention("warning", "Blind on this day", f"A low number here may be ours, not theirs: {names}.")


# ---------------------------------------------------------------- head figures


def cards_of(head: list[Row], history: int) -> tuple[Card, ...]:
    figures = {row["figure"]: row for row in head}

    def card(label: str, note: str, *names: str) -> Card:
        return Card(label, tuple(figures[name] for name in names), note, drawings.sparkline(figures[names[-1]]["series"], history))

    return (
        card("Articles", "with this day’s date, copies included", "articles"),
        card("Without copies", "each text once", "originals"),
        card("Outlets heard", "with at least one article", "outlets"),
        card("Events told", "each once, however many tell it", "events"),
        card("People killed", "in these events: lowest and highest number told", "killed_low", "killed_high"),
        card("Changed later", "articles with a new version, noticed in the night", "changed"),
    )


# ---------------------------------------------------------------- names and filters


def names_of(rows: list[Row]) -> Names:
    places = {row["entity_id"]: row["name"] for row in rows if row["kind"] == "place"}
    states: dict[str, str] = {}
    for pcode, name in sorted(places.items()):
        if len(pcode) == 6:
            states.setdefault(name, pcode)
    return Names(places, {row["entity_id"]: row["name"] for row in rows if row["kind"] == "armed_group"}, states)


def filters_of(rows: Rows, names: Names) -> dict[str, tuple[Option, ...]]:
    """The choices of the four filters: only what the day's stories and events have."""
    stories, events = rows["stories"], rows["events"]
    outlets = {row["outlet_id"]: row["outlet"] or row["outlet_id"] for row in (*stories, *events, *rows["figures"])}
    for story in stories:
        outlets |= {each["outlet_id"]: each["outlet"] or each["outlet_id"] for each in story["taken_by"]}
    languages = {row["language"] for row in (*stories, *events, *rows["figures"])}
    townships = {pcode for row in stories for pcode in row["township_ids"]} | {row["township_pcode"] for row in events if row["township_pcode"]}
    states = {names.state_of(pcode) for pcode in [*townships, *(each for row in stories for each in row["state_ids"])]}
    states |= {names.state_ids.get(row["state"] or "", "") for row in events}
    groups = {each for row in stories for each in row["group_ids"]} | {row[side] for row in events for side in ("actor1_id", "actor2_id")}
    return {
        "outlet": in_order(Option(each, name) for each, name in outlets.items()),
        "language": in_order(Option(each, language_name(each)) for each in languages),
        "place": place_options(states - {""}, townships, names),
        "group": in_order(Option(each, names.groups[each]) for each in groups if each in names.groups),
    }


def in_order(options: Iterable[Option]) -> tuple[Option, ...]:
    return tuple(sorted(options, key=lambda option: (sort_key(option.name), option.value)))


def place_options(states: set[str], townships: set[str], names: Names) -> tuple[Option, ...]:
    found = [Option(pcode, f"All of {names.places[pcode]}", names.places[pcode]) for pcode in states]
    found += [Option(pcode, names.places[pcode], names.places.get(names.state_of(pcode), "")) for pcode in townships if pcode in names.places]
    return tuple(sorted(found, key=lambda option: (option.group, len(option.value), option.name)))


def language_name(tag: str) -> str:
    return LANGUAGES.get(tag) or LANGUAGES.get(tag.split("-")[0], "") or tag


def keys_of(row: Row, content: Content) -> dict[str, str]:
    """What the filters compare: ids of outlets, language, places and groups of a row, each list joined by blanks."""
    story = row.of == "stories"
    names = content.names
    townships = list(row["township_ids"]) if story else list(filter(None, [row["township_pcode"]])) if row.of == "events" else []
    states = [names.state_of(pcode) for pcode in (*(row["state_ids"] if story else ()), *townships)]
    if row.of == "events":
        states.append(names.state_ids.get(row["state"] or "", ""))
    groups = row["group_ids"] if story else [row["actor1_id"], row["actor2_id"]] if row.of == "events" else []
    return {
        "o": joined(row["outlet_ids"] if story else [row["outlet_id"]]), "l": joined([row["language"]]),
        "p": joined([*states, *townships]), "g": joined(groups),
    }


def joined(ids: Iterable[str | None]) -> str:
    return " ".join(dict.fromkeys(clean(each).replace(" ", "_") for each in ids if each))


# ---------------------------------------------------------------- map and charts


def places_on_map(rows: Rows) -> list[Place]:
    """All townships that have coordinates, with their events."""
    told = {row["township_pcode"]: row for row in rows["events_by_place"] if row["township_pcode"]}
    states = {row["entity_id"]: row["name"] for row in rows["names"] if len(row["entity_id"]) == 6}
    return [
        Place(row["name"], states.get(row["entity_id"][:6], ""), row["latitude"], row["longitude"],
              told[row["entity_id"]]["day"] if row["entity_id"] in told else 0, told[row["entity_id"]]["week"] if row["entity_id"] in told else 0)
        for row in rows["names"] if row["kind"] == "place" and len(row["entity_id"]) == 9 and row["latitude"] is not None
    ]


def map_of(townships: list[Place]) -> Markup:
    if not any(place.week for place in townships):
        return Markup("")
    week, day = sum(place.week for place in townships), sum(place.day for place in townships)
    most = sorted((place for place in townships if place.week), key=lambda place: (-place.day, -place.week, place.name))[:OUTLETS_NAMED]
    said = "; ".join(f"{place.name} in {place.state}: {place.day} on the day, {place.week} in the week" for place in most)
    return drawings.township_map(
        townships, "Events by township, Myanmar",
        f"{counted(day, 'event')} of the day and {counted(week, 'event')} of the week in known townships. {said or 'None.'} "
        "The table beside it has all.",
    )


def bars_of_outlet(row: Row, scale: float) -> Markup:
    return drawings.bar_row([Bar(0, row["originals"], "own"), Bar(row["originals"], row["articles"], "copied")], scale, row["median"])


def bars_of_day_and_week(row: Row, scale: float) -> Markup:
    return drawings.bar_row([Bar(0, row["week"], "faint"), Bar(0, row["day"], "own")], scale)


def bars_of_casualties(row: Row, scale: float) -> Markup:
    """The week's killed faintly, the day's on it; what lies between the lowest and the highest number is lighter."""
    return drawings.bar_row([
        Bar(0, row["killed_high_week"], "faint"), Bar(0, row["killed_high_day"], "range"), Bar(0, row["killed_low_day"], "own"),
    ], scale)


def coverage_of(rows: list[Row]) -> tuple[tuple[tuple[str, str, tuple[Row, ...]], ...], tuple[date, ...]]:
    """((outlet id, name, its cells), ...) and the days; days before anything is known are left out, but a week always stays."""
    of_outlet: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_outlet[row["outlet_id"]].append(row)
    days = sorted({row["day"] for row in rows})
    known = [row["day"] for row in rows if row["state"] != "not_asked"]
    first = min([*known, *days[-DAYS_SHOWN_MIN:][:1]], default=None)
    shown = tuple(day for day in days if first is None or day >= first)
    lines = [
        (outlet_id, cells[0]["outlet"] or outlet_id, tuple(cell for cell in cells if cell["day"] in shown)) for outlet_id, cells in of_outlet.items()
    ]
    return tuple(sorted(lines, key=lambda line: sort_key(line[1]))), shown


def level(articles: int, top: int) -> int:
    """1 to LEVELS, by the square root, so that small outlets keep their shades."""
    return max(1, min(LEVELS, round(LEVELS * math.sqrt(articles / max(top, 1)))))


# ---------------------------------------------------------------- words and times


def local(moment: datetime, zone: str | None = None) -> datetime:
    """The moment in the zone, or in that of the page where the zone is not known."""
    try:
        return moment.astimezone(ZoneInfo(zone) if zone else ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return moment.astimezone(ZONE)


def night_words(day: date) -> str:
    """"noon of 3 March to noon of 4 March 2026"."""
    following = day + timedelta(days=1)
    return f"noon of {noon(day).astimezone(ZONE):%-d %B} to noon of {following:%-d %B %Y}"


def usual(row: Row) -> str:
    """The median as people write it: 8, 7.5."""
    return f"{row['median']:,.1f}".removesuffix(".0") if row["median"] is not None else ""


def reasons_in_all(rows: Rows) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows["outlets_of_night"]:
        found.update({each["reason"]: each["number"] for each in row["not_taken"]})
    return found


def history_words(days: int) -> str:
    if not days:
        return "no earlier days to compare with"
    return f"usual: median of the {USUAL_DAYS} days before" if days == USUAL_DAYS else f"usual: median of {counted(days, 'earlier day')}"
