"""Pages that were made to hurt, read in the real pool with its limits: each ends in its article or in the named rejection that its row states.

A page that costs more than the limits ends as `extract_timeout` or `extract_memory`, which no row states: the limits are the bound that is tested.
"""

import base64
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.outlet import Outlet
from flows.inputs import ImportLine
from flows.pool import Limits, ReadingPool
from flows.reading import SavedPage, read
from warehouse.records import ArticleReading, Page, Rejected

LIMITS = Limits(cpu_s=10, memory_mb=750)  # the CPU seconds of the settings, half of their memory
FIRST = "The pier in the old harbour was opened again on Saturday after repairs that took four months, the town committee said."
LAST = "The committee has asked the district for lamps and for a roof over the waiting place, which burned down in the spring."
STORY = (
    FIRST,
    "Two hundred people came to see the first boat leave, and the band of the school played until the rain began at noon.",
    "A ticket costs as much as before, but the evening crossing will not return before the end of the monsoon, boat owners said.",
    LAST,
)
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in STORY)
BURMESE = "ဆိပ်ကမ်းဟောင်းရှိ တံတားကို စနေနေ့တွင် ပြန်လည်ဖွင့်လှစ်ခဲ့ကြောင်း မြို့နယ်ကော်မတီက ပြောသည်။ လူနှစ်ရာခန့် လာရောက်ကြည့်ရှုခဲ့ကြသည်။"
ZAWGYI = "ေရႊျပည္ႀကီးကို ေရာက္ခဲ့သည္။ ျမန္မာႏိုင္ငံသည္ အာရွတြင္ တည္ရွိသည္။"


def page(*, head="", before="", inside="", after="", attributes=""):
    body = f"{before}<article {attributes}><h1>Pier opens again</h1>{inside}{PARAGRAPHS}</article>{after}"
    return f"<html><head><meta charset='utf-8'><title>Pier opens again</title>{head}</head><body>{body}</body></html>"


def ld(text):
    return f'<script type="application/ld+json">{text}</script>'


def nested(depth, tag="div"):
    return page().replace(PARAGRAPHS, f"<{tag}>" * depth + PARAGRAPHS + f"</{tag}>" * depth)


def words(text):
    """A page whose article holds one more paragraph."""
    return page(inside=f"<p>{text}</p>")


MOMENT = datetime(2026, 2, 3, 1, tzinfo=UTC)
OUTLETS = {"sample_en": Outlet("sample_en", "Sample Daily", "https://sample.example/", "MM", "en", "Asia/Yangon", ("sample.example",))}
# Strings that break programs, where they lie beside the project.
NAUGHTY = Path(__file__).resolve().parents[3] / "shared" / "data" / "hostile" / "naughty_strings.json"

