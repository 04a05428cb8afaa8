"""Direct quotes with their speakers, and reported statements with theirs, in the words of the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple, cast

from flows.steps.taggers import burmese_quotations as burmese
from flows.steps.taggers.reading import Reading
from flows.steps.taggers.sentences import sentences
from flows.steps.taggers.vocabulary import by_first_letter, word_list
from flows.steps.taggers.word_lists import Sought, WordList
from warehouse.record import record
from warehouse.records import Quotation

SAID = by_first_letter(
    r"said|says|told|added|adds|explained|explains|stated|noted|recalled|recounted|continued|claimed|claims|warned|"
    r"wrote|writes|asked|replied|insisted|argued|argues|"
    r"declared|admitted|complained|concluded|confirmed|remarked|stressed|urged|announced|observed|tweeted|"
    r"commented|acknowledged|pointed out|points out|emphasi[sz]ed|"
    r"lamented|testified|responded|alleged|asserted|reported|countered|joked|shouted|predicted|vowed|called|tells|"
    r"notes|asks|conceded|cautioned|quipped|reads|read|"
    r"contended|maintained|charged|boasted|suggested|suggests|thinks|believes|believed|thought|recalls|agreed|"
    r"opined|answered|appealed|promised|pledged|denied|"
    r"mused|fumed|offered|proclaimed|demanded|exclaimed|interjected|quoted|mentioned|revealed|described|describes|"
    r"informed|disclosed|elaborated|reiterated|repeated|sighed|shouted|cried|recounts|relates|related|acknowledges|warns|"
    r"adds|calls|insists|remembered|remembers|wondered|began|begins|reflected|pleaded|"
    r"estimated|estimates|speculated|criticized|criticised|hoped|hopes|feared|fears|reports|declares|states"
)
SAYING = r"saying|asking|adding|telling|writing|warning|stating|noting|claiming|explaining|insisting|recalling|shouting|declaring|arguing"
REPORTS = (
    r"said|says|told|added|explained|stated|noted|claimed|claims|confirmed|reported|announced|warned|alleged|say|"
    r"according to|recalled|complained|denied|admitted|wrote"
)
NAME = r"(?:[A-Z][\w'’-]*\.?(?:[ \u00a0](?:[A-Z][\w'’-]*\.?|de|van|der|von|bin|al|la))*)"
PRONOUNS = ("He", "he", "She", "she", "They", "they", "We", "we")
PRONOUN = f"(?:{'|'.join(PRONOUNS)})"
ROLE_NOUN = by_first_letter(
    r"residents?|villagers?|locals|officials?|officers?|spokes(?:man|woman|person|people)|analysts?|"
    r"witness(?:es)?|eyewitness(?:es)?|sources?|fighters?|soldiers?|workers?|"
    r"members?|women|woman|men|man|mother|father|teachers?|students?|monks?|farmers?|doctors?|nurses?|leaders?|"
    r"observers?|experts?|refugees?|activists?|commanders?|"
    r"traders?|drivers?|owners?|shopkeepers?|stallholders?|relatives?|lawyers?|volunteers?|ministers?|person|"
    r"people|elders?|administrators?|chairman|chair|secretary|director|"
    r"police|statement|report|army|military|junta|regime|government|group|organi[sz]ation|committee|ministry|aide|"
    r"candidate|campaign|adviser|advisers|strategist|professor|"
    r"editor|author|official|prosecutors?|president|senator|nominee|manager|critics?|supporters?|voters?|"
    r"survivors?|detainees?|patients?|parents?|wife|husband|brother|sister|"
    r"son|daughter|youth|youths|businessman|businesswoman|fisherman|fishermen|writer|researcher|scholar|headmaster|"
    r"abbot|captain|colonel|general|lieutenant|agency|office|department|court|judge|party|"
    r"medics?|neighbou?rs?|victims?|prisoners?|passengers?|monitors?|rescuers?|organi[sz]ers?|guards?|captives?|"
    r"fishers?|brokers?|sellers?|vendors?|merchants?|economists?|lawmakers?|politicians?|pastors?|priests?|nuns?|"
    r"diplomats?|journalists?|reporters?|authorities|company|hospital|charity|association|union|network|council|"
    r"IDPs?|evacuees?|migrants?|conscripts?|deserters?|defectors?|recruits?|representatives?|delegates?|coordinators?|"
    r"founders?|heads?|chief|deputy|cousin|uncle|aunt|friend|colleague|boatman|midwi(?:fe|ves)|pilgrims?|growers?|buyers?|"
    r"customers?|consumers?|locals?|insiders?|combatants?|headman|staff|crew|personnel|coalition|alliance|commission|foundation|"
    r"institute|cent(?:er|re)|mayor|governor|ambassador|envoy|host|letter|e-?mail|book|spokesmen|girl|boy|families|family"
)
# "A resident of Minbya", "the villager", "one soldier", "residents", "officials": roles, by which unnamed sources are kept.
ROLE = (
    r"(?:(?:[Aa]n?|[Tt]he|[Oo]ne|[Aa]nother|[Ss]ome|[Tt]wo|[Mm]any|[Ll]ocal|[Ss]everal|[Ss]ources?|[Hh]is|[Hh]er|"
    r"[Ii]ts|[Tt]heir)[ \u00a0])?"
    r"(?:[\w'’-]+[ \u00a0](?:\([A-Z][\w/-]{1,12}\)[ \u00a0])?){0,6}?"
    rf"{ROLE_NOUN}"
)
TITLE_BEFORE_NAME = r"(?P<title>(?:[Tt]he[ \u00a0]|[Aa]n?[ \u00a0])?(?:(?!(?:of|in|from|at|near|with|for|to|on)\b)[\w'’/-]+[ \u00a0]){0,6}?)"
LOWER_TITLE = r"(?P<title>(?:(?!(?:of|in|from|at|near|with|for|to|on)\b)[a-z][\w'’/-]*[ \u00a0]){0,6}?)"
PAREN = r"(?:[ \u00a0]\([^)\n]{1,30}\))?"
SPEAKER = rf"(?:{NAME}|{ROLE})"
# Plain quotes, curly ones, and two apostrophes, as some archives print them.
QUOTE = re.compile(r"“[^“”\n]{2,2000}?[”\"]|\"[^\"\n“”]{2,2000}?\"|''(?<!\w'')[^\n]{2,2000}?''|„[^“\n]{2,2000}?“")
# At the head of a line only. The line end alone is looked for at a fraction of what a class of two marks costs.
QUOTED_LINE = re.compile(r"\n(?=[“\"])")
UNCLOSED = re.compile(r"[“\"][^”\"\n]{10,2000}(?=\n|\Z)")
GAP = r"[,.]?[ \u00a0]*"
AGE = r"(?:(?:aged[ \u00a0])?\d{1,3}(?:,[ \u00a0]+|(?=[.\n]|$)))?"
APPOSITION = r"(?P<description>[^,“”\"\n]{2,140})"
AFTER = (
    # ," said Name, a resident of X / ," Name told the paper / ," said the resident
    re.compile(
        rf"{GAP}(?P<cue>{SAID})[ \u00a0]{LOWER_TITLE}(?P<speaker>(?>{NAME}))(?![\w'’-]|{PAREN}[ \u00a0](?:[a-z][\w'’-]*[ \u00a0]){{0,2}}"
        rf"{ROLE_NOUN}\b)"
        rf"{PAREN}(?:,[ \u00a0]+{AGE}{APPOSITION}(?=[,.\n]|$))?"
    ),
    # ," said their father, Name
    re.compile(rf"{GAP}(?P<cue>{SAID})[ \u00a0](?P<description>{ROLE}),[ \u00a0](?P<speaker>{NAME})(?=[,.\n]|$)"),
    re.compile(
        rf"{GAP}{TITLE_BEFORE_NAME}(?P<speaker>{NAME}){PAREN}(?:,[ \u00a0]+{APPOSITION},)?[ \u00a0](?:(?:has|had|also|"
        rf"then|later|once|who|recently)[ \u00a0])*(?P<cue>{SAID})\b"
    ),
    re.compile(
        rf"{GAP}(?P<speaker>{ROLE})(?P<description>[ \u00a0](?:of|from|in|at|near|with|for|"
        rf"who)[ \u00a0][^,“”\"\n]{{2,80}}?)?(?:,[^,“”\"\n]{{2,80}},)?[ \u00a0](?:also[ \u00a0])?(?P<cue>{SAID})\b"
    ),
    re.compile(
        rf"{GAP}(?P<cue>{SAID})[ \u00a0](?P<speaker>{ROLE}(?:[ \u00a0]{NAME})?)(?P<description>[ \u00a0](?:of|from|in|"
        rf"at|near|with|for|who)[ \u00a0][^,“”\"\n.]{{2,80}})?"
    ),
    re.compile(rf"{GAP}(?P<speaker>{PRONOUN})[ \u00a0](?:(?:has|had|also|then|later|once)[ \u00a0])*(?P<cue>{SAID})\b"),
    re.compile(rf"{GAP}(?P<cue>{SAID})[ \u00a0](?P<speaker>{PRONOUN})\b"),
    re.compile(rf"{GAP}(?P<cue>according to)[ \u00a0](?:the[ \u00a0])?(?P<speaker>{SPEAKER})(?:,[ \u00a0]+{APPOSITION}(?=[,.\n]|$))?"),
    # " — Name, as readers' letters and collections of voices print it
    re.compile(rf"[ \u00a0]*(?P<cue>[―—])[ \u00a0]*(?P<speaker>{NAME})(?:,[ \u00a0]+{APPOSITION})?[.]?(?=\n|$)"),
    # " and two more like it, Name said
    re.compile(rf"(?<![,!?])[ \u00a0][a-z][^,“”\"\n.]{{2,80}},[ \u00a0](?P<speaker>{NAME})[ \u00a0](?P<cue>{SAID})(?=[ \u00a0.,]|$)"),
)
# ," the letter reads / ," the young investigator wrote: any noun, where a comma has closed the quote.
AFTER_COMMA = re.compile(rf"{GAP}(?P<speaker>[Tt]he(?:[ \u00a0][\w'’-]+){{1,5}}?)[ \u00a0](?P<cue>{SAID})\b")
BEFORE = (
    # Name, a resident, said: " / A resident told X that "
    re.compile(
        rf"(?<!\bof[ \u00a0])(?<!\bin[ \u00a0])(?<!\bfrom[ \u00a0])(?<!\bnear[ \u00a0])(?<![\w'’-])(?P<speaker>{NAME}){PAREN}"
        rf"(?:,[ \u00a0]+{APPOSITION},)?[ \u00a0](?:(?:has|had|also|then|later|once|who|"
        rf"recently|himself|herself)[ \u00a0])*(?P<cue>{SAID})\b[^“”\"\n.;]{{0,80}}$"
    ),
    re.compile(
        rf"(?:^|[ \u00a0])(?P<speaker>{ROLE})(?P<description>[ \u00a0](?:of|from|in|at|near|with|for|close[ \u00a0]to|"
        rf"who)[ \u00a0][^,“”\"\n]{{2,60}}?)?(?:,[^,“”\"\n]{{2,80}},)?[ \u00a0](?:also[ \u00a0])?(?P<cue>{SAID})\b[^“”\"\n.;]{{0,80}}$"
    ),
    re.compile(rf"(?P<cue>[Aa]ccording to)[ \u00a0](?P<speaker>{SPEAKER})[^“”\"\n.;]{{0,60}}$"),
    re.compile(
        rf"(?:^|[ \u00a0,])(?P<speaker>{PRONOUN})[ \u00a0](?:(?:has|had|also|then|later|once|who|"
        rf"recently)[ \u00a0])*(?P<cue>{SAID})\b[^“”\"\n.;]{{0,80}}$"
    ),
    # Name left the hall and shouted: " / Yesterday, Name turned to the crowd, asking: "
    re.compile(
        rf"^(?:[A-Z][^“”\"\n.,]{{0,60}},[ \u00a0](?:\d{{4}},[ \u00a0])?)?(?P<speaker>{NAME}){PAREN}(?:,[ \u00a0]+{APPOSITION},)?[ \u00a0]"
        rf"[a-z][^“”\"\n.;]{{2,160}}?(?:,|[ \u00a0]and)[ \u00a0](?P<cue>{SAID}|{SAYING})(?:[ \u00a0][^“”\"\n.;,]{{0,40}})?$"
    ),
    # Said Name:
    re.compile(
        rf"(?:^|[ \u00a0])(?P<speaker>[Tt]he(?:[ \u00a0](?!(?:and|or|that|who|which|when|as|had|have|has)\b)[\w'’-]+){{1,4}}?)"
        rf"[ \u00a0](?P<cue>{SAID})$"
    ),
    re.compile(rf"(?:^|[ \u00a0])(?P<cue>Said|Says|Added|Asked|Wrote)[ \u00a0](?P<speaker>{NAME})$"),
)
# A line of its own before the quote, which ends with a colon: "On Monday, Name made the following statement:".
COLON_LINE = re.compile(
    rf"^(?:[A-Z][^“”\"\n.,]{{0,60}},[ \u00a0](?:\d{{4}},[ \u00a0])?)?(?P<speaker>(?:The[ \u00a0])?{NAME}){PAREN}(?:,[ \u00a0]+{APPOSITION},)?"
    rf"[ \u00a0](?:[a-z][^“”\"\n;]{{0,160}}?[ \u00a0])?(?P<cue>{SAID}|statement|comment|comments|remarks|message|tweet|post|letter)"
    rf"(?:[ \u00a0][^“”\"\n:]{{0,40}})?$"
)
# Every pattern of BEFORE ends so: where this is not found, none of them is tried.
CUE_AT_END = re.compile(rf"\b(?:{SAID}|{SAYING}|Said|Says|Added|Asked|Wrote|[Aa]ccording to)\b[^“”\"\n.;]{{0,150}}$")
NOT_A_NAME = frozenset(
    [
        "The",
        "A",
        "An",
        "In",
        "On",
        "At",
        "But",
        "And",
        "For",
        "It",
        "This",
        "That",
        "These",
        "Those",
        "When",
        "As",
        "After",
        "Before",
        "Then",
        "If",
        "Here",
        "There",
        "What",
        "Asked",
        "I",
        "You",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "While",
        "So",
        "Yet",
        "Also",
        "Not",
        "Who",
        "Our",
        "My",
        "Still",
        "Later",
        "However",
        "Meanwhile",
        "Already",
        "Earlier",
        "Now",
        "Since",
        "During",
        "Some",
        "Many",
        "All",
        "Both",
        "Even",
        "Another",
        "More",
        "Most",
        "No",
        "One",
        "Yesterday",
        "Today",
        "Instead",
    ]
)
# What may follow a cue at the end of its sentence.
CLOSING_CHARS = r"\b[^,“”\"]{0,40}[.]?$"
INDIRECT = (
    re.compile(
        rf"^(?P<speaker>(?:The[ \u00a0])?{NAME})(?:[ \u00a0]\([A-Z][\w/-]*\))?(?:,[ \u00a0](?P<description>[^,\n]{{3,90}}),)?"
        rf"[ \u00a0](?:has[ \u00a0]|"
        rf"also[ \u00a0])?(?P<cue>{REPORTS})\b(?! to\b)"
    ),
    re.compile(
        rf"^(?P<speaker>(?i:{ROLE_NOUN})|{ROLE})(?:[ \u00a0](?P<description>(?:of|from|in|at|near|who|close[ \u00a0]to|"
        rf"with)[ \u00a0][^,\n]{{2,60}}?))?(?:,[ \u00a0](?:who|speaking|on)[ \u00a0][^,\n]{{2,80}},)?[ \u00a0](?:also[ \u00a0]|has[ \u00a0])?"
        rf"(?P<cue>{REPORTS})\b(?! to\b)"
    ),
    # A spokesman for the group, U Name, said / Group spokesman U Name said
    re.compile(
        rf"^(?P<description>{ROLE}(?:[ \u00a0](?:of|for|from|at|with)[ \u00a0][^,\n]{{2,60}})?),[ \u00a0](?P<speaker>{NAME}),?[ \u00a0]"
        rf"(?:also[ \u00a0]|has[ \u00a0])?(?P<cue>{REPORTS})\b(?! to\b)"
    ),
    re.compile(
        rf"^(?P<description>(?:[\w'’-]+[ \u00a0]){{0,5}}?{ROLE_NOUN})[ \u00a0](?P<speaker>{NAME}){PAREN}(?:,[ \u00a0][^,\n]{{3,90}},)?[ \u00a0]"
        rf"(?:also[ \u00a0]|has[ \u00a0])?(?P<cue>{REPORTS})\b(?! to\b)"
    ),
    # The Ministry of Defence said / The Committee to Protect Journalists (CPJ) said
    re.compile(
        rf"^(?P<speaker>The[ \u00a0][A-Z][\w'’-]*(?:[ \u00a0](?:[A-Z][\w'’-]*|of|for|to|and|the|on)){{1,9}}?)(?:[ \u00a0]\([A-Z][\w/-]*\))?[ \u00a0]"
        rf"(?:also[ \u00a0]|has[ \u00a0])?(?P<cue>{REPORTS})\b(?! to\b)"
    ),
    re.compile(
        rf",[ \u00a0](?P<speaker>{ROLE})(?:[ \u00a0](?P<description>(?:of|from|in|at|near|"
        rf"with)[ \u00a0][^,\n]{{2,60}}?))?[ \u00a0](?:also[ \u00a0])?(?P<cue>said|says|say|told|added|confirmed|"
        rf"reported|claimed){CLOSING_CHARS}"
    ),
    re.compile(
        rf",[ \u00a0](?P<speaker>(?:the[ \u00a0])?{NAME})(?:[ \u00a0]\([A-Z][\w/-]*\))?(?:,[ \u00a0](?P<description>[^,\n]{{3,90}}),)?"
        rf"[ \u00a0](?:also[ \u00a0])?(?P<cue>said|"
        rf"says|told|added|confirmed|reported|claimed){CLOSING_CHARS}"
    ),
    re.compile(
        rf",[ \u00a0](?P<cue>said|says|told|"
        rf"added)[ \u00a0]{LOWER_TITLE}(?P<speaker>{NAME}){PAREN}(?:,[ \u00a0](?P<description>[^,\n]{{3,90}}))?[.]?$"
    ),
    re.compile(
        r"(?P<cue>[Aa]ccording to)[ \u00a0](?:(?:(?:an?|the)[ \u00a0])?(?:\w+[ \u00a0])?(?:estimates?|figures|data|statistics|counts?|tally|"
        r"records|reports?|lists?|numbers)[ \u00a0](?:(?:that[ \u00a0]were[ \u00a0])?(?:compiled|kept|collected|gathered|published|released|"
        r"issued|given)[ \u00a0])?(?:by|from|of)[ \u00a0])?(?:an?[ \u00a0]|the[ \u00a0])?(?P<speaker>[^,.;“”\"\n]{2,60}?)(?=[,.;]|$|"
        r"[ \u00a0](?:who|which|that|issued|released|published|on|in|from|of|at|and(?![ \u00a0][A-Z])|by|obtained)\b)"
    ),
)
LONGEST_END_CHARS = max(map(len, REPORTS.split("|"))) + 42
# What each match of INDIRECT holds for sure: few sentences have it, and the patterns are dear.
NEEDS_OF_INDIRECT = ("", "", ",", "", "The", ",", ",", ",", "ccording to")


class Form(NamedTuple):
    """How one of INDIRECT is looked for, and where it need not be."""

    look: Callable[[str], re.Match[str] | None]
    needs: str  # each match holds it
    at_end: bool  # its cue ends the sentence


FORMS = tuple(
    # A search for what stands at the head would go on to the end of the sentence.
    Form(pattern.match if pattern.pattern.startswith("^") else pattern.search, needs, pattern.pattern.endswith(CLOSING_CHARS))
    for pattern, needs in zip(INDIRECT, NEEDS_OF_INDIRECT, strict=True)
)
# Every cue of INDIRECT is one of these: a sentence without any is no statement.
CUES = WordList(lambda: (Sought(cue, cue) for cue in REPORTS.split("|")))
# Longer than what stands between a quote and its speaker.
WINDOW_CHARS = 600


@record
class Speaker:
    """Who said it, as the text has it."""

    name: str
    description: str | None
    cue: str


def find_quotations(reading: Reading) -> Iterator[Quotation]:
    """Direct quotes of four words or more, and reported statements whose speaker stands in the sentence, in text order."""
    yield from quotations_of(reading)


def quotations_of(reading: Reading) -> tuple[Quotation, ...]:
    """The quotations of the article, looked for once: the finder of persons asks too."""
    if "quotations" not in reading.remembered:
        reading.remembered["quotations"] = tuple(read_quotations(reading))
    return cast("tuple[Quotation, ...]", reading.remembered["quotations"])


def read_quotations(reading: Reading) -> Iterator[Quotation]:
    text = reading.body.text
    quotes = list(quote_spans(text))
    statements = {one.start_char: one for one in reported(reading, quotes)}
    told: list[Quotation] = []
    last: Speaker | None = None
    last_end = previous = 0
    spans = [*((*span, "direct") for span in quotes), *((one.start_char, one.end_char, "indirect") for one in statements.values())]
    for start, end, mode in sorted(spans):
        speaker = stated_by(statements[start]) if mode == "indirect" else speaker_of(text, start, end, previous)
        cue = speaker.cue if speaker else None
        if speaker and speaker.name in PRONOUNS:
            speaker = pronoun_means(speaker, last, text[last_end:start][: WINDOW_CHARS + 1]) or only_person_before(reading, speaker, start)
        elif speaker is None and last and mode == "direct" and (
            (previous == last_end and follows_on(text, start, previous)) or alone_after(text, start, end, last_end, previous == last_end)
        ):
            speaker = last
            cue = last.cue
        # A quote whose speaker is open leaves nobody for the next "he said".
        last, last_end = speaker, end
        previous = end if mode == "direct" else previous
        name, description = (speaker.name, speaker.description) if speaker else (None, None)
        told.append(Quotation(start, end, text[start:end], name, description, mode, cue))
    yield from paragraphs_of_one_speaker(text, told)


def stated_by(statement: Quotation) -> Speaker:
    return Speaker(statement.speaker or "", statement.speaker_description, statement.cue or "")


def paragraphs_of_one_speaker(text: str, told: list[Quotation]) -> Iterator[Quotation]:
    """The quotations; one that its paragraph does not close goes on in the next, so that the speaker named there is its own."""
    following: Quotation | None = None
    out: list[Quotation] = []
    for one in reversed(told):
        goes_on = following and one.mode == "direct" and one.text[-1] not in CLOSING and text[one.end_char : following.start_char].isspace()
        if following and goes_on and one.speaker is None:
            one = replace(one, speaker=following.speaker, speaker_description=following.speaker_description, cue=following.cue)
        out.append(one)
        following = one
    yield from reversed(out)


CLOSING = "”\"'“"


def quote_spans(text: str) -> Iterator[tuple[int, int]]:
    """Spans of quoted passages, marks included. Scare quotes of up to three words are none."""
    closed = [match.span() for match in QUOTE.finditer(text)] if has_quotes(text) else []
    spans = closed + [span for span in unclosed_spans(text) if not overlapping(closed, *span)]
    for start, end in sorted(spans):
        words = text[start:end].split()
        if "\u1000" <= text[start + 1 : start + 2] <= "\u109f":
            if burmese.is_quote(text[start:end]):
                yield start, end
        elif len(words) >= 4 or (len(words) >= 2 and text[end - 2 : end - 1] in ",.!?"):
            yield start, end


def unclosed_spans(text: str) -> Iterator[tuple[int, int]]:
    """Spans of lines that begin with a quotation mark and close none."""
    for start in (0, *(line.end() for line in QUOTED_LINE.finditer(text))):
        if match := UNCLOSED.match(text, start):
            yield match.span()


def has_quotes(text: str) -> bool:
    return any(mark in text for mark in ("“", '"', "''", "„"))


def overlapping(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of the spans, in order and apart from each other, shares a code point with this one."""
    at = bisect_right(spans, start, key=lambda span: span[1])
    return at < len(spans) and spans[at][0] < end


