"""Addresses: one form for every spelling of the same article's URL, and the id that is made of it. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

from crawlers.hosts import DEFAULT_PORTS, port_of, web_parts
from crawlers.outlet import Outlet

# Parameters that say where the reader came from and never which article is meant. Taken from the lists of AdGuard and ClearURLs, but only
# names that no content management system uses for an article: a broad rule such as `id`, `cid`, `ref` or `source` would merge articles.
TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|hsa|vero|oly|itm|at|mc|mkt|_hs|ga)_\w+"
    r"|fbclid|gclid|dclid|gclsrc|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|li_fat_id"
    r"|igshid|igsh|_ga|_gl|ocid|cmpid|xtor|spm|fb_action_ids|fb_action_types|fb_source|fb_ref|wt_mc|wt_zmc|trk|mibextid|__twitter_impression"
    r"|share|nb|replytocom"
    # Sessions of PHP, Java, ASP and ColdFusion.
    r"|phpsessid|jsessionid|aspsessionid\w*|session_?id|cfid|cftoken",
    re.IGNORECASE,
)
# `sid` is the number of a story in some systems and a session in others: only 16 and more hex digits are a session.
SESSION_PARAMETER = re.compile(r"sid=[0-9a-f]{16,}", re.IGNORECASE)
AMP_PARAMETERS = re.compile(r"amp(?:=1|=true|=)?|outputtype=amp", re.IGNORECASE)
AMP_ENDINGS = (("/amp", ""), ("/amp/", "/"), (".amp", ""), (".amp.html", ".html"), (".amp.htm", ".htm"))
# Java's ;jsessionid=..., and ASP.NET's /(S(...))/.
SESSION_IN_PATH = re.compile(r";jsessionid=[^/?;]*|(?<=/)\(S\([a-z0-9]{24}\)\)/", re.IGNORECASE)
DOT_SEGMENT = re.compile(r"/\.\.?(?=/|$)")
# No article of the corpora has an address of half this length; the sitemap protocol allows 2,048. Counted in characters as people read them:
# an escaped Burmese letter has nine.
ADDRESS_CHARS_MAX = 2000
# One to three segments, not all numbers, three times on end: what a relative link makes of a page that answers below itself. Heritrix draws
# the same line (PathologicalPathDecideRule, more than two repeats).
REPEATED_SEGMENTS = re.compile(r"((?:/[^/]{1,200}){1,3})(?<!/)\1\1(?=/|$)")
ESCAPE_RUN = re.compile(r"(?:%[0-9A-Fa-f]{2})+|%")
KEPT_ESCAPE = re.compile(r"(%[0-9A-F]{2})")
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Commas, colons and their like occur in the slugs of real articles and are left as they are.
SAFE_IN_PATH = "/:@!$&'()*+,;=~-._%|"
SAFE_IN_QUERY = SAFE_IN_PATH + "?"


def canonical_url(url: str, outlet: Outlet | None) -> str:
    """The one form of an article's address, in ASCII: `canonical_url` of it is itself.

    On a host of the outlet: scheme, host and port of the homepage. Everywhere: no fragment, no tracking parameters, no session, no AMP form,
    no default port, no /./ and /../, one slash after the host, escapes in one spelling (NFC, UTF-8, capital hex digits). The case of the path,
    commas, other parameters and their order, empty values, slashes inside of the path, and a slash at the end or its absence are kept as
    given: each can make a different page. Anything that is no web address is returned stripped.
    """
    url = cleaned(url)
    parts = web_parts(url)
    if parts is None:
        return url
    path = plain_path(one_spelling(parts.path, SAFE_IN_PATH))
    pairs = [one_spelling(pair, SAFE_IN_QUERY) for pair in parts.query.split("&")]
    query = "&".join(pair for pair in pairs if pair and not is_noise(pair))
    base = f"{parts.scheme}://{host_with_port(url)}"
    if outlet is not None and outlet.serves(base):
        base = f"{urlsplit(outlet.homepage).scheme}://{outlet.canonical_host}"
    return f"{base}/{path.lstrip('/')}" + (f"?{query}" if query else "")


def is_noise(pair: str) -> bool:
    """Whether a parameter says nothing of which article is meant."""
    return bool(AMP_PARAMETERS.fullmatch(pair) or TRACKING.fullmatch(pair.split("=", 1)[0]) or SESSION_PARAMETER.fullmatch(pair))


def trap_of(url: str) -> str | None:
    """Why a canonical address looks like one of endlessly many that a fault of the site makes, None where it does not."""
    if len(unquote(url)) > ADDRESS_CHARS_MAX:
        return f"longer than {ADDRESS_CHARS_MAX:,} characters"
    parts = web_parts(url)
    repeated = REPEATED_SEGMENTS.search(unquote(parts.path)) if parts else None
    # /2011/11/11/11 is a day and a number.
    return f"{repeated[1]} three times on end" if repeated and re.search(r"[^/0-9]", repeated[1]) else None


def address_to_ask(url: str, canonical: str) -> str:
    """The canonical address with path and query as a source spells them, where they only differ in their spelling.

    Most servers resolve escapes; some compare them letter by letter and answer 404 to another spelling of the same address.
    """
    given, parts = web_parts(cleaned(url)), web_parts(canonical)
    if given is None or parts is None:
        return canonical
    path = given.path if one_spelling(given.path, SAFE_IN_PATH) == parts.path else parts.path
    query = given.query if one_spelling(given.query, SAFE_IN_QUERY) == parts.query else parts.query
    return parts._replace(path=path, query=query).geturl()


def cleaned(url: str) -> str:
    """The address without spaces around it and control characters inside."""
    return re.sub(r"[\x00-\x1f\x7f]", "", url.strip()).strip()


def article_id(outlet_id: str, url: str) -> str:
    """16 hex digits that name the article of an outlet on every machine; `url` is canonical."""
    return hashlib.sha256(f"{outlet_id}\n{url}".encode()).hexdigest()[:16]


def host_with_port(url: str) -> str:
    """Host in lower case and ASCII, with the port where it is not the usual one of the scheme, without user names."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    try:
        host = host if host.isascii() else host.encode("idna").decode().rstrip(".")  # the dots of other scripts are dots then
    except UnicodeError:
        host = quote(host)
    host = f"[{host}]" if ":" in host else host
    port = port_of(parts)
    return host if port in (None, DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"


def without_dots(path: str) -> str:
    """The path with /./ and /../ resolved, as every browser sends it (RFC 3986, 5.2.4)."""
    if not DOT_SEGMENT.search(path):
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if segments[-1] in (".", "..") and kept else "")