ARTICLE = "article"  # the whole story is in the text, once
# (name, page, what comes of it: the article, or the reason of the rejection).
CASES = [
    ("30,000 line breaks in the story", page(inside="words<br>" * 30_000), ARTICLE),
    ("30,000 line breaks beside it", page(after=f"<div>{'words<br>' * 30_000}</div>"), ARTICLE),
    ("30,000 scripts with text between them", page(after="<script>a</script>words " * 30_000), ARTICLE),
    # elements and attributes
    ("50,000 attributes on one tag", page(attributes=" ".join(f"a{n}='{n}'" for n in range(50_000))), ARTICLE),
    ("50,000 words in one class", page(attributes=f"class='{' '.join(f'related{n}' for n in range(50_000))}'"), ARTICLE),
    ("classes that look recursive", page(before="".join(f"<div class='{'a-' * n}share{'-b' * n}'>x</div>" for n in range(400))), ARTICLE),
    ("nested 260 deep", nested(260), ARTICLE),
    ("nested 5,000 deep", nested(5_000), ARTICLE),
    ("nested 100,000 deep", nested(100_000), ARTICLE),
    ("quotations nested 5,000 deep", nested(5_000, "q"), "extract_too_deep"),
    ("100,000 open spans before the text", page(inside="<span>x " * 100_000), ARTICLE),
    ("100,000 open elements behind the text", page(after="<font><b>boat " * 50_000), ARTICLE),
    ("tables in tables, 1,000 deep", page(before="<table><tr><td>" * 1_000 + "boats" + "</td></tr></table>" * 1_000), ARTICLE),
    ("a table of 20,000 cells", page(after="<table>" + ("<tr>" + "<td>17</td>" * 50 + "</tr>") * 400 + "</table>"), ARTICLE),
    ("20,000 short paragraphs", page(after="<p>one boat</p>" * 20_000), ARTICLE),
    ("5,000 paragraphs of prose", page(inside="".join(f"<p>The boat of {n} tons was seen near the mouth of the river, and two of its crew told us that nobody was hurt.</p>" for n in range(5_000))), ARTICLE),
    ("50,000 links", page(after="".join(f"<a href='/{n}'>More about boat {n}</a> " for n in range(50_000))), ARTICLE),
    ("10,000 links in a list", page(after="<ul>" + "".join(f"<li><a href='/{n}'>Boat {n}</a></li>" for n in range(10_000)) + "</ul>"), ARTICLE),
    ("10,000 headings", page(after="<h2>Boats</h2>" * 10_000), ARTICLE),
    ("10,000 headings of the first level", page(after="<h1>Boats of the harbour town</h1>" * 10_000), ARTICLE),
    ("10,000 pictures with captions", page(after="".join(f"<figure><img src='/{n}.jpg'><figcaption>Boat {n}. Photo: CJ</figcaption></figure>" for n in range(10_000))), ARTICLE),
    ("a picture of 4 MB in an address", page(after=f"<img alt='' src='data:image/png;base64,{base64.b64encode(bytes(3_000_000)).decode()}'>"), ARTICLE),
    ("an aside of 2,000 linked pictures", page(after="<aside>" + "".join(f"<a href='/{n}'><img src='/{n}.jpg'></a>" for n in range(2_000)) + "</aside>"), ARTICLE),
    ("5,000 pictures in an aside of prose", page(after="<aside>" + "<p>boats and more</p>" * 5_000 + "<img src='/a.jpg'>" * 5_000 + "</aside>"), ARTICLE),
    ("a heading of 20,000 parts", page(before="<h1>" + "<span class=kicker>a</span>" * 20_000 + "</h1>"), ARTICLE),
    ("a comment that never ends", page(after="<!-- the rest " + "<p>gone</p>" * 1_000), ARTICLE),
    ("a script that never ends", page(after="<script>var boats = '" + "x" * 100_000), ARTICLE),
    ("a style before the text that never ends", f"<html><head><title>Pier</title><style>p {{ {PARAGRAPHS}", "empty_page"),
    ("frames", "<html><head><title>Pier</title></head><frameset cols='*,*'><frame src='/a'><frame src='/b'></frameset></html>", "empty_page"),
    ("XML that calls itself a page", f"<?xml version='1.0' encoding='utf-16'?><rss><channel><item><title>Pier</title><text>{PARAGRAPHS}</text></item></channel></rss>", ARTICLE),
    ("200,000 signs of less", "<" * 200_000 + page(), ARTICLE),
    # characters
    ("200,000 entities, some unknown", page(after="<p>" + "&lt;&amp;&#x1031;&nosuch;" * 50_000 + "</p>"), ARTICLE),
    ("entities that declare each other", "<!DOCTYPE html [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;'>]>" + page(after="<p>&c;&c;</p>"), ARTICLE),
    ("NUL bytes", page(after="<p>boats</p>").encode().replace(b"boats", b"\x00boats\x00" * 1_000).replace(b"harbour", b"har\x00bour"), ARTICLE),
    ("another character set than it says", page(after="<p>Über die Brücke führt die Straße zum Fluß.</p>").encode("cp1252"), ARTICLE),
    ("UTF-7", ("+ADw-script+AD4-alert(1)+ADw-/script+AD4-" + page(head="<meta charset='utf-7'>")).encode(), ARTICLE),
    ("UTF-16 without a mark", page().encode("utf-16-le"), ARTICLE),
    ("halves of characters", page(after="<p>&#xD800;&#xDFFF;\ud83d boats</p>"), ARTICLE),
    ("marks that turn the direction of writing", page(after="<p>\u202eboats\u2066\u2067\u202d" + "\u200f" * 100_000 + "</p>"), ARTICLE),
    ("Zawgyi and Unicode mixed", page(after=f"<p>{BURMESE}</p><p>{ZAWGYI}</p>" * 3), ARTICLE),
    ("one line of 10 MB", page(after="<p>" + "boats and more boats " * 500_000 + "</p>"), ARTICLE),
    ("a word of a million letters", page(after=f"<p>{'a' * 1_000_000}</p>"), ARTICLE),
    ("a Burmese word of a million letters", page(after=f"<p>{'က' * 1_000_000}</p>"), ARTICLE),
    # what hurts patterns and the comparison of tags
    ("30,000 names of one group", words("AA " * 30_000), ARTICLE),
    ("10,000 groups in one list", words("AA and " * 10_000), ARTICLE),
    ("4,000 townships", words("Kyauktaw Township AA " * 4_000), ARTICLE),
    ("5,000 persons who are quoted", words('"The boats left early today," said U Tun Tun. ' * 5_000), ARTICLE),
    ("20,000 figures", words("1,234 killed and 12 " * 10_000), ARTICLE),
    ("60,000 capitalised words", words("Ko Ko Aung " * 20_000), ARTICLE),
    ("40,000 times by", words("by " * 40_000), ARTICLE),
    ("30,000 credits", words("Photo: " * 30_000), ARTICLE),
    ("brackets and quotation marks", words("(" * 50_000 + '"' * 50_000 + ") ." * 30_000), ARTICLE),
    ("dots and dashes", words("." * 50_000 + " - " * 50_000 + "|" * 50_000), ARTICLE),
    ("marks without letters in Burmese", words("\u1031\u103c" * 20_000), ARTICLE),
    # what the head says
    ("JSON-LD nested 100,000 deep", page(head=ld("[" * 100_000 + "]" * 100_000)), ARTICLE),
    ("JSON-LD objects nested 900 deep", page(head=ld('{"a":' * 900 + "1" + "}" * 900)), ARTICLE),
    ("JSON-LD of 10,000 articles", page(head=ld(json.dumps([{"@type": "NewsArticle", "headline": f"Boat {n}"} for n in range(10_000)]))), ARTICLE),
    ("JSON-LD with a text of 900 kB", page(head=ld(json.dumps({"@type": "NewsArticle", "headline": "Pier opens again", "articleBody": "boats " * 150_000}))), ARTICLE),
    ("JSON-LD with an end far behind its end", page(head=ld("-->" + " " * 100_000 + ";" + "--> ;" * 50_000 + "x")), ARTICLE),
    ("20,000 scripts of JSON-LD", page(head=ld('{"@type": "Thing"}') * 20_000), ARTICLE),
    ("50,000 meta elements", page(head="".join(f"<meta name='author' content='Boat {n}'>" for n in range(50_000))), ARTICLE),
    ("a title of 50,000 parts", page(head="<meta property='og:title' content='" + "boat | " * 50_000 + "'>"), ARTICLE),
    ("5,000 titles and 5,000 headings", page(head="".join(f"<meta property='og:title' content='Boat {n} | Sample'>" for n in range(5_000)), after="<h2>Old boat</h2>" * 5_000), ARTICLE),
    ("5,000 days", page(inside="".join(f"<time datetime='20{n % 20:02}-01-02T03:04:05'>1 May 20{n % 20:02}</time> " for n in range(5_000))), ARTICLE),
    ("a day of 200 kB", page(head=f"<meta property='article:published_time' content='{'2026-01-01T' * 20_000}'>"), ARTICLE),
]  # fmt: skip