def speaker_of(text: str, start: int, end: int, previous: int) -> Speaker | None:
    """The speaker named right after the quote, else right before it, within the same line; `previous`: end of the quote before."""
    after = text[end : end + WINDOW_CHARS].partition("\n")[0]
    if "\u1000" <= text[start + 1 : start + 2] <= "\u109f":
        own_line = text[max(start - WINDOW_CHARS, previous, 0) : start].rpartition("\n")[2]
        told = burmese.speaker_beside(own_line, after)
        return Speaker(told.name, told.description, told.cue) if told else None
    sure_after = text[end - 2 : end - 1] in ",?!—" or after[:1] == ","
    before = text[max(start - WINDOW_CHARS, previous, 0) : start].rpartition("\n")[2].rstrip(" \u00a0:,")
    found_before = speaker_before(before) if before and CUE_AT_END.search(before[-WINDOW_CHARS // 4 :]) else None
    if not before and not found_before:
        found_before = speaker_of_colon_line(text, start, previous)
    found_after = next(filter(None, (speaker_in(pattern.match(after)) for pattern in AFTER)), None)
    if sure_after and not found_after:
        found_after = speaker_in(AFTER_COMMA.match(after))
    if sure_after or not found_before:
        return found_after or found_before
    return found_before


def speaker_of_colon_line(text: str, start: int, previous: int) -> Speaker | None:
    """The speaker of the line above, where it ends with a colon."""
    above = text[max(start - WINDOW_CHARS, previous, 0) : start].rstrip()
    if not above.endswith(":"):
        return None
    return speaker_in(COLON_LINE.match(last_sentence(above[:-1].rpartition("\n")[2])))


def speaker_before(text: str) -> Speaker | None:
    sentence = last_sentence(text)
    return next(filter(None, (speaker_in(pattern.search(sentence)) for pattern in BEFORE)), None)


def speaker_in(match: re.Match[str] | None) -> Speaker | None:
    """The speaker of a match of AFTER or BEFORE, None where what it caught is no name."""
    name = clean_name(match["speaker"]) if match else None
    return Speaker(name, description_of(match), match["cue"]) if match and name else None


WORD = re.compile(r"[^\W\d_][\w'’-]*")
# Pronouns and the like, which stand for a speaker that the words do not name.
NOBODY = word_list(
    """he she they we it i you this that these those nobody somebody someone everyone everybody anyone anybody others other some many few
    both all most each either neither none who which what there him them us me one two three four five"""
)
THINGS = word_list(
    """estimates estimate figures figure data statistics numbers count counts tally tallies toll records record documents document compiled kept
    collected reports photos photographs footage video videos images findings results calculations survey surveys poll polls census
    law laws rules constitution article plan plans schedule tradition custom calendar rumours rumors list lists"""
)
SPEAKING_NOUN = re.compile(
    rf"{ROLE_NOUN}|medics?|midwi(?:fe|ves)|neighbou?rs?|famil(?:y|ies)|victims?|prisoners?|inmates?|passengers?|monitors?|rescuers?|"
    r"organi[sz]ers?|guards?|captives?|boatm[ae]n|fishers?|brokers?|buyers?|sellers?|vendors?|merchants?|bankers?|economists?|"
    r"historians?|lawmakers?|politicians?|investigators?|negotiators?|mediators?|pastors?|priests?|nuns?|novices?|imams?|diplomats?|"
    r"ambassadors?|envoys?|reporters?|journalists?|associations?|unions?|networks?|authorities|troops|rebels|insurgents|councils?|"
    r"companies|company|hospital|embassy|charity|charities",
    re.IGNORECASE,
)


def description_of(match: re.Match[str]) -> str | None:
    """What the text says of the speaker: the words before the name ('political analyst') or after it ('a resident of ...')."""
    groups = match.groupdict()
    found = (groups.get("description") or groups.get("title") or "").strip(" \u00a0.,")
    if not found:
        return None
    found = without_article(found)
    return found if WORD.search(found) else None


ARTICLE = re.compile(r"(?:[Tt]he|[Aa]n?)(?:[ \u00a0]+|$)")


def without_article(words: str) -> str:
    match = ARTICLE.match(words)
    return words[match.end() :] if match else words


def last_sentence(text: str) -> str:
    spans = sentences(text)
    return text[spans[-1][0] :] if spans else text


def clean_name(speaker: str) -> str | None:
    """The name without what cannot begin or end one, or None where nothing is left."""
    if speaker in PRONOUNS:
        return speaker
    words = without_article(speaker.strip(" \u00a0,.")).split()
    while words and words[0] in NOT_A_NAME:
        words = words[1:]
    name = " ".join(words)
    return name if is_speaker(name) else None


def is_speaker(name: str) -> bool:
    """Whether the words may name who speaks: a name, or a phrase whose head is a person or a body of persons.

    No bare verb, number or pronoun, and no thing that says nothing by itself ('estimates', 'figures compiled').
    """
    words = WORD.findall(name)
    # "One of the villagers" is somebody.
    if not words or (words[0].casefold() in NOBODY and words[1:2] != ["of"]) or words[-1].casefold() in THINGS:
        return False
    return len(words) > 1 or name[:1].isupper() or not name.isascii() or SPEAKING_NOUN.fullmatch(name) is not None or agent(name)


def agent(noun: str) -> bool:
    """Whether the noun's ending says that it is somebody who does something: 'investigator', 'strategist'."""
    return noun.endswith(("er", "or", "ist", "ian", "ant", "man", "men", "ee", "ess")) and len(noun) > 5


def pronoun_means(speaker: Speaker, last: Speaker | None, between: str) -> Speaker | None:
    """The speaker before, for he and she where that is certain, else None.

    Certain: the one before is one person of that sex as far as the words tell, spoke in this paragraph or the one before, and
    nobody else is named between. 'They' and 'we' are left open.
    """
    pronoun = speaker.name.lower()
    if last is None or pronoun not in SEX_WORDS or len(between) > WINDOW_CHARS or len(between.strip().splitlines()) > 3:
        return None
    # The speaker's own name stands after the quote.
    if SOMEBODY.search(between.replace(last.name, "").replace(last.description or last.name, "")):
        return None
    known = f"{last.name} {last.description or ''}"
    other = "she" if pronoun == "he" else "he"
    if SEX_WORDS[other].search(known) or MANY_OR_THING.search(last.name):
        return None
    return Speaker(last.name, last.description, speaker.cue)


SEX_WORDS = {
    "he": re.compile(r"^(?:U|Ko|Maung|Mg|Mr|Sai|Saw|Salai|Sayadaw|Khun|Father|Sir)\b|\b(?:man|father|brother|husband|son|monk|abbot|fisherman|"
                     r"businessman|spokesman|chairman|policeman|grandfather|boy|uncle|king|prince)\b", re.IGNORECASE),
    "she": re.compile(r"^(?:Daw|Ma|Naw|Nang|Nan|Mrs|Ms|Miss|Mi|Meh)\b|\b(?:woman|mother|sister|wife|daughter|nun|widow|businesswoman|"
                      r"spokeswoman|chairwoman|grandmother|girl|aunt|queen|princess|midwife)\b", re.IGNORECASE),
}  # fmt: skip
# Several people, or an organisation: nobody that "he" or "she" may be.
MANY_OR_THING = re.compile(
    r"\band\b|\b(?:residents|villagers|locals|officials|officers|spokespeople|analysts|witnesses|eyewitnesses|sources|fighters|soldiers|workers|"
    r"members|women|men|people|leaders|observers|experts|refugees|activists|relatives|volunteers|families|owners|supporters|"
    r"police|statement|report|army|military|junta|regime|government|group|organi[sz]ations?|committee|ministry|agency|office|"
    r"department|court|party|association|union|network|council|force|forces|front|campaign)\b",
    re.IGNORECASE,
)
# Another person between the speaker and "he said": named with an honorific, or as somebody new.
SOMEBODY = re.compile(
    rf"\b(?:U|Daw|Ko|Ma|Maung|Mr|Mrs|Ms|Dr|Naw|Saw|Sai|Nang|Salai)\.?[ \u00a0][A-Z][a-z]+|"
    rf"\b(?:[Aa]n?|[Aa]nother|[Oo]ne)[ \u00a0](?:[a-z][\w'’-]*[ \u00a0]){{0,3}}{ROLE_NOUN}\b"
)


def follows_on(text: str, start: int, previous: int) -> bool:
    """Whether the quote goes on after 'he said.' in the same paragraph: only short words stand between it and the quote before."""
    return previous > 0 and start - previous < 160 and "\n" not in text[previous:start]


def alone_after(text: str, start: int, end: int, last_end: int, after_quote: bool) -> bool:
    """Whether the quote is a paragraph of its own, right below the one that ended with the words of the speaker before.

    So newspapers print what a speaker goes on to say; `last_end`: end of the quote or statement before. Behind a quote ("...," he said.)
    its sentence may end, and no other may begin.
    """
    between = text[last_end:start]
    if not after_quote and not between.isspace():
        return False
    if not last_end or len(between) > 160 or "\n" not in between or text[end : end + 1] not in ("", "\n"):
        return False
    return between.rstrip().count("\n") == 0 and between[-1] == "\n" and len(sentences(between)) <= 1


def only_person_before(reading: Reading, pronoun: Speaker, start: int) -> Speaker | None:
    """The one person whom the paragraph up to the quote and the paragraph before it name, else None: two leave it open."""
    text = reading.body.text
    if pronoun.name.lower() not in SEX_WORDS:
        return None
    paragraph = text.rfind("\n", 0, start) + 1
    begins = max(text.rfind("\n", 0, max(paragraph - 1, 0)) + 1, start - WINDOW_CHARS)
    found: dict[str, str] = {}
    for match in PERSON.finditer(text, begins, start):
        name = clean_name(match["name"])
        known = any(hit.term.places or hit.term.actors for hit in reading.body.hits_in(*match.span("name")))
        if name and name not in PRONOUNS and not known:
            found[name.split()[-1]] = max(name, found.get(name.split()[-1], ""), key=len)
    other = "she" if pronoun.name.lower() == "he" else "he"
    if len(found) != 1 or SEX_WORDS[other].search(next(iter(found.values()))):
        return None
    return Speaker(next(iter(found.values())), None, pronoun.cue)


# Names of two capitalised words, or of one that begins its sentence and does something. The capital stands first, which the engine looks for fast.
PERSON = re.compile(
    r"(?P<name>[A-Z](?:[\w'’-]*\.?[ \u00a0](?:[A-Z][\w'’-]*\.?[ \u00a0]){0,2}[A-Z][\w’-]+|(?:(?<=[.!?”\"][ \u00a0].)|(?<=\n.)|(?<=^.))[a-z]+"
    r"(?=[ \u00a0](?:has|had|was|is|who|told|[a-z]+ed|[a-z]{3,}s)\b)))"
)


def reported(reading: Reading, quotes: list[tuple[int, int]]) -> Iterator[Quotation]:
    """Reported statements: sentences without a quote whose source stands at their head or end."""
    text = reading.body.text
    if reading.source.language == "my":
        yield from reported_in_burmese(reading, quotes)
        return
    starts = [start for start, _ in reading.sentences]
    words = reading.body.spotted.payloads
    cues = [at for word, at, _ in reading.body.spotted.of(CUES) if text.startswith((words[word], "According to"), at)]
    last_cues = {bisect_right(starts, at) - 1: at for at in sorted(cues)}
    for number, last_cue in last_cues.items():
        start, end = reading.sentences[number]
        if overlapping(quotes, start, end):
            continue
        sentence = text[start:end]
        match = statement_in(sentence, cue_at_end=last_cue >= end - LONGEST_END_CHARS)
        if match and (name := clean_name(match["speaker"])):
            yield Quotation(start, end, sentence, name, description_of(match), "indirect", match["cue"])


def statement_in(sentence: str, *, cue_at_end: bool) -> re.Match[str] | None:
    """The match of the first of INDIRECT that the sentence fits."""
    for form in FORMS:
        if (cue_at_end or not form.at_end) and form.needs in sentence and (match := form.look(sentence)):
            return match
    return None


def reported_in_burmese(reading: Reading, quotes: list[tuple[int, int]]) -> Iterator[Quotation]:
    text = reading.body.text
    for start, end in reading.sentences:
        if overlapping(quotes, start, end):
            continue
        if told := burmese.speaker_of_statement(text[start:end]):
            yield Quotation(start, end, text[start:end], told.name, told.description, "indirect", told.cue)