def plain_path(path: str) -> str:
    """The path without dots, sessions and AMP: /news/x/amp/ is /news/x/, /news/x/amp is /news/x, and /news/x.amp.html is /news/x.html."""
    if len(unquote(path)) > ADDRESS_CHARS_MAX:
        return path  # a trap, and not worth the time of looking into it
    while (shorter := without_amp(SESSION_IN_PATH.sub("", without_dots(path)))) != path:
        path = shorter  # what is taken away may lay the same open again
    return path


def without_amp(path: str) -> str:
    while ending := next((pair for pair in AMP_ENDINGS if path.endswith(pair[0]) and path[: -len(pair[0])][-1:] not in ("", "/")), None):
        path = path[: -len(ending[0])] + ending[1]
    return path


def one_spelling(component: str, safe: str) -> str:
    """The path or a parameter with its escapes in one spelling.

    Letters are unescaped, brought to NFC and escaped again as UTF-8; escapes of reserved characters and of bytes that are no UTF-8 stay
    escapes, because unescaping them would change what the address means.
    """
    unescaped = ESCAPE_RUN.sub(lambda run: readable(run[0]), component)
    pieces = KEPT_ESCAPE.split(unescaped)
    # Each piece for itself: NFC must not join the last digit of an escape with a mark that follows it.
    return "".join(piece if KEPT_ESCAPE.fullmatch(piece) else quote(unicodedata.normalize("NFC", piece), safe=safe, errors="replace")
                   for piece in pieces)


def readable(escapes: str) -> str:
    """A run of %XX as letters where it stands for letters, else as capital escapes; a lone % becomes %25."""
    if escapes == "%":
        return "%25"
    letters = unquote_to_bytes(escapes).decode("utf-8", "surrogateescape")
    return "".join(letter if is_letter(letter) or ord(letter) in UNRESERVED else escaped(letter) for letter in letters)


def is_letter(letter: str) -> bool:
    """Whether this is beyond ASCII and its controls, and not a stand-in for a byte that is no UTF-8."""
    return letter > "\x9f" and not "\udc80" <= letter <= "\udcff"


def escaped(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogateescape"))
