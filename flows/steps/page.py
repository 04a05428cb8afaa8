"""From the bytes of a kept page to one parsed tree: character set, then HTML, then nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import islice

from charset_normalizer import from_bytes
from lxml import etree
from lxml.html import HtmlElement, document_fromstring
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

from warehouse.records import FieldCandidate, Page, Rejected

_HTML_TYPES = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "application/octet-stream", "")
_BINARY_STARTS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"\x00\x00\x00")
# Of 1,345 public pages none has more than .0002 of them; random or packed bytes have .05 to .11.
_CONTROLS = bytes([*range(1, 9), 11, *range(14, 32), 127])
_CONTROLS_MAX, _CONTROLS_LOOKED_AT = 0.02, 4_096
_END_TAG = re.compile(rb"</[a-zA-Z]")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SNIFFED_BYTES = 65_536
# libxml2 compares every attribute of a tag with all before it: it takes time squared. Real tags so long hold a picture or data in one attribute.
_TAG_CHARS_MAX = 20_000
_LONG_TAG = re.compile(rf"<[a-zA-Z][\w:-]*\s[^<>]{{{_TAG_CHARS_MAX},}}")
_ATTRIBUTE = re.compile(r"[^\s=\"'<>/]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)|[^\s=\"'<>/]+")
_ATTRIBUTES_MAX = 500
# libxml2 gives up where 2,048 elements are open and silently drops the rest of the page, also what stands behind them. Pages come to that by
# elements that are never closed, by these above all; without them the text is the same, a paragraph where each block was.
_WRAPPER = re.compile(
    r"</?(?:(?P<block>div|section|center|blockquote|table|tbody|thead|tr|td|th|ul|ol|li|dl|dt|dd|fieldset|form|p)|"
    r"span|font|b|i|u|s|em|strong|small|big|tt|sub|sup|strike|ins|del|label)(?:\s[^<>]*)?/?>",
    re.I,
)
# lxml.html chooses a class for each element by its tag, in Python: a tenth of what reading a page costs. Only forms differ, which nobody reads.
_ELEMENTS = etree.ElementDefaultClassLookup(element=HtmlElement)
# Windows-1252 is what servers say when nobody told them otherwise; UTF-8 with letters outside ASCII is never valid by chance.
_SAID_BY_DEFAULT = ("cp1252", "latin-1", "iso8859-1", "ascii", "utf-8")


def parse(page: Page, rewritten: Callable[[str], str] = str) -> HtmlElement | Rejected:
    """The root element of the page, or `not_html` / `empty_page` / `extract_too_deep`. `rewritten` turns the decoded text into what is parsed."""
    content_type = (page.content_type or "").split(";")[0].strip().lower()
    if not page.body.strip():
        return Rejected("extract", "empty_page", "the response has no body")
    if content_type not in _HTML_TYPES or page.body.startswith(_BINARY_STARTS):
        return Rejected("extract", "not_html", f"content type {content_type or 'missing'}, begins with {page.body[:12]!r}")
    text = rewritten(decode(page.body, page.content_type))
    if "<" not in text:
        return Rejected("extract", "not_html", "no element in it")
    if share := _controls_in(text):
        return Rejected("extract", "not_html", f"{share:.0%} of its first characters are control characters: data, no page")
    return _tree_of(text)


def _controls_in(text: str) -> float:
    """The share of control characters where a page begins, 0 to 1; 0 for one that may be a page: it has few of them, or an element is closed there.

    NUL is none here: the parser passes it over.
    """
    start = text[:_CONTROLS_LOOKED_AT].encode("utf-8", "replace")
    share = 1 - len(start.translate(None, _CONTROLS)) / len(start)
    return share if share > _CONTROLS_MAX and not _END_TAG.search(start) else 0.0


def decode(body: bytes, content_type: str | None) -> str:
    """The text of a page in the character set of `charset_of`."""
    _, bom = read_bom(body)
    return body[len(bom or b"") :].decode(charset_of(body, content_type).value, "replace")


# A page is decoded and then asked for its character set; a guess takes as long as reading the page.
@lru_cache(maxsize=1)
def charset_of(body: bytes, content_type: str | None) -> FieldCandidate:
    """The character set in which a page is read, by Python's name, and what decided.

    `bytes`: a byte-order mark, or that they are UTF-8 where nothing else is said or only a default, or a guess. `header`, `meta`: the page says so.
    """
    encoding, _ = read_bom(body)
    if encoding:
        return FieldCandidate("charset", encoding, "bytes", chosen=True)
    header = http_content_type_encoding(content_type)
    said, source = (header, "header") if header else (html_body_declared_encoding(body[:4096]), "meta")
    if said and said.startswith(("utf-16", "utf-32")) and b"\x00" not in body[:4096]:
        said = None  # such letters are two bytes and four: what could be read so far is something else
    if said in (None, *_SAID_BY_DEFAULT) and _is_utf8(body):
        return FieldCandidate("charset", "utf-8", source if said == "utf-8" else "bytes", chosen=True)
    if said is None or (said == "utf-8" and _mostly_broken(body)):
        return FieldCandidate("charset", _guess(body), "bytes", chosen=True)
    return FieldCandidate("charset", said, source, chosen=True)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _mostly_broken(body: bytes) -> bool:
    """Whether a page that calls itself UTF-8 is not: most of its characters outside ASCII are broken.

    In another character set nearly all of them are. A few broken bytes come from cut strings and pasted text, and cost those letters only.
    """
    text = body.decode("utf-8", "replace")
    return text.count("\ufffd") * 2 > sum(1 for character in text if character > "\x7f")


def _guess(body: bytes) -> str:
    best = from_bytes(body[:_SNIFFED_BYTES]).best()
    return best.encoding if best else "cp1252"


def _tree_of(text: str) -> HtmlElement | Rejected:
    # NUL ends the document for libxml2; an XML declaration with another charset makes it decode again.
    text = _with_fewer_attributes(_XML_DECLARATION.sub("", text.replace("\x00", "")))
    try:
        tree, is_cut = _parsed(text)
        if is_cut:
            tree, is_cut = _parsed(_WRAPPER.sub(lambda tag: "<p>" if tag["block"] else "", text))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        return Rejected("extract", "empty_page", f"nothing to parse: {error}")
    if is_cut:
        return Rejected("extract", "extract_too_deep", "more than 2,048 elements inside each other, where the parser gives up")
    if tree.find("body") is None:
        return Rejected("extract", "empty_page", "no body element")
    return tree


def _parsed(text: str) -> tuple[HtmlElement, bool]:
    """(the root element, whether the parser gave up before the end of the page)."""
    # huge_tree lifts libxml2's limit of 256 nested elements to 2,048.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.XMLSyntaxError as error:
        if _ended_by(parser, etree.ErrorTypes.ERR_NO_MEMORY):
            raise MemoryError from error
        raise
    return tree, _ended_by(parser, etree.ErrorTypes.ERR_RESOURCE_LIMIT)


def _ended_by(parser: etree.HTMLParser, kind: int) -> bool:
    last = parser.error_log.last_error
    return last is not None and last.type == kind


def _with_fewer_attributes(text: str) -> str:
    """The page with no more than the first 500 attributes of a tag."""
    if not _may_hold_long_tag(text):
        return text
    return _LONG_TAG.sub(lambda tag: _thinned(tag[0]), text)


def _may_hold_long_tag(text: str) -> bool:
    """False where each whole stretch of half the length of a long tag ends one; telling so much is faster than splitting the page."""
    stretch = _TAG_CHARS_MAX // 2
    return any(text.find(">", at, at + stretch) < 0 for at in range(0, len(text) - stretch + 1, stretch))


def _thinned(tag: str) -> str:
    attributes = list(islice(_ATTRIBUTE.finditer(tag, len(tag.split(None, 1)[0])), _ATTRIBUTES_MAX + 1))
    return tag[: attributes[-1].start()] if len(attributes) > _ATTRIBUTES_MAX else tag
