"""Pictures of an article with caption and credit, and the captions taken out of the page so that they never become text."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from urllib.parse import urljoin

from lxml.etree import _Element
from lxml.html import HtmlElement

from flows.steps.layout import in_furniture, remove
from flows.steps.lines import folded, one_line
from warehouse.records import Image

_CREDIT_WORD = r"(?:photos?|photograph|pictures?|images?|credits?|photo credits?|picture credits?|image credits?|foto|bild|ဓာတ်ပုံ|ဓါတ်ပုံ)"
# 'Photo: BPLA', '(Photo: CJ)', '(Credit: AP)', 'Photo – KNU', 'ဓာတ်ပုံ - DMG', at the end of a caption or alone.
_CREDIT = re.compile(
    rf"[\s.|]*[(\[]?\s*\b{_CREDIT_WORD}(?:\s+by)?\s*(?:[:：/]|\s[-–—]|(?<=by))\s*(?P<credit>[^()\[\]]{{1,80}}?)\s*[)\]]?\.?$",
    re.I,
)
_CREDIT_ALONE = re.compile(
    rf"^[(\[]?\s*{_CREDIT_WORD}(?:\s+by)?\s*(?:[:：/]|\s?[-–—]|(?<=by))\s*(?P<credit>[^()\[\].]{{1,60}}?)\s*[)\]]?\.?$",
    re.I,
)
# 'Boats at the pier. / The Sample Weekly'.
_CREDIT_IN_BRACKETS = re.compile(r"\s*\((?P<credit>[A-Z]{2,6}(?: ?/ ?[A-Z][\w ]{1,30})?|Reuters|Getty Images|Xinhua)\)\.?$")
_CREDIT_AFTER_SLASH = re.compile(r"(?<=[.။])\s*/\s*(?P<credit>[^/.]{2,60})$")
_CAPTION_WORDS = ("caption", "img-title", "image-title", "photo-credit")
_CAPTION_CLASS = " or ".join(f"contains(@class,'{word}')" for word in _CAPTION_WORDS)
_CAPTION_CHARS_MAX = 900
_CREDIT_WITHIN = 150  # letters before the end of a line: the name has 80 of them at most
# What is printed beside a picture and names who made it: by its class, or by a word that only screen readers say ('Image source, ').
_CREDIT_CLASS = re.compile(r"attribution|credit|copyright|photographer|image-?source", re.I)
_HIDDEN = re.compile(r"(?:^|[\s_-])(?:visually-?hidden|sr-only|screen-reader(?:-text)?|off-?screen)(?:$|[\s_-])", re.I)
_SOURCE_WORD = re.compile(r"source|credit|copyright|quelle|ရင်းမြစ်", re.I)
_CAPTION_MARK = re.compile(r"caption|img-title|image-title|photo-credit")
_AROUND_PICTURE = 4  # elements that hold nothing but the picture
_NOT_CONTENT = re.compile(
    r"avatar|icon|logo|emoji|spinner|pixel|gravatar|sprite|\.svg(?:$|[?\s])|(?:^|[/_-])(?:ads?|advert\w*|banner)[\d_-]*[./]", re.I
)
_PIXEL_SIZES = re.compile(r"^(?:0|1|2|16|24|32)(?:px)?$")


def split_credit(printed: str) -> tuple[str | None, str | None]:
    """(caption, credit) of a printed caption line: 'At the gate. Photo: BPLA' → ('At the gate.', 'BPLA'); a credit alone has no caption."""
    text = one_line(printed)
    alone = _CREDIT_ALONE.match(text)
    if alone:
        return None, alone["credit"].strip()
    # A credit stands at the end; looked for from every place, a line of dots or spaces takes time squared.
    near = max(0, len(text) - _CREDIT_WITHIN)
    found = _CREDIT.search(text, near) or _CREDIT_AFTER_SLASH.search(text, near) or _CREDIT_IN_BRACKETS.search(text, near)
    if not found or len(found["credit"].split()) > 10:
        return text or None, None
    caption = text[: found.start()] + ("." if text[found.start() : found.start() + 1] == "." else "")
    return caption.strip() or None, found["credit"].strip(" .") or None


def is_credit_line(text: str) -> bool:
    """Whether a line is nothing but a photo credit."""
    return bool(_CREDIT_ALONE.match(text))


def take_pictures(tree: HtmlElement, base_url: str) -> tuple[tuple[Image, ...], frozenset[str]]:
    """(pictures in page order, folded texts of all printed captions). Captions are removed from the tree.

    Pictures in navigation, lists of other stories and the like are not the article's. A caption that is printed again
    beside the picture, or repeated in `alt` and `title`, counts once.
    """
    pictures: list[Image] = []
    printed: set[str] = set()
    for figure in _figures(tree):
        image = figure if figure.tag == "img" else next(figure.iter("img"), None)
        own_credit = _take_credit(figure)
        captions = _captions(figure) or _take_caption_after(figure)
        printed.update(_printed_forms(captions, image))
        own = not in_furniture(figure.getparent() if figure.tag != "figure" else figure) and not _is_of_another_story(figure)
        if own and (image is None or _is_content(image)):
            pictures.append(_picture(len(pictures), image, captions, own_credit, base_url))
        _remove_captions(figure, printed)
    return tuple(pictures), frozenset(printed)


def _figures(tree: HtmlElement) -> list[HtmlElement]:
    """The outermost elements that hold a picture with its caption, and the pictures that stand in none of them."""
    known: dict[_Element, HtmlElement | None] = {}
    holders: dict[HtmlElement, None] = {}  # in page order
    loose = []
    for element in tree.iter("img", "figcaption"):
        if element.tag == "figcaption":
            holder = next(reversed(list(element.iterancestors("figure"))), None)
        else:
            holder = _holder_of(element, known)
            loose += [element] if holder is None else []
        if holder is not None:
            holders[holder] = None
    return [*_outermost(list(holders)), *loose]


def _holder_of(image: HtmlElement, known: dict[_Element, HtmlElement | None]) -> HtmlElement | None:
    """The outermost element around a picture that holds it with its caption. What was found of each element is kept in `known`."""
    path: list[HtmlElement] = []
    current = image.getparent()
    while current is not None and current not in known:
        path.append(current)
        current = current.getparent()
    holder = None if current is None else known[current]
    for each in reversed(path):
        holder = holder if holder is not None or not _is_holder(each) else each
        known[each] = holder
    return holder


def _is_holder(element: HtmlElement) -> bool:
    """Whether an element around a picture is set around picture and caption."""
    tag, name = element.tag, element.get("class") or ""
    if tag == "figure" or "wp-caption" in name or (tag == "div" and name and any(word in name for word in _CAPTION_WORDS)):
        return True
    # JNews sets picture and caption side by side in a link.
    return tag in ("a", "div") and any("wp-caption-text" in (each.get("class") or "") for each in element.iterchildren("p"))


def _outermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    """The elements that stand in none of the others."""
    among = set(elements)
    return [element for element in elements if among.isdisjoint(element.iterancestors())]


def _take_credit(figure: HtmlElement) -> str | None:
    """The credit that an element of its own prints in a figure, taken out of the tree with the words that only screen readers say; or None."""
    credit = None
    for hidden in figure.xpath(".//span") if figure.tag == "figure" else []:
        holder = hidden.getparent()
        if holder is None or not _HIDDEN.search(hidden.get("class") or ""):
            continue
        says_source = bool(_SOURCE_WORD.search(hidden.text_content()))
        remove(hidden)
        if says_source and holder is not figure and not list(holder.iter("img")):
            credit = credit or _plain_credit(one_line(holder.text_content()))
            remove(holder)
    for marked in [each for each in figure.iter("span", "p", "div", "small", "cite") if _CREDIT_CLASS.search(each.get("class") or "")]:
        text = one_line(marked.text_content())
        if marked is not figure and marked.getparent() is not None and not list(marked.iter("img")) and len(text) <= _CREDIT_CHARS_MAX:
            credit = credit or _plain_credit(text)
            remove(marked)
    return credit


def _plain_credit(text: str) -> str | None:
    return (split_credit(text)[1] or text).strip(" ()[]©|") or None


_CREDIT_CHARS_MAX = 80


def _take_caption_after(figure: HtmlElement) -> list[str]:
    """The caption that follows the element of a picture, taken out of the tree: '<div><img></div><p class=wp-caption-text>At the gate.</p>'."""
    holder = figure
    for _ in range(_AROUND_PICTURE if figure.tag == "img" else 0):
        following = holder.getnext()
        above = holder.getparent()
        if following is not None and isinstance(following.tag, str) and not one_line(holder.tail):
            text = one_line(following.text_content())
            if not _CAPTION_MARK.search(following.get("class") or "") or list(following.iter("img")) or not 0 < len(text) <= _CAPTION_CHARS_MAX:
                return []
            remove(following)
            return [text]
        if above is None or one_line(above.text_content()) or above.tag in ("body", "article", "main"):
            return []
        holder = above
    return []


def _captions(figure: HtmlElement) -> list[str]:
    nodes = figure.xpath(f".//figcaption | .//*[{_CAPTION_CLASS}]") if figure.tag != "img" else []
    texts = [one_line(node.text_content()) for node in _outermost(nodes)]
    return [text for text in texts if 0 < len(text) <= _CAPTION_CHARS_MAX]


def _printed_forms(captions: list[str], image: _Element | None) -> set[str]:
    forms = {*captions, *(split_credit(caption)[0] for caption in captions)}
    if image is not None:
        forms |= {one_line(image.get("alt")), one_line(image.get("title"))}
    return {folded(form) for form in forms if form and len(form) > 12}


def _picture(position: int, image: _Element | None, captions: list[str], credit: str | None, base_url: str) -> Image:
    caption = None
    for printed in captions:
        text, by = split_credit(printed)
        caption, credit = caption or text, credit or by
    return Image(position, _address(image, base_url), caption, credit)


def _address(image: _Element | None, base_url: str) -> str | None:
    if image is None:
        return None
    source = next((image.get(name) for name in ("data-src", "data-lazy-src", "data-original", "src") if image.get(name)), None)
    if not source or source.startswith("data:"):
        return None
    try:
        return urljoin(base_url, source.strip())
    except ValueError:  # a broken IPv6 host
        return None


def _is_content(image: _Element) -> bool:
    """Whether a picture may belong to the article: not a counting pixel, icon or avatar."""
    if _PIXEL_SIZES.match(image.get("width") or "") or _PIXEL_SIZES.match(image.get("height") or ""):
        return False
    return not _NOT_CONTENT.search(f"{image.get('class', '')} {image.get('src', '')}")


# A link around a picture that says this much is the card of another story.
_TITLE_CHARS_MIN = 15
_LINKS_LOOKED_AT = 20  # of an aside, for each picture in it


def _is_of_another_story(figure: HtmlElement) -> bool:
    """Whether a picture stands in a link with a title, beside the only link of its card, or in an aside with linked titles."""
    around = [*([figure] if figure.tag == "a" else []), *figure.iterancestors()][:5]
    links = [element for element in around if element.tag == "a"]
    if any(_title_of(link) for link in links):
        return True
    asides = (element for element in around if element.tag == "aside")
    return any(_title_of(link) for aside in asides for link in islice(aside.iter("a"), _LINKS_LOOKED_AT))


def _title_of(link: HtmlElement) -> bool:
    """Whether a link that leads to a page holds a title; a link to the picture itself may hold its caption."""
    if re.search(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|\?)", link.get("href") or "", re.I):
        return False
    return len(one_line(link.text_content())) >= _TITLE_CHARS_MIN


def _remove_captions(figure: HtmlElement, printed: set[str]) -> None:
    for node in figure.xpath(f".//figcaption | .//*[{_CAPTION_CLASS}]") if figure.tag != "img" else []:
        if len(one_line(node.text_content())) <= _CAPTION_CHARS_MAX and node.getparent() is not None and not list(node.iter("img")):
            remove(node)
    for node in figure.xpath(".//span | .//p | .//small | .//em") if figure.tag == "figure" else []:
        if node.getparent() is not None and folded(node.text_content()) in printed:
            remove(node)


def with_caption(pictures: tuple[Image, ...], caption: str | None, credit: str | None) -> tuple[Image, ...]:
    """The pictures with a caption that an outlet's selector found: for the first picture that lacks one, or as an entry of its own."""
    if any(folded(picture.caption) == folded(caption) for picture in pictures if picture.caption):
        return pictures
    for position, picture in enumerate(pictures):
        if picture.caption is None:
            return (*pictures[:position], replace(picture, caption=caption, credit=credit or picture.credit), *pictures[position + 1 :])
    return (*pictures, Image(len(pictures), None, caption, credit))


def with_credit(pictures: tuple[Image, ...], credit: str) -> tuple[Image, ...]:
    """The pictures with a credit that the text printed apart: for the first picture that lacks one, or as an entry of its own."""
    for position, picture in enumerate(pictures):
        if picture.credit is None:
            return (*pictures[:position], replace(picture, credit=credit), *pictures[position + 1 :])
    if any(picture.credit == credit for picture in pictures):
        return pictures
    return (*pictures, Image(len(pictures), None, None, credit))