@pytest.fixture(scope="module")
def outcomes():
    items = [saved_page(number, html) for number, (_, html, _) in enumerate(CASES)]
    with ReadingPool(Path(), OUTLETS, LIMITS, workers=2) as pool:
        came = {item.page.url: outcome for item, outcome in pool.read(items)}
    return {name: came[item.page.url] for (name, _, _), item in zip(CASES, items, strict=True)}


def saved_page(number, html):
    body = html if isinstance(html, bytes) else html.encode("utf-8", "surrogatepass")
    url = f"https://sample.example/news/pier-{number}"
    return SavedPage("sample_en", Page(url, url, body, "text/html", MOMENT))


def what_came(outcome):
    if isinstance(outcome, Rejected):
        return outcome.reason
    text = outcome.extracted.body
    return ARTICLE if all(text.count(part) == 1 for part in STORY) else f"an article without its story: {text[:300]!r}"


@pytest.mark.parametrize(("name", "expected"), [(name, expected) for name, _, expected in CASES])
def test_a_hostile_page_is_its_article_or_a_named_rejection(outcomes, name, expected):
    assert what_came(outcomes[name]) == expected


@pytest.mark.skipif(not NAUGHTY.is_file(), reason="the set of hostile strings does not lie beside the project")
def test_strings_that_break_programs_break_no_reading():
    """As headline, byline and text of a page, and as the values of an import line; `read` raises nothing and names what it refuses."""
    strings = json.loads(NAUGHTY.read_text(encoding="utf-8"))
    pages = [saved_page(number, page(inside=f"<p>By {text}</p><p>{text}</p>").replace("Pier opens again", text)) for number, text in enumerate(strings)]
    lines = [
        ImportLine("a.jsonl:1", {"outlet_id": "sample_en", "url": "https://sample.example/a", "body": f"{text} {text}", "headline": text}, MOMENT)
        for text in strings
    ]
    came = [read(item, Path(), OUTLETS) for item in (*pages, *lines)]
    assert len(strings) > 500
    # A script that a string opens and never closes hides the page, as in a browser; an empty string and blanks are no text.
    refused = Counter(outcome.reason for outcome in came if not isinstance(outcome, ArticleReading))
    assert set(refused) <= {"too_short", "extract_empty", "missing_field"}
    assert refused.total() < 0.02 * len(came)
