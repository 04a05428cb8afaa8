"""The situations of the loopback world: what each outlet does, why that matters, and the one state in which it must end.

The name of a function is the id of its outlet, its docstring the reason. Sources of the reasons are RFC 9309, RFC 9110, and the faults that
crawlers of other projects were measured to have; the table follows the stages of discovering and fetching.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from loopback import pages, replies
from loopback.ends import Ends, spread
from loopback.replies import busy, page, then, to
from loopback.server import HTML, Exchange, Reply
from loopback.world import Place

Build = Callable[[Place], None]
PAGES_PER_RUN = 40  # what the world's runs are started with


@dataclass
class Situation:
    """One outlet: how it is built for the first night, what changes before later runs, and how each of them must end."""

    name: str
    why: str
    build: Build
    ends: dict[str, Ends]
    changes: dict[str, Build] = field(default_factory=dict)


SITUATIONS: dict[str, Situation] = {}


def ends(articles: str = "", **expected: object) -> Callable[[Build], Build]:
    """Enters the outlet that a function builds, with the end of its first night."""

    def enter(build: Build) -> Build:
        assert build.__doc__, "a situation says why it is here"
        SITUATIONS[build.__name__] = Situation(build.__name__, build.__doc__, build, {"night 1": Ends(articles, **expected)})  # type: ignore[arg-type]
        return build

    return enter


def later(run: str, first: Build, articles: str = "", **expected: object) -> Callable[[Build], Build]:
    """What changes at an outlet before a later run, and how that run must end."""

    def enter(change: Build) -> Build:
        situation = SITUATIONS[first.__name__]
        situation.ends[run] = Ends(articles, **expected)  # type: ignore[arg-type]
        situation.changes[run] = change
        return change

    return enter


def nothing(_: Place) -> None:
    """The outlet stays as it is."""


# ================================================================ hosts that ask to be left alone


@ends("a b", asked={"a": 2, "b": 1})
def busy_429_seconds(place: Place) -> None:
    """429 with Retry-After in seconds: the host gets its pause, then the page comes."""
    place.good("b")
    place.bad("a", then(busy(429, pause_s=2), place.page("a")))


@ends("a b", asked={"a": 2, "b": 1})
def busy_503_seconds(place: Place) -> None:
    """503 may carry Retry-After just as well (RFC 9110, 10.2.3)."""
    place.good("b")
    place.bad("a", then(busy(503, pause_s=2), place.page("a")))


@ends("a b", asked={"a": 2, "b": 1})
def busy_429_date(place: Place) -> None:
    """Retry-After as a date, by the clock that the server shows."""
    place.good("b")
    place.bad("a", then(busy(429, pause_s=3, as_date=True), place.page("a")))


@ends("a", asked={"a": 2})
def busy_503_negative(place: Place) -> None:
    """A negative number asks for nothing: the usual pause, one repetition, no hammering."""
    place.bad("a", then(busy(503, "-5"), place.page("a")))


@ends("a", asked={"a": 2})
def busy_503_nonsense(place: Place) -> None:
    """A Retry-After that says nothing counts as none."""
    place.bad("a", then(busy(503, "soon"), place.page("a")))


@ends("", waiting=3, fetch={"http_429": 1}, alert="paused", asked={"d": 1})
def busy_429_absurd(place: Place) -> None:
    """Three and a half days, seen at a real outlet: nothing more in this run, nor in the ones within the next 24 hours."""
    place.good("a", "b", "c")
    place.bad("d", busy(429, pause_s=317_100))


for run_name in ("morning", "night 2"):
    later(run_name, busy_429_absurd, "", waiting=4, alert="paused", robots=0, feed=0)(nothing)


@ends("", waiting=2, fetch={"http_429": 1}, alert="paused", asked={"c": 1})
def busy_host(place: Place) -> None:
    """Three addresses of a host that answers 429: the host pauses, not the address."""
    for name in "abc":
        place.bad(name, busy(429, pause_s=36_000))


@later("morning", busy_host, "", waiting=3, alert="paused", robots=0, feed=0)
def _(place: Place) -> None:
    for name in "abc":
        place.at(name, place.page(name))


@later("night 2", busy_host, "a b c", asked={"a": 1, "b": 1, "c": 1})
def _(_: Place) -> None:
    """The ten hours are over: everything that waited comes."""


@ends("a b", fetch={"http_429": 1}, asked={"a": 1, "b": 1, "c": 3})
def busy_again_and_again(place: Place) -> None:
    """429 to each repetition of one address, with a second's pause each time: three requests, and the others come."""
    place.good("a", "b")
    place.bad("c", busy(429, pause_s=1))


@ends("", alert="paused", discover={"source_failed": 1})
def busy_feed(place: Place) -> None:
    """The feed itself answers 429 with an hour."""
    place.site.routes["/feed.xml"] = busy(429, pause_s=90_000)


@later("night 2", busy_feed, "", alert="paused", robots=0, feed=0)
def _(_: Place) -> None:
    """Still inside the 24 hours at most that a pause is kept."""


@ends("", alert="unavailable", fetch={"http_500": 3}, waiting=9, asked={"l": 3, "k": 3, "j": 3})
def storm_of_500(place: Place) -> None:
    """A server that is down is not asked for every address: the circuit opens after nine failures in a row."""
    for name in "abcdefghijkl":
        place.bad(name, Reply(500, {"Content-Type": HTML}, b"<h1>Error</h1>"))


@ends("a b", asked={"a": 2, "b": 1})
def once_500(place: Place) -> None:
    """A short fault of the server costs one repetition and no article."""
    place.good("b")
    place.bad("a", then(Reply(500), place.page("a")))


@ends("a", fetch={"http_503": 1}, asked={"a": 1, "b": 3})
def page_with_503(place: Place) -> None:
    """A whole page of text with status 503 is an error page, not an article."""
    place.good("a")
    place.bad("b", Reply(503, {"Content-Type": HTML}, place.html("b")))


# ================================================================ slow answers


@ends("a", fetch={"timeout": 1}, asked={"a": 1, "b": 2})
def hanging(place: Place) -> None:
    """No answer at all."""
    place.fetch["timeout_s"] = 1.5
    place.good("a")
    place.bad("b", replies.hang)


