"""Invented articles and the lists that name them. Every article has words of its own, so that none is a copy of another."""

from __future__ import annotations

import random
from html import escape
from itertools import cycle

ONSETS = "b br c ch d dr f fl g gr h j k kl l m n p pl r s sh st t th tr v w z".split()
VOWELS = "a e i o u ai ee oa ou".split()
ENDS = "n r l m t st nd ck sh ng p d".split()
VERBS = "closed opened rebuilt visited flooded repaired crossed guarded measured counted painted carried loaded planted moved cleared watched".split()
FRAMES = (
    "Residents of {0} said that the {1} {v} the {2} near the {3} before the {4} of {5} came down to the river with {6} and {7}.",
    "The {0} committee {v} {n} sacks of {1} for the {2} school after the {3} market and the {4} road between {5} and {6} stood under water.",
    "According to a teacher in {0}, the {1} bridge at {2} {v} the {3} ferry, and {n} families took the {4} path through {5} towards {6}.",
    "A farmer from {0} {v} his {1} field on the {2} side because the {3} canal brought {4} and {5} from the {6} hills every morning.",
)
DAY = "Mon, 02 Mar 2026 02:00:00 +0000"
ISO_DAY = "2026-03-02T02:00:00+00:00"
OLD_DAY = "Thu, 12 Feb 2026 02:00:00 +0000"
OLD_ISO_DAY = "2026-02-12T02:00:00+00:00"


def word(chance: random.Random) -> str:
    """An invented word of two or three syllables: some hundred thousand exist."""
    return "".join(chance.choice(ONSETS) + chance.choice(VOWELS) for _ in range(chance.choice((1, 2)))) + chance.choice(ENDS)


def sentence(chance: random.Random, frame: str) -> str:
    words = [word(chance) for _ in range(8)]
    words[0] = words[0].title()
    return frame.format(*words, v=chance.choice(VERBS), n=chance.randrange(12, 990))


def paragraphs(key: str, count: int = 5) -> list[str]:
    """Paragraphs of three sentences, about 70 words each, the same for the same key."""
    chance = random.Random(key)
    frames = cycle(FRAMES)
    return [" ".join(sentence(chance, next(frames)) for _ in range(3)) for _ in range(count)]


def headline(key: str) -> str:
    chance = random.Random("headline " + key)
    place, thing, other = word(chance).title(), word(chance), word(chance)
    return f"{place} {chance.choice(VERBS)} its {thing} {other} after {chance.randrange(3, 60)} weeks"


def article(key: str, *, title: str | None = None, texts: list[str] | None = None, iso_day: str = ISO_DAY, in_head: str = "", charset: str = "utf-8",
            before: str = "", after: str = "") -> str:
    """A page as news sites print it: masthead, headline, date, paragraphs, footer."""
    title = escape(title or headline(key))
    body = "\n".join(f"<p>{escape(text)}</p>" for text in (texts or paragraphs(key)))
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head>{meta}<title>{title}</title>{in_head}
<meta property="og:type" content="article"><meta property="og:title" content="{title}">
<meta property="article:published_time" content="{iso_day}"></head>
<body><header><a href="/">Front page</a> <a href="/about">About us</a></header>
<main>{before}<article><h1>{title}</h1><time datetime="{iso_day}">{iso_day[:10]}</time>
{body}
</article>{after}</main><footer>Invented pages for tests.</footer></body></html>
"""


def wall(title: str, inside: str) -> bytes:
    """A page that is none of an outlet's articles."""
    return f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head><body>{inside}</body></html>'.encode()


# ---------------------------------------------------------------- lists


def item(link: str, title: str = "", day: str | None = DAY, guid: str | None = None) -> str:
    parts = [f"<title>{escape(title)}</title>" if title else "", f"<link>{escape(link)}</link>", f"<pubDate>{day}</pubDate>" if day else "",
             f"<guid>{escape(guid)}</guid>" if guid else ""]
    return f"<item>{''.join(parts)}</item>"


def feed(base: str, items: list[str], prolog: str = "") -> bytes:
    head = f"<title>Loopback</title><link>{base}/</link><description>Invented.</description>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()


def urlset(entries: list[tuple[str, str | None]], prolog: str = "") -> bytes:
    urls = "".join(f"<url><loc>{escape(loc)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>" for loc, day in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def sitemap_index(entries: list[tuple[str, str | None]]) -> bytes:
    parts = "".join(f"<sitemap><loc>{escape(loc)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>" for loc, day in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{parts}</sitemapindex>'.encode()


def listing(links: list[str]) -> bytes:
    cards = "".join(f'<li><a href="{escape(link)}">{escape(headline(link))}</a></li>' for link in links)
    return wall("Latest", f"<h1>Latest</h1><ul>{cards}</ul>")


# ---------------------------------------------------------------- Burmese


BURMESE = (
    "မြစ်ရေ မြင့်တက်လာသောကြောင့် ရွာသူရွာသား များသည် ကျောင်းသို့ ပြောင်းရွှေ့ နေထိုင်ကြသည်",
    "ဆန် နှင့် သောက်ရေ လိုအပ်နေသည်ဟု ကျောင်းဆရာ တစ်ဦးက ပြောကြားသည်",
    "တံတား ကို ပြန်လည် ပြင်ဆင်ရန် ရက် အနည်းငယ် ကြာမည်ဟု ရွာလူကြီး က ဆိုသည်",
    "ကလေးများ နှင့် သက်ကြီးရွယ်အိုများ ကို လှေဖြင့် သယ်ယူ ပို့ဆောင်ပေးနေသည်",
    "ဈေး နှင့် လယ်ကွင်းများ ရေနစ်မြုပ်ခဲ့ပြီး လမ်း ပိတ်ဆို့နေသည်",
)
SYLLABLES = "က ခ ဂ င စ ဆ ဇ ည တ ထ ဒ န ပ ဖ ဗ မ ယ ရ လ ဝ သ ဟ အ".split()
TAILS = "ာ ိ ီ ု ူ ေ န် တ် င် က် ောင် ိုင် ား း".split()


def burmese_paragraphs(key: str, count: int = 5) -> list[str]:
    """Burmese sentences with invented village names, so that each article has words of its own."""
    chance = random.Random(key)

    def name() -> str:
        return "".join(chance.choice(SYLLABLES) + chance.choice(TAILS) for _ in range(3))

    def one() -> str:
        a, b, c, d, e, f, g, h = (name() for _ in range(8))
        return f"{a} {b} ရွာ၌ {c} {d} သည် {e} {f} မှ {g} ကြောင့် {h} ပြောကြားသည်။"

    return [" ".join([chance.choice(BURMESE) + "။", *(one() for _ in range(5))]) for _ in range(count)]


MEDIALS = {"ျ": "\u103a", "ွ": "\u103c", "ှ": "\u103d"}


def zawgyi(text: str) -> str:
    """Unicode Burmese as the Zawgyi font encodes it, for text without stacked consonants: ေ and ြ before the consonant, other code points."""
    out: list[str] = []
    start = 0  # of the syllable in `out`: where what is written before the consonant goes
    for letter in text:
        if "\u1000" <= letter <= "\u1021":
            start = len(out)
            out.append(letter)
        elif letter == "\u1031":
            out.insert(start, letter)
        elif letter == "\u103c":
            out.insert(start, "\u103b")
        elif letter == "\u103a":
            out.append("\u1039")
        else:
            out.append(MEDIALS.get(letter, letter))
    return "".join(out)
