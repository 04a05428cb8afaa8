"""Addresses: one form for every spelling of the same article's URL, and the id that is made of it. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import quote, unquote_to_bytes, urlsplit

from crawlers.hosts import DEFAULT_PORTS, port_of, web_parts
from crawlers.outlet import Outlet

# Parameters that say where the reader came from and never which article is meant. Taken from the lists of AdGuard and ClearURLs, but only
# names that no content management system uses for an article: a broad rule such as `id`, `cid`, `ref` or `source` would merge articles.
TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|hsa|vero|oly|itm|at|mc|mkt|_hs|ga)_\w+"
    r"|fbclid|gclid|dclid|gclsrc|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|li_fat_id"
    r"|igshid|igsh|_ga|_gl|ocid|cmpid|xtor|spm|fb_action_ids|fb_action_types|fb_source|fb_ref|wt_mc|wt_zmc|trk|mibextid|__twitter_impression"
    r"|share|nb|replytocom|phpsessid|jsessionid",
    re.IGNORECASE,
)
AMP_PARAMETERS = re.compile(r"amp(?:=1|=true|=)?|outputtype=amp", re.IGNORECASE)
AMP_PATH = re.compile(r"(?<=[^/])/amp(/?)$")
SESSION_IN_PATH = re.compile(r";jsessionid=[^/?;]*", re.IGNORECASE)
ESCAPE_RUN = re.compile(r"(?:%[0-9A-Fa-f]{2})+|%")
KEPT_ESCAPE = re.compile(r"(%[0-9A-F]{2})")
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Commas, colons and their like occur in the slugs of real articles and are left as they are.
SAFE_IN_PATH = "/:@!$&'()*+,;=~-._%|"
SAFE_IN_QUERY = SAFE_IN_PATH + "?"


def canonical_url(url: str, outlet: Outlet | None) -> str:
    """The one form of an article's address, in ASCII: `canonical_url` of it is itself.

    On a host of the outlet: scheme, host and port of the homepage. Everywhere: no fragment, no tracking parameters, no AMP form, no default
    port, escapes in one spelling (NFC, UTF-8, capital hex digits). The case of the path, commas, other parameters and their order, and a
    slash at the end or its absence are kept as given: each can make a different page. Anything that is no web address is returned stripped.
    """
    url = cleaned(url)
    parts = web_parts(url)
    if parts is None:
        return url
    path = without_amp(one_spelling(SESSION_IN_PATH.sub("", parts.path), SAFE_IN_PATH)) or "/"
    pairs = [one_spelling(pair, SAFE_IN_QUERY) for pair in parts.query.split("&")]
    query = "&".join(pair for pair in pairs if pair and not AMP_PARAMETERS.fullmatch(pair) and not TRACKING.fullmatch(pair.split("=", 1)[0]))
    if outlet is not None and outlet.serves(url):
        base = f"{urlsplit(outlet.homepage).scheme}://{outlet.canonical_host}"
    else:
        base = f"{parts.scheme}://{host_with_port(url)}"
    return base + path + (f"?{query}" if query else "")


def address_to_ask(url: str, canonical: str) -> str:
    """The canonical address with path and query as a source spells them, where they only differ in their spelling.

    Most servers resolve escapes; some compare them letter by letter and answer 404 to another spelling of the same address.
    """
    given, parts = web_parts(cleaned(url)), urlsplit(canonical)
    if given is None:
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
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        host = quote(host)
    host = f"[{host}]" if ":" in host else host
    port = port_of(parts)
    return host if port in (None, DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"


def without_amp(path: str) -> str:
    """/news/x/amp/ is /news/x/, and /news/x/amp is /news/x."""
    shorter = AMP_PATH.sub(r"\1", path)
    return shorter if shorter == path else without_amp(shorter)


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