@ends("a", fetch={"timeout": 1}, asked={"a": 1, "b": 2})
def slow_header(place: Place) -> None:
    """One byte of the header a second: the limit is one for the whole answer, not for each piece."""
    place.fetch["timeout_s"] = 1.5
    place.good("a")
    place.bad("b", replies.drip(b"HTTP/1.1 200 OK\r\n", b"Content-Type: text/html\r\n" * 9))


@ends("a", fetch={"timeout": 1}, asked={"a": 1, "b": 2})
def slow_body(place: Place) -> None:
    """One byte of the body a second."""
    place.fetch["timeout_s"] = 1.5
    place.good("a")
    body = place.html("b")
    place.bad("b", replies.drip(replies.head(Content_Length=len(body)) + body[:-400], body[-400:]))


# ================================================================ half an answer


def half(name: str, why: str, answer: Callable[[bytes], object]) -> None:
    """An outlet whose second article comes cut: asked twice, then rejected as truncated."""

    def build(place: Place) -> None:
        place.good("a")
        place.bad("b", answer(place.html("b")))  # type: ignore[arg-type]

    build.__name__, build.__doc__ = name, why
    ends("a", fetch={"truncated": 1}, asked={"a": 1, "b": 2})(build)


half("short_of_length", "The body is shorter than its Content-Length.", replies.short_of_length)
half("cut_chunk", "A chunk ends before its announced size.", replies.cut_chunk)
half("half_gzip", "Half a gzip stream with the right Content-Length: no other crawler notices.", replies.half_gzip)
half("half_brotli", "Half a Brotli stream with the right Content-Length.", replies.half_brotli)
half("closed_halfway", "No length, and the connection closes in the middle of a page.", lambda body: replies.without_length(body[: len(body) // 2]))


@ends("a", asked={"a": 1})
def closed_at_the_end(place: Place) -> None:
    """No length, and the connection closes after the page: whole, as its end shows."""
    place.bad("a", replies.without_length(place.html("a")))


@ends("a", asked={"a": 2})
def half_once(place: Place) -> None:
    """A cut answer is repeated, and the whole one taken."""
    place.bad("a", then(replies.half_gzip(place.html("a")), place.page("a")))


@ends("a", fetch={"connection_failed": 1}, asked={"a": 1, "b": 2})
def negative_length(place: Place) -> None:
    """Content-Length: -5 over half a page: nobody can say how much was meant."""
    place.good("a")
    place.bad("b", replies.negative_length(place.html("b")))


@ends("a", asked={"a": 1})
def plain_labelled_gzip(place: Place) -> None:
    """A plain page that its header calls gzip is read as it is, as browsers do."""
    place.bad("a", page(place.html("a"), Content_Encoding="gzip"))


@ends("a", asked={"a": 1})
def gzip_twice(place: Place) -> None:
    """An honest page, packed twice and saying so."""
    place.bad("a", page(gzip.compress(gzip.compress(place.html("a"))), Content_Encoding="gzip, gzip"))


# ================================================================ too much


def giant(name: str, why: str, answer: Callable[[], object], reason: str = "too_large", times: int = 1) -> None:
    """An outlet whose only page is too much, in a crawl that takes 100 kB."""

    def build(place: Place) -> None:
        place.fetch["max_bytes"] = 100_000
        place.bad("a", answer())  # type: ignore[arg-type]

    build.__name__, build.__doc__ = name, why
    ends("", fetch={reason: 1}, asked={"a": times})(build)


giant("gzip_bomb", "50 MB of zeros in 50 kB.", lambda: replies.gzip_bomb(50 << 20))
giant("gzip_bomb_of_html", "A bomb that looks like a page.", lambda: replies.gzip_bomb_of_html(50 << 20))
giant("brotli_bomb", "50 MB in a few hundred bytes.", lambda: replies.brotli_bomb(50 << 20))
giant("gzip_in_gzip", "A bomb in two wrappings.", lambda: replies.gzip_in_gzip(50 << 20))
giant("endless_body", "A body without length and without end.", lambda: replies.endless())
giant("body_of_200_mb", "A body that says it has 200 MB is not downloaded.", lambda: replies.large(200 << 20))
giant("header_of_20_mb", "A header line of 20 MB.", lambda: replies.large_header(20 << 20), "connection_failed", 2)
giant("not_http", "Bytes that are no HTTP.", lambda: replies.raw(b"SSH-2.0-OpenSSH_9.6\r\n\x00\x01\x02garbage\r\n\r\n"), "connection_failed", 2)


def bombs(name: str, why: str, bomb: Callable[[], Reply]) -> None:
    """An outlet full of bombs, with the usual limit of 10 MiB a page."""
    names = spread("b", range(PAGES_PER_RUN))

    def build(place: Place) -> None:
        answer = bomb()
        for each in names.split():
            place.bad(each, answer)

    build.__name__, build.__doc__ = name, why
    ends("", fetch={"too_large": PAGES_PER_RUN}, asked=dict.fromkeys(names.split(), 1))(build)


bombs("many_gzip_bombs", "What one bomb took is given back before the next: forty of them.", lambda: replies.gzip_bomb(50 << 20))
bombs("many_brotli_bombs", "The same in Brotli.", lambda: replies.brotli_bomb(50 << 20))
bombs("many_double_bombs", "And in two wrappings.", lambda: replies.gzip_in_gzip(50 << 20))


# ================================================================ characters

UMLAUTS = "Die Brücke über den Fluss ist wieder offen, sagt die Gemeinde Grünau"
VILLAGE = "ဆန်းသာကွင်းရွာ"


def latin(place: Place) -> list[str]:
    """Paragraphs with letters beyond ASCII, of this outlet only."""
    return [f"{UMLAUTS}. {text}" for text in pages.paragraphs(place.name, 4)]


def burmese(place: Place) -> list[str]:
    return [f"{VILLAGE} {text}" for text in pages.burmese_paragraphs(place.name)]


def in_bytes(name: str, why: str, answer: Callable[[Place], Reply], words: str, **more: object) -> None:
    """An outlet whose page must be read right whatever its bytes say of themselves."""

    def build(place: Place) -> None:
        place.bad("a", answer(place))

    build.__name__, build.__doc__ = name, why
    ends("a", asked={"a": 1}, texts={"a": words}, **more)(build)


def plain_html(place: Place, **options: object) -> str:
    return pages.article(place.name, **options)  # type: ignore[arg-type]


in_bytes("charset_in_header", "The header's charset counts before the page's own word.",
         lambda place: Reply(200, {"Content-Type": "text/html; charset=windows-1252"}, plain_html(place, texts=latin(place), charset="utf-8").encode("cp1252")),
         UMLAUTS)
in_bytes("charset_nowhere", "UTF-8 that nobody declares.",
         lambda place: Reply(200, {"Content-Type": "text/html"}, plain_html(place, texts=latin(place), charset="").encode()), UMLAUTS)
in_bytes("charset_wrong_in_header", "UTF-8 that the header calls ISO-8859-1, the default of many servers.",
         lambda place: Reply(200, {"Content-Type": "text/html; charset=ISO-8859-1"}, plain_html(place, texts=burmese(place)).encode()), VILLAGE)
in_bytes("charset_late", "The page's own word comes after 1,024 bytes, where many parsers stop looking.",
         lambda place: Reply(200, {"Content-Type": "text/html"}, plain_html(place, texts=latin(place), charset="").replace(
             "</title>", f"</title><!-- {'x' * 1500} --><meta charset='windows-1252'>").encode("cp1252")), UMLAUTS)
in_bytes("utf_16", "UTF-16 with a byte order mark.",
         lambda place: Reply(200, {"Content-Type": "text/html"}, plain_html(place, texts=latin(place), charset="").encode("utf-16")), UMLAUTS)
in_bytes("zawgyi_page", "Burmese in the Zawgyi font's encoding is stored as Unicode, and its encoding is named.",
         lambda place: page(plain_html(place, title=pages.zawgyi(pages.BURMESE[0]), texts=[pages.zawgyi(text) for text in burmese(place)]).encode()),
         VILLAGE, zawgyi="a")
in_bytes("nul_bytes", "NUL bytes in the text: the words stay, the bytes go.",
         lambda place: page(plain_html(place, texts=latin(place)).replace("Gemeinde", "Gem\0einde").encode()), "wieder offen, sagt die Gem")
in_bytes("invalid_utf_8", "Bytes that are no UTF-8 become U+FFFD; everything else stays.",
         lambda place: page(plain_html(place, texts=latin(place)).encode().replace(b"wieder", b"wie\xff\xfeder", 1)), "offen, sagt die Gemeinde Grünau")
in_bytes("lone_surrogate", "Half a character, as bytes and as an entity, ends neither the page nor the run.",
         lambda place: page(plain_html(place, texts=latin(place)).encode().replace(b"wieder", b"\xed\xa0\x80wieder &#xD800;", 1)), "offen, sagt die Gemeinde Grünau")


# ================================================================ 200 that is no article


def gate(name: str, why: str, reason: str, answer: Callable[[Place], Reply]) -> None:
    """An outlet one of whose pages is no article although it answers 200."""

    def build(place: Place) -> None:
        place.good("a")
        place.bad("b", answer(place))

    build.__name__, build.__doc__ = name, why
    ends("a", extract={reason: 1}, asked={"a": 1, "b": 1})(build)


LOGIN = """<main><h1>Log in</h1><p>Please log in to read this page.</p><form action="/login" method="post"><label>E-mail <input type="email" name="email">
</label><label>Password <input type="password" name="password"></label><button>Log in</button></form><a href="/lost">Lost your password?</a></main>"""
CONSENT = """<main><div id="consent" role="dialog"><h1>We value your privacy</h1><p>We and our partners store and access cookies on your device. Choose
whether we may process your personal data before you continue to the site.</p><button>Accept all</button><button>Reject all</button>
<a href="/cookies">Manage cookie preferences</a></div></main>"""
CHALLENGE = """<div class="main-wrapper" role="main"><h1>loopback.example</h1><p>Checking if the site connection is secure</p><noscript>Enable JavaScript and
cookies to continue</noscript><form id="challenge-form" action="/?__cf_chl_f_tk=x" method="POST"></form>
<script>window._cf_chl_opt={cvId:'3'};</script><script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></div>"""
gate("soft_404", "An error page that answers 200.", "soft_404", lambda _: page(pages.wall(
    "Page not found", "<main><h1>Page not found</h1><p>The page you are looking for is not here. Try the front page.</p></main>")))
gate("login_page", "A form for a password in the place of the article.", "login_wall", lambda _: page(pages.wall("Log in", LOGIN)))
gate("consent_page", "A question about cookies in the place of the article.", "consent_wall", lambda _: page(pages.wall("Before you continue", CONSENT)))
gate("challenge_page", "A test for browsers in the place of the article: blocked, politely.", "challenge",
     lambda _: page(pages.wall("Just a moment...", CHALLENGE)))
gate("json_labelled_html", "An answer for programs that calls itself a page.", "not_html", lambda _: page(b'{"error": null, "items": []}'))


@ends("a", extract={"soft_404": 1}, asked={"a": 1, "b": 1, "/": 1})
def redirect_to_front_page(place: Place) -> None:
    """A removed article leads to the front page, which answers 200."""
    place.good("a")
    place.bad("b", to("/"))
    place.at("/", page(pages.listing([f"/news/{number}" for number in range(9)])))


@ends("a", asked={"a": 1}, truncated="a")
def paywall_stub(place: Place) -> None:
    """The opening of an article behind a paywall is an article that says it is cut."""
    opening = pages.paragraphs("paywall_stub", 2)
    wall = '<div class="paywall"><p>Subscribe to continue reading. This content is for subscribers only.</p><a href="/subscribe">Subscribe</a></div>'
    says = '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","isAccessibleForFree":false}</script>'
    place.bad("a", page(plain_html(place, texts=[opening[0], opening[1][:120] + "…"], after=wall, in_head=says).encode()))


@ends("a", fetch={"not_html": 3}, asked={"a": 1, "b": 1, "c": 1, "d": 1})
def not_pages(place: Place) -> None:
    """An empty answer, a PDF and a JSON file are no pages."""
    place.good("a")
    place.bad("b", page(b""))
    place.bad("c", Reply(200, {"Content-Type": "application/pdf"}, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"))
    place.bad("d", Reply(200, {"Content-Type": "application/json"}, b'{"headline": "x"}'))


@ends("a", fetch={"http_404": 1, "http_410": 1}, asked={"a": 1, "b": 1, "c": 1})
def never_there(place: Place) -> None:
    """404 and 410 for articles that were never seen."""
    place.good("a")
    place.bad("b", Reply(404, {"Content-Type": HTML}, b"<h1>404</h1>"))
    place.bad("c", Reply(410, {"Content-Type": HTML}, b"<h1>Gone</h1>"))


# ================================================================ redirects, and addresses that must not be asked


@ends("a", fetch={"redirect_offsite": 1}, asked={"a": 1, "b": 1})
def redirect_elsewhere(place: Place) -> None:
    """To a site that could be reached, but is not this outlet's."""
    place.fetch["allow_addresses"] = ["127.0.0.0/8"]
    place.good("a")
    place.bad("b", to(f"http://{place.elsewhere}/stolen"))


@ends("a", fetch={"redirect_loop": 1}, asked={"a": 1, "b": 1, "c": 1})
def redirect_loop(place: Place) -> None:
    """Two addresses that send each to the other."""
    place.good("a")
    place.bad("b", to("/news/c"))
    place.at("c", to("/news/b"))


@ends("a", fetch={"redirect_loop": 1}, asked={"a": 1, "b": 1, "/hop/1": 1, "/hop/2": 1, "/hop/3": 1, "/hop/4": 1, "/hop/5": 1})
def six_hops(place: Place) -> None:
    """Six redirects: one more than is followed."""
    place.good("a")
    place.bad("b", to("/hop/1"))
    for number in range(1, 6):
        place.at(f"/hop/{number}", to(f"/hop/{number + 1}", 301))
    place.at("/hop/6", place.page("b"))


@ends("/hop/5", asked={"b": 1, "/hop/1": 1, "/hop/2": 1, "/hop/3": 1, "/hop/4": 1, "/hop/5": 1})
def five_hops(place: Place) -> None:
    """Five redirects are followed; the article has the address at which it was found in the end."""
    place.bad("b", to("/hop/1"))
    for number in range(1, 5):
        place.at(f"/hop/{number}", to(f"/hop/{number + 1}", 301))
    place.at("/hop/5", place.page("b"))


@ends("a", fetch={"scheme_refused": 2}, asked={"a": 1, "b": 1, "c": 1})
def redirect_to_file(place: Place) -> None:
    """A redirect to a file of this machine, and to one over FTP."""
    place.good("a")
    place.bad("b", to("file:///etc/hostname"))
    place.bad("c", to("ftp://127.0.0.1/x"))


@ends("a", fetch={"redirect_offsite": 1, "address_refused": 1}, asked={"a": 1, "b": 1, "c": 1})
def redirect_to_private(place: Place) -> None:
    """A redirect into the private network; also where the definition names that host but not its address."""
    place.good("a")
    place.hosts = [place.vault]
    place.bad("b", to(f"http://{place.vault}/inside"))
    place.bad("c", to("http://169.254.169.254/latest/meta-data/"))


@ends("a", extract={"too_short": 1}, asked={"a": 1, "b": 1})
def meta_refresh_to_private(place: Place) -> None:
    """A page that sends browsers into the private network is a page without text, and nobody is sent."""
    place.good("a")
    place.bad("b", page(f'<html><head><meta http-equiv="refresh" content="0;url=http://{place.vault}/inside"></head><body><p>One moment.</p></body></html>'.encode()))


def spelled(name: str, why: str, host: str) -> None:
    """An outlet whose feed lies in the private network, in another spelling of its address."""

    def build(place: Place) -> None:
        place.good("a")
        port = place.vault.rpartition(":")[2]
        place.discover = [("feed", "/feed.xml"), ("feed", f"http://{host}:{port}/feed.xml")]

    build.__name__, build.__doc__ = name, why
    ends("a", discover={"source_failed": 1}, asked={"a": 1})(build)


spelled("private_decimal", "127.66.6.6 as one decimal number.", str(0x7F420606))
spelled("private_octal", "127.66.6.6 with octal digits.", "0177.0102.06.06")
spelled("private_hexadecimal", "127.66.6.6 in hexadecimal.", "0x7f.0x42.6.6")
spelled("private_mapped", "127.66.6.6 inside an IPv6 address.", "[::ffff:127.66.6.6]")
spelled("private_by_name", "A name that stands for this machine.", "localhost")


@ends("a", discover={"off_outlet": 1}, asked={"a": 1})
def links_to_private(place: Place) -> None:
    """Links of a feed into the private network, to files and to other schemes are no links of the outlet: one rejection for all."""
    place.good("a")
    for link in (f"http://{place.vault}/inside", "http://169.254.169.254/", "file:///etc/passwd", "data:text/html,x", "ftp://127.0.0.1/x"):
        place.items.append(pages.item(link, "Inside"))


# ================================================================ robots.txt


@ends("a", fetch={"robots_disallowed": 1}, asked={"a": 1})
def robots_disallow(place: Place) -> None:
    """What robots.txt forbids is not asked."""
    place.robots_text("User-agent: *\nDisallow: /news/b\n")
    place.good("a", "b")


@ends("", discover={"source_failed": 1}, alert="robots_unreachable", robots=3, feed=0)
def robots_503(place: Place) -> None:
    """A robots.txt that answers 5xx forbids everything (RFC 9309, 2.3.1.4)."""
    place.good("a")
    place.robots = Reply(503, {"Content-Type": HTML}, b"<h1>down</h1>")


@ends("", discover={"source_failed": 1}, alert="robots_unreachable", robots=1, feed=0)
def robots_429(place: Place) -> None:
    """So does one that answers 429: the host wants no questions, and its pause is kept."""
    place.good("a")
    place.robots = busy(429, pause_s=7200)


@ends("", discover={"source_failed": 1}, alert="robots_unreachable", robots=2, feed=0)
def robots_timeout(place: Place) -> None:
    """So does one that does not answer."""
    place.fetch["timeout_s"] = 1.5
    place.good("a")
    place.robots = replies.hang


@ends("", discover={"source_failed": 1}, alert="robots_unreachable", robots=2, feed=0)
def robots_hangs_up(place: Place) -> None:
    """So does a connection that breaks."""
    place.good("a")
    place.robots = replies.hang_up


@ends("a", asked={"a": 1})
def robots_404(place: Place) -> None:
    """No robots.txt: everything is allowed."""
    place.good("a")
    place.robots = Reply(404)


@ends("a", asked={"a": 1})
def robots_403(place: Place) -> None:
    """A robots.txt that may not be read counts as none (RFC 9309, 2.3.1.3)."""
    place.good("a")
    place.robots = Reply(403)


@ends("a", asked={"a": 1})
def robots_html(place: Place) -> None:
    """A front page in the place of robots.txt has no rules."""
    place.good("a")
    place.robots = page(pages.wall("Front page", "<p>Disallow nothing</p>"))


@ends("a", fetch={"robots_disallowed": 1}, asked={"a": 1})
def robots_bom(place: Place) -> None:
    """A byte order mark in front does not hide the first rule."""
    place.good("a", "b")
    place.robots = Reply(200, {"Content-Type": "text/plain"}, b"\xef\xbb\xbfUser-agent: *\nDisallow: /news/b\n")


@ends("a", fetch={"robots_disallowed": 1}, asked={"a": 1})
def robots_600_kb(place: Place) -> None:
    """600 kB, with a rule just before the end of the 500 KiB that must be read (RFC 9309, 2.5)."""
    place.good("a", "b")
    filling = "# " + "x" * 97 + "\n"
    rules = "User-agent: *\n" + filling * 5110
    place.robots_text(rules + "Disallow: /news/b\n" + filling * 900)
    assert len(rules) < 512_000 - 100


@ends("a", fetch={"robots_disallowed": 1}, asked={"a": 1, "/moved-robots.txt": 1})
def robots_redirected(place: Place) -> None:
    """A redirected robots.txt holds for the host that was asked."""
    place.good("a", "b")
    place.robots = to("/moved-robots.txt", 301)
    place.at("/moved-robots.txt", Reply(200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /news/b\n"))


@ends("", discover={"source_failed": 1}, alert="robots_unreachable", feed=0)
def robots_in_private_network(place: Place) -> None:
    """A robots.txt that lies where nothing may be asked was not read."""
    place.good("a")
    place.robots = to(f"http://{place.vault}/robots.txt")


@ends("a", asked={"a": 1})
def crawl_delay_3(place: Place) -> None:
    """Crawl-delay: three seconds between any two requests."""
    place.robots_text("User-agent: *\nCrawl-delay: 3\n")
    place.good("a")


@ends("", discover={"source_failed": 1}, alert="crawl_delay_too_long", feed=0)
def crawl_delay_999(place: Place) -> None:
    """A wish that no run can keep is not shortened: the outlet is left out, and said so."""
    place.robots_text("User-agent: *\nCrawl-delay: 999\n")
    place.good("a")


@ends("a", asked={"a": 1})
def robots_503_later(place: Place) -> None:
    """A robots.txt that was read this evening holds for 24 hours."""
    place.good("a")


@later("morning", robots_503_later, "a b", new=1, known=1, robots=3, asked={"b": 1})
def _(place: Place) -> None:
    place.robots = Reply(503)
    place.good("b")


@ends("a", asked={"a": 1})
def robots_forbids_later(place: Place) -> None:
    """A host that changes its mind is obeyed, and its article is not gone for that."""
    place.good("a")


@later("night 2", robots_forbids_later, "a", new=0, fetch={"robots_disallowed": 1}, asked={})
def _(place: Place) -> None:
    place.robots_text("User-agent: *\nDisallow: /news/\n")


# ================================================================ traps


@ends(spread("/day/", range(PAGES_PER_RUN)), waiting=5, feed=0, asked={f"/calendar?page={n}": 1 for n in range(1, 10)} | {f"/day/{n}": 1 for n in range(PAGES_PER_RUN)})
def endless_calendar(place: Place) -> None:
    """A list whose every page links five new days, for ever: it is read until there is more than a run may ask."""
    place.discover = [("listing", "/calendar?page={page}")]
    place.top = "[article]\nurl_pattern = '^/day/[0-9]+$'\n"

    async def calendar(exchange: Exchange) -> Reply:
        path = exchange.asked.path
        if path.startswith("/calendar"):
            number = int(path.rpartition("=")[2])
            return page(pages.listing([f"/day/{day}" for day in range(number * 5 - 5, number * 5)]))
        return place.page(path)

    place.site.otherwise = calendar


@ends("a b", feed=0, asked={"a": 1, "b": 1, "/latest?page=1": 1, "/latest?page=2": 1})
def session_ids(place: Place) -> None:
    """Links that carry another session each time are the same articles, and page 2 has nothing new."""
    place.discover = [("listing", "/latest?page={page}")]
    place.good("a", "b")

    async def latest(exchange: Exchange) -> Reply:
        session = f"{exchange.asked.path[-1]}f00d{len(place.site.asked)}"
        return page(pages.listing([f"/news/a?PHPSESSID={session}", f"/news/b;jsessionid={session}", f"/news/b?jsessionid={session}&utm_source=x"]))

    place.site.routes |= {f"/latest?page={number}": latest for number in range(1, 9)}


@ends("a", discover={"crawl_trap": 1}, feed=0, asked={"a": 1, "/latest": 1})
def repeated_segments(place: Place) -> None:
    """Relative links on a broken template make /x/y/x/y/x/y and endless addresses: one rejection, no request."""
    place.discover = [("listing", "/latest")]
    place.good("a")
    links = ["/news/a", *("/2026/story" * count + "/a" for count in (4, 5, 6)), "/news/" + "long-" * 500]
    place.at("/latest", page(pages.listing(links)))


@ends("a b", feed=0, asked={"a": 1, "b": 1, "/latest/1": 1, "/latest/2": 1})
def same_page_for_ever(place: Place) -> None:
    """A list that shows page 1 for every number ends at its second page."""
    place.discover = [("listing", "/latest/{page}")]
    place.good("a", "b")
    place.site.routes |= {f"/latest/{number}": page(pages.listing(["/news/a", "/news/b"])) for number in range(1, 200)}


@ends("a b", feed=0, asked={"a": 1, "b": 1, "/latest/1": 1, "/latest/2": 1})
def list_that_ends(place: Place) -> None:
    """404 after the last page is the end of a list and no fault."""
    place.discover = [("listing", "/latest/{page}")]
    place.good("a", "b")
    place.at("/latest/1", page(pages.listing(["/news/a", "/news/b"])))


# ================================================================ sitemaps


def xml(body: bytes) -> Reply:
    return Reply(200, {"Content-Type": "application/xml"}, body)


@ends("a b", feed=0, asked={"a": 1, "b": 1, "/sitemap.xml": 1, "/part1.xml.gz": 1, "/part2.xml": 1})
def sitemap_index(place: Place) -> None:
    """An index of two parts, one of them packed."""
    place.discover = [("sitemap", "/sitemap.xml")]
    place.good("a", "b")
    place.at("/sitemap.xml", xml(pages.sitemap_index([(f"{place.base}/part1.xml.gz", "2026-03-01"), (f"{place.base}/part2.xml", "2026-03-02")])))
    place.at("/part1.xml.gz", Reply(200, {"Content-Type": "application/gzip"}, gzip.compress(pages.urlset([(f"{place.base}/news/a", "2026-03-01")]))))
    place.at("/part2.xml", xml(pages.urlset([(f"{place.base}/news/b", "2026-03-02")])))


@later("night 2", sitemap_index, "a b c", new=1, unchanged=2, feed=0, asked={"a": 1, "b": 1, "c": 1, "/sitemap.xml": 1, "/part2.xml": 1})
def _(place: Place) -> None:
    """Only the part that changed is read again; what is younger than a week is looked at again."""
    place.at("c", place.page("c"))
    place.at("/sitemap.xml", xml(pages.sitemap_index([(f"{place.base}/part1.xml.gz", "2026-03-01"), (f"{place.base}/part2.xml", "2026-03-03")])))
    place.at("/part2.xml", xml(pages.urlset([(f"{place.base}/news/b", "2026-03-02"), (f"{place.base}/news/c", "2026-03-03")])))


@ends("a", feed=0, asked={"a": 1, "/sitemap.xml": 1, "/part.xml": 1})
def sitemap_of_itself(place: Place) -> None:
    """An index that names itself is read once."""
    place.discover = [("sitemap", "/sitemap.xml")]
    place.good("a")
    place.at("/sitemap.xml", xml(pages.sitemap_index([(f"{place.base}/sitemap.xml", None), (f"{place.base}/part.xml", None)])))
    place.at("/part.xml", xml(pages.urlset([(f"{place.base}/news/a", "2026-03-02")])))


@ends("a", discover={"source_limit": 9}, asked_at_most=16)
def sitemap_tree(place: Place) -> None:
    """Indexes of indexes of indexes, three each, for ever: two levels are read, each of the nine ends says so; the feed still counts."""
    place.discover = [("sitemap", "/tree/0.xml"), ("feed", "/feed.xml")]
    place.good("a")

    async def tree(exchange: Exchange) -> Reply:
        stem = exchange.asked.path.removesuffix(".xml")
        return xml(pages.sitemap_index([(f"{place.base}{stem}{child}.xml", None) for child in range(3)]))

    place.site.otherwise = tree


@ends("a", discover={"source_limit": 1}, asked_at_most=104)
def sitemap_of_50_000_parts(place: Place) -> None:
    """An index with as many parts as the protocol allows: a hundred files a run are read."""
    place.discover = [("sitemap", "/sitemap.xml"), ("feed", "/feed.xml")]
    place.good("a")
    place.at("/sitemap.xml", xml(pages.sitemap_index([(f"{place.base}/part/{number}.xml", None) for number in range(50_000)])))
    place.site.otherwise = xml(pages.urlset([]))


@ends("a", discover={"source_failed": 1}, asked={"a": 1, "/sitemap.xml.gz": 1})
def sitemap_bomb(place: Place) -> None:
    """A packed sitemap of 200 MB."""
    place.discover = [("sitemap", "/sitemap.xml.gz"), ("feed", "/feed.xml")]
    place.good("a")
    place.at("/sitemap.xml.gz", Reply(200, {"Content-Type": "application/gzip"}, replies.zeros_gzip(200 << 20, b'<?xml version="1.0"?><urlset>')))


def news_urlset(place: Place, names: str, lastmod: str) -> Reply:
    """A sitemap that says when articles were published, long ago, and when they were changed: always just now."""
    entries = "".join(
        f"<url><loc>{place.base}/news/{name}</loc><lastmod>{lastmod}</lastmod><news:news><news:publication_date>{pages.OLD_ISO_DAY}"
        f"</news:publication_date><news:title>{pages.headline(name)}</news:title></news:news></url>" for name in names.split())
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return xml(f'<?xml version="1.0" encoding="UTF-8"?><urlset {spaces}>{entries}</urlset>'.encode())


A_DOZEN = spread("a", range(12))


@ends(A_DOZEN, feed=0, asked=dict.fromkeys(A_DOZEN.split(), 1) | {"/sitemap.xml": 1})
def lastmod_lies(place: Place) -> None:
    """A sitemap that calls every article changed today, every day."""
    place.discover = [("sitemap", "/sitemap.xml")]
    place.good(*A_DOZEN.split(), old=True)
    place.at("/sitemap.xml", news_urlset(place, A_DOZEN, "2026-03-02T19:00:00Z"))


@later("night 2", lastmod_lies, A_DOZEN, new=0, known=12, feed=0, asked={"/sitemap.xml": 1})
def _(place: Place) -> None:
    place.at("/sitemap.xml", news_urlset(place, A_DOZEN, "2026-03-03T18:30:00Z"))


@ends("a b c", feed=0, asked={"a": 1, "b": 1, "c": 1, "/sitemap.xml": 1})
def lastmod_is_true(place: Place) -> None:
    """A sitemap that calls one of its old articles changed: that one is looked at again."""
    place.discover = [("sitemap", "/sitemap.xml")]
    place.good("a", "b", "c", old=True)
    place.at("/sitemap.xml", news_urlset(place, "a b c", "2026-02-12T02:00:00Z"))


@later("night 2", lastmod_is_true, "a b c", new=0, updated=1, known=2, versions={"b": 2}, feed=0, asked={"b": 1, "/sitemap.xml": 1})
def _(place: Place) -> None:
    quiet, changed = (news_urlset(place, names, day).body for names, day in (("a c", "2026-02-12T02:00:00Z"), ("b", "2026-03-03T08:00:00Z")))
    place.at("/sitemap.xml", xml(quiet.replace(b"</urlset>", b"") + changed[changed.index(b"<url>"):]))
    place.at("b", place.page("b, corrected", title=pages.headline(f"{place.name} b"), iso_day=pages.OLD_ISO_DAY))


# ================================================================ hostile XML

XXE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
LAUGHS = "<!DOCTYPE r [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"


@ends("", discover={"source_failed": 1}, alert="no_source_answered")
def feed_reads_files(place: Place) -> None:
    """A feed that asks its reader for a file of this machine."""
    place.site.routes["/feed.xml"] = xml(pages.feed(place.base, ["<item><title>&x;</title><link>/news/&x;</link></item>"], XXE))


@ends("", discover={"source_failed": 1}, alert="no_source_answered")
def feed_of_laughs(place: Place) -> None:
    """A feed of a billion laughs."""
    place.site.routes["/feed.xml"] = xml(pages.feed(place.base, ["<item><title>&a9;</title><link>/news/a</link></item>"], LAUGHS))


@ends("", discover={"source_failed": 1}, alert="no_source_answered", feed=0, asked={"/sitemap.xml": 1})
def sitemap_reads_files(place: Place) -> None:
    """A sitemap that does the same."""
    place.discover = [("sitemap", "/sitemap.xml")]
    place.at("/sitemap.xml", xml(pages.urlset([(place.base + "/news/XX", None)], XXE).replace(b"XX", b"&x;")))


@ends("", discover={"source_failed": 1}, alert="no_source_answered", feed=0, asked={"/sitemap.xml": 1})
def sitemap_of_laughs(place: Place) -> None:
    """And a billion laughs."""
    place.discover = [("sitemap", "/sitemap.xml")]
    place.at("/sitemap.xml", xml(pages.urlset([(place.base + "/news/XX", None)], LAUGHS).replace(b"XX", b"&a9;")))


# ================================================================ feeds


@ends("a b c", asked={"a": 1, "b": 1, "c": 1})
def feed_guids(place: Place) -> None:
    """Missing, doubled and changing guids: an article is its address."""
    for name in "abc":
        place.at(name, place.page(name, iso_day=pages.OLD_ISO_DAY))
    place.lists("a", pages.OLD_DAY, guid="one")
    place.lists("b", pages.OLD_DAY, guid="one")
    place.lists("c", pages.OLD_DAY)
    place.lists("a", pages.OLD_DAY, guid="two")


@later("night 2", feed_guids, "a b c", new=0, known=3)
def _(place: Place) -> None:
    place.items.clear()
    for name in "abc":
        place.lists(name, pages.OLD_DAY, guid=f"{name} of another night")


@ends("a b", asked={"a": 1, "b": 1})
def feed_relative_links(place: Place) -> None:
    """Links without a host, and with ../ in front."""
    for name in "ab":
        place.at(name, place.page(name))
    place.items = [pages.item("/news/a", "A"), pages.item("../news/b", "B")]


@ends("a b", asked={"a": 1, "b": 1})
def feed_without_dates(place: Place) -> None:
    """Items without any date."""
    for name in "ab":
        place.at(name, place.page(name))
        place.lists(name, None)


@ends("a", asked={"a": 1})
def feed_html_titles(place: Place) -> None:
    """Markup in titles is none in the candidates that are kept."""
    place.at("a", place.page("a"))
    place.items = [pages.item(place.base + "/news/a", "<b>Bold</b> &amp; <script>alert(1)</script>plain")]


@ends(spread("", range(50_000 - PAGES_PER_RUN, 50_000)), waiting=1960, asked={str(n): 1 for n in range(50_000 - PAGES_PER_RUN, 50_000)})
def feed_of_50_000(place: Place) -> None:
    """A feed that grows for ever, oldest first: the newest 2,000 are taken in, and of those the newest 40 fetched."""
    day = "{:%a, %d %b %Y %H:%M:%S} +0000"
    first = datetime(2026, 2, 12, tzinfo=UTC)
    place.fetch["timeout_s"] = 60  # 6 MB are made, sent and read while all others are crawled
    place.items = [pages.item(f"/news/{n}", "", day.format(first + timedelta(seconds=30 * n))) for n in range(50_000)]

    async def articles(exchange: Exchange) -> Reply:
        return place.page(exchange.asked.path)

    place.site.otherwise = articles


@ends("a", asked={"a": 1})
def feed_304(place: Place) -> None:
    """A feed that did not change says so in a few bytes."""
    place.good("a", old=True)
    body = pages.feed(place.base, place.items)

    async def feed(exchange: Exchange) -> Reply:
        is_known = exchange.asked.headers.get("If-None-Match") == '"one"'
        return Reply(304, {"ETag": '"one"'}) if is_known else Reply(200, {"Content-Type": "application/rss+xml", "ETag": '"one"'}, body)

    place.site.routes["/feed.xml"] = feed


later("morning", feed_304, "a", new=0)(nothing)


@ends("a", asked={"a": 1})
def feed_etag_lies(place: Place) -> None:
    """A server whose ETag never changes would hide everything new: once a day the whole feed is asked."""
    place.good("a", old=True)

    async def feed(exchange: Exchange) -> Reply:
        conditional = {"If-None-Match", "If-Modified-Since"} & set(exchange.asked.headers)
        return Reply(304) if conditional else Reply(200, {"Content-Type": "application/rss+xml", "ETag": '"same"'}, pages.feed(place.base, place.items))

    place.site.routes["/feed.xml"] = feed


@later("night 2", feed_etag_lies, "a b", new=1, known=1, asked={"b": 1})
def _(place: Place) -> None:
    place.good("b")


@ends("a", asked={"a": 1})
def feed_empty_once(place: Place) -> None:
    """A feed without items is no news, and no deletion."""
    place.good("a", old=True)


@later("night 2", feed_empty_once, "a", new=0)
def _(place: Place) -> None:
    place.items.clear()


# ================================================================ no outlet at all


@ends("", discover={"source_failed": 1}, alert="robots_unreachable", robots=0, feed=0)
def dead_host(place: Place) -> None:
    """Nobody listens: robots.txt is as unreachable as the rest."""
    place.site.listens = False


@ends("", discover={"source_failed": 1}, alert="blocked")
def blocked_feed(place: Place) -> None:
    """403 to the feed: the outlet does not want us, which is a state and not zero articles."""
    place.site.routes["/feed.xml"] = Reply(403, {"Content-Type": HTML}, b"<h1>Forbidden</h1>")


@ends("", fetch={"http_403": 4}, alert="blocked", asked={"a": 1, "b": 1, "c": 1, "d": 1})
def blocked_pages(place: Place) -> None:
    """The feed is open, every article answers 403."""
    for name in "abcd":
        place.bad(name, Reply(403, {"Content-Type": HTML}, b"<h1>Forbidden</h1>"))


@ends("", discover={"source_failed": 1}, alert="robots_unreachable", robots=0, feed=0)
def certificate_self_signed(place: Place) -> None:
    """A certificate that nobody vouches for: nothing is asked over such a connection."""
    place.good("a")


@ends("a", asked={"a": 1})
def certificate_good(place: Place) -> None:
    """The counterpart: a certificate for this very host, from an authority that the machine trusts."""
    place.good("a")


@ends("", discover={"source_failed": 1}, alert="robots_unreachable", robots=0, feed=0)
def certificate_of_another(place: Place) -> None:
    """A good certificate of another host."""
    place.good("a")


# ================================================================ one article, many addresses


@ends("caf%C3%A9-Story", asked={"/news/caf%C3%A9-Story": 1})
def many_spellings(place: Place) -> None:
    """Tracking, fragments, www, AMP, NFD, lower-case escapes: one article, one request."""
    path = "/news/caf%C3%A9-Story"
    place.at(path, place.page("café"))
    www = place.base.replace("://", "://www.")
    spellings = ["?utm_source=feed&fbclid=x", "#comments", "/amp", "?amp=1"]
    links = [place.base + path, *(place.base + path + end for end in spellings), www + path, f"{place.base}/news/cafe%CC%81-Story",
             f"{place.base}/news/caf%c3%a9-Story", f"{place.base}/news/café-Story"]
    place.items = [pages.item(link, "Café") for link in links]


@ends("a", asked={"a": 1, "/sitemap.xml": 1})
def feed_and_sitemap(place: Place) -> None:
    """One article in two lists is fetched once and keeps what both say of it."""
    place.discover = [("feed", "/feed.xml"), ("sitemap", "/sitemap.xml")]
    place.good("a")
    place.at("/sitemap.xml", xml(pages.urlset([(f"{place.base}/news/a?utm_source=map", "2026-03-02T09:00:00+00:00")])))


# ================================================================ the second night


@ends("a b", asked={"a": 1, "b": 1})
def new_article(place: Place) -> None:
    """What is known and old is not asked again; what is new is."""
    place.good("a", "b", old=True)


@later("night 2", new_article, "a b c", new=1, known=2, asked={"c": 1})
def _(place: Place) -> None:
    place.good("c")


later("morning", new_article, "a b", new=0, known=2)(nothing)


@ends("a b", asked={"a": 1, "b": 1})
def gone_later(place: Place) -> None:
    """404 or 410 on the second night: the articles stay, and the day is noted."""
    place.good("a", "b")


@later("night 2", gone_later, "a b", new=0, fetch={"gone": 2}, gone="a b", asked={"a": 1, "b": 1})
def _(place: Place) -> None:
    place.at("a", Reply(404, {"Content-Type": HTML}, b"<h1>404</h1>"))
    place.at("b", Reply(410, {"Content-Type": HTML}, b"<h1>Gone</h1>"))


@ends("a", asked={"a": 1})
def updated_later(place: Place) -> None:
    """A changed text is a new version; the old one stays."""
    place.good("a")


@later("night 2", updated_later, "a", new=0, updated=1, versions={"a": 2}, asked={"a": 1})
def _(place: Place) -> None:
    place.at("a", place.page("a, corrected", title=pages.headline(f"{place.name} a")))


@ends("a", asked={"a": 1})
def unchanged_304(place: Place) -> None:
    """A page that did not change says so in a few bytes."""
    reply = place.page("a")

    async def answer(exchange: Exchange) -> Reply:
        return Reply(304) if exchange.asked.headers.get("If-None-Match") == '"v1"' else Reply(200, reply.headers | {"ETag": '"v1"'}, reply.body)

    place.bad("a", answer)


later("night 2", unchanged_304, "a", new=0, not_modified=1, asked={"a": 1})(nothing)


@ends("a", asked={"a": 1})
def unchanged_200(place: Place) -> None:
    """A server without conditional answers sends the same page again: no new version."""
    place.good("a")


later("night 2", unchanged_200, "a", new=0, unchanged=1, asked={"a": 1})(nothing)


@ends("a", fetch={"http_503": 1}, asked={"a": 1, "b": 3})
def failed_first(place: Place) -> None:
    """What failed on the first night is asked on the second, though the feed has dropped it meanwhile."""
    place.good("a", old=True)
    place.bad("b", Reply(503))


@later("night 2", failed_first, "a b", new=1, asked={"b": 1})
def _(place: Place) -> None:
    place.items.clear()
    place.at("b", place.page("b"))


@ends("a", asked={"a": 1})
def dead_later(place: Place) -> None:
    """A feed that vanishes is an alert; the articles stay as they are."""
    place.good("a", old=True)


@later("night 2", dead_later, "a", new=0, discover={"source_failed": 1}, alert="no_source_answered")
def _(place: Place) -> None:
    place.site.routes["/feed.xml"] = Reply(404)


@ends(spread("s", range(10, 10 + PAGES_PER_RUN)), waiting=10, asked={f"s{n}": 1 for n in range(10, 10 + PAGES_PER_RUN)})
def more_than_a_run(place: Place) -> None:
    """More than a run may ask: the newest first, the rest on the next night."""
    for number in range(PAGES_PER_RUN + 10):
        place.at(f"s{number}", place.page(f"s{number}", iso_day=pages.OLD_ISO_DAY))
        place.lists(f"s{number}", f"Thu, 12 Feb 2026 0{number // 60}:{number % 60:02}:00 +0000")


later("night 2", more_than_a_run, spread("s", range(PAGES_PER_RUN + 10)), new=10, known=PAGES_PER_RUN, asked={f"s{n}": 1 for n in range(10)})(nothing)


@ends(spread("p", range(4)), asked={f"p{n}": 1 for n in range(4)})
def paced(place: Place) -> None:
    """The delay of the outlet's file lies between any two requests, robots.txt and feed included."""
    place.fetch["delay_s"] = 0.4
    place.good(*(f"p{number}" for number in range(4)))


@ends(spread("p", range(6)), asked={f"p{n}": 1 for n in range(6)})
def one_at_a_time(place: Place) -> None:
    """A server that takes its time has never two requests at once."""
    place.site.answer_after_s = 0.2
    place.good(*(f"p{number}" for number in range(6)))
