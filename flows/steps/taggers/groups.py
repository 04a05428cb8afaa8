"""Armed groups and political organisations by name; abbreviations and general words only where the text makes them sure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from flows.steps.taggers.evidence import in_home, unmistakable
from flows.steps.taggers.reading import Evidence, FieldText, Hit, Reading, surface_fits, word_after, word_before
from flows.steps.taggers.vocabulary import ActorAlias, vocabulary, word_list
from warehouse.records import Mention

# What "AA", "PDF" or "KIA" is when one of these words follows.
OTHER_THINGS = word_list(
    """battery batteries meeting meetings file files document documents format version reader link download copy attachment car cars
    motors dealer rating bond bonds airlines flight guide cell cells size sedan suv showroom"""
)
# "The military balance" speaks of no one; "the military said" does.
MILITARY_OTHER = word_list(
    """analyst analysts balance issue issues expert experts observer observers training service situation affairs matters
    conscription law history parade academy strategist ties aid cooperation exercise exercises hardware equipment uniform
    uniforms wing camp of tribunal tribunals court courts dictator intelligence budget attache"""
)
OTHER_COUNTRIES = word_list(
    """thai thailand's indian india's chinese china's bangladeshi us u.s american russian israeli sudanese pakistani guinean chadian
    nigerien malian egyptian niger's mali's guinea's turkish lao laotian iranian syrian assad north-korean japanese malaysian
    vietnamese philippine ukrainian trump's obama's sudan's"""
)


# "SAC-M" and "KNLA-PC" are other bodies than the SAC and the KNLA.
OTHER_BODY = re.compile(r"[-–][A-Z]{1,2}\b")
# What stands between the names of a list: "the AA, TNLA and MNDAA".
LISTED = re.compile(r",?[ \u00a0](?:and|or|&|with)[ \u00a0](?:the[ \u00a0])?|,[ \u00a0](?:the[ \u00a0])?|[/–-]")
LIST_MAX = 20  # groups to either side; without a bound a text that only lists them takes time squared


def find_groups(reading: Reading) -> Iterator[Mention]:
    """Mentions of kind armed_group and organization, with the id of the reference table."""
    for field in reading.fields:
        if field.name == "dateline_place":
            continue
        for hit in field.hits:
            if hit.term.actors and (mention := group_mention(field, hit, reading)):
                yield mention


def group_mention(field: FieldText, hit: Hit, reading: Reading) -> Mention | None:
    """The mention for one hit, or None where the text does not make it sure."""
    surface = field.surface(hit)
    for alias in hit.term.actors:
        verdict = judge(field, hit, alias, reading) if surface_fits(surface, alias.alias, alias.kind) else None
        if verdict:
            rule, confidence = verdict
            kind = vocabulary().actors[alias.actor_id].kind
            return Mention(field.name, hit.start, hit.end, surface, kind, alias.actor_id, "mention", "gazetteer", rule, confidence)
    return None


def judge(field: FieldText, hit: Hit, alias: ActorAlias, reading: Reading) -> tuple[str, float] | None:
    """(rule, confidence) by which the hit is the actor, or None."""
    if alias.kind == "name":
        return "full_name", 0.97
    if alias.kind == "abbreviation":
        return judge_abbreviation(field, hit, alias, reading)
    return judge_general_word(field, hit, reading.evidence)


def judge_abbreviation(field: FieldText, hit: Hit, alias: ActorAlias, reading: Reading) -> tuple[str, float] | None:
    """Defined or named in full; else four capitals in a text about Myanmar; else its own state and a second sign of Myanmar.

    Also in a list with a group that is sure, and where it is on the list of the outlet.
    """
    evidence = reading.evidence
    if OTHER_BODY.match(field.text, hit.end) and not alias.alias.endswith("s"):
        return None
    if alias.alias in evidence.foreign or word_after(field.text, hit.end).casefold() in OTHER_THINGS:
        return None
    if alias.actor_id in evidence.full_names:
        return "abbreviation_of_named_group", 0.97
    if unmistakable(alias):
        return ("unmistakable_abbreviation", 0.93) if evidence.about_myanmar() else None
    if alias.actor_id in vocabulary().outlet_actors.get(reading.source.outlet_id, ()):
        return "abbreviation_on_the_list_of_the_outlet", 0.88
    if beside_a_sure_group(field, hit):
        return "abbreviation_in_a_list_of_groups", 0.9
    if evidence.about_myanmar(2) and in_home(alias.actor_id, evidence):
        return "abbreviation_in_its_state", 0.88
    # Three capitals stand for the group in any text with more than one sign of Myanmar; two do not.
    if len(alias.alias) >= 3 and evidence.about_myanmar(2):
        return "abbreviation_among_myanmar_names", 0.85
    return None


def beside_a_sure_group(field: FieldText, hit: Hit) -> bool:
    """Whether commas, slashes or 'and' join it, over other abbreviations, to a full name or an unmistakable abbreviation."""
    at = bisect_left(field.hits, hit.start, key=lambda other: other.start)
    for step in (-1, 1):
        here = hit
        position = at + step
        while 0 <= position < len(field.hits) and abs(position - at) <= LIST_MAX and field.hits[position].term.actors:
            other = field.hits[position]
            between = field.text[min(here.end, other.end) : max(here.start, other.start)]
            if not LISTED.fullmatch(between):
                break
            if any(alias.kind == "name" or (alias.kind == "abbreviation" and unmistakable(alias)) for alias in other.term.actors):
                return True
            here, position = other, position + step
    return False


def judge_general_word(field: FieldText, hit: Hit, evidence: Evidence) -> tuple[str, float] | None:
    """'Junta', 'the regime', 'jets': the forces of the state, in a text about Myanmar and not about another country's."""
    if hit.term.burmese:
        before = field.text[hit.start - 1 : hit.start]
        return ("general_word", 0.85) if not before or before.isspace() or before in "၊။“\"'(‘" else None
    if not evidence.about_myanmar(2):
        return None
    if word_before(field.text, hit.start).casefold().removesuffix("'s").removesuffix("’s") in OTHER_COUNTRIES:
        return None
    if field.surface(hit).casefold().endswith("military") and word_after(field.text, hit.end).casefold() in MILITARY_OTHER:
        return None
    return "general_word", 0.85
