"""Gates: whether a page that answered 200 is the article that was asked for, or an error page, a login, a consent wall or a challenge.

An article about any of these is an article. So nothing rests on a phrase alone: a gate wants hardly any text or a page that does not call
itself an article, and beside it a mark that only such pages carry. Of the 1,345 article pages of public collections no gate takes one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from flows.steps.layout import drop_silent, lines_within
from flows.steps.lines import folded, one_line, word_count
from flows.steps.page import parse
from warehouse.records import Page, Rejected

# Words of text under which a page that does not call itself an article is looked at; consent walls with all their purposes stay under it.
_WORDS_LOOKED_AT = 400
# Words of text that an error page or a login shows at most.
_FEW_WORDS = 80
_BLOCK_PAGE_WORDS = 150  # the longest block page that was seen, Cloudflare's, explains itself in 110 words
_HARDLY_ANY_WORDS = 25
_MACHINE_CHARS_MAX = 400_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What the extraction made of a page, as far as a gate needs it."""

    paragraphs: tuple[str, ...]
    title: str
    is_article: bool  # the page calls itself an article
    canonical_url: str | None = None

    @property
    def words(self) -> int:
        return sum(map(word_count, self.paragraphs))


@dataclass(frozen=True, slots=True)
class _Shown:
    """A page as it came, before anything was taken out of it."""

    machine: str  # scripts, and the attributes that name things; nothing that a reader sees
    lines: tuple[str, ...]  # visible lines that are no links
    headings: tuple[str, ...]  # h1, or h2 where there is none
    controls: tuple[str, ...]  # labels of buttons
    has_password: bool
    has_post_password: bool  # WordPress: this one text is behind a password
    has_name_field: bool


def refusal(page: Page, seen: Seen) -> Rejected | None:
    """Why the page is not the article, as `challenge`, `soft_404`, `login_wall` or `consent_wall` with the mark in the detail; None if it may be."""
    early = _challenge_header(page) or _led_to_the_front(page, seen) or _led_to_consent(page)
    if early:
        return early
    if seen.words >= (_FEW_WORDS if seen.is_article else _WORDS_LOOKED_AT):
        return None
    shown = _shown(page)
    found = shown and (_challenge(shown, seen) or _not_found(shown, seen) or _login(shown, seen) or _consent(shown, seen))
    return replace(found, detail=found.detail[:300]) if found else None


def _shown(page: Page) -> _Shown | None:
    """The page parsed anew, because the extraction has taken scripts, forms and banners out of its own tree."""
    tree = parse(page)
    if isinstance(tree, Rejected):
        return None
    machine = "\n".join(_machine_texts(tree))[:_MACHINE_CHARS_MAX]
    controls = tuple(filter(None, (_label(element) for element in tree.iter("button", "input", "a") if _is_control(element))))
    inputs = [(element.get("type", "text").lower(), element.get("name", "").lower()) for element in tree.iter("input")]
    drop_silent(tree)
    return _Shown(
        machine,
        tuple(line.text for line in lines_within(tree.body) if not line.is_link),
        tuple(_headings(tree, "h1") or _headings(tree, "h2")),
        controls,
        any(kind == "password" for kind, _ in inputs),
        any(name == "post_password" for _, name in inputs),
        any(kind == "email" or re.search(r"user|login|e?mail", name) for kind, name in inputs if kind in ("text", "email", "tel")),
    )


def _headings(tree: HtmlElement, level: str) -> list[str]:
    return [text for element in tree.iter(level) if (text := one_line(element.text_content()))]


def _machine_texts(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("script"):
        if "json" not in (element.get("type") or "") and element.text:
            yield element.text
    for element in tree.iter():
        # What an article links to is its subject, not its making; and its description may quote anything.
        is_said = element.tag == "meta" and (element.get("http-equiv") or "").lower() != "refresh"
        if not isinstance(element.tag, str) or element.tag == "a" or is_said:
            continue
        yield from (value for name in ("id", "class", "src", "href", "action", "content") if (value := element.get(name)))


def _is_control(element: HtmlElement) -> bool:
    if element.tag == "input":
        return (element.get("type") or "").lower() in ("submit", "button")
    return element.tag == "button" or element.get("role") == "button" or bool(re.search(r"\b(?:btn|button)\b", element.get("class") or ""))


def _label(element: HtmlElement) -> str:
    return one_line(element.get("value") if element.tag == "input" else element.text_content())


# ---------------------------------------------------------------- challenges and blocks


@dataclass(frozen=True, slots=True)
class _Wall:
    """How one maker's challenge or block page is told: all three patterns must be met; an empty one always is."""

    maker: str
    machine: str = ""
    title: str = ""
    text: str = ""
    words_max: int = _BLOCK_PAGE_WORDS


# Only what stands on the interstitial itself. Left out, because ordinary pages of the same makers carry it: /cdn-cgi/challenge-platform/.../jsd/
# of Cloudflare, check.ddos-guard.net, awswaf.com, js.datadome.co, the sensor of PerimeterX, widgets for comment forms.
_WALLS = (
    _Wall("Cloudflare", r"window\._cf_chl_opt\b|/cdn-cgi/challenge-platform/h/\w+/orchestrate/|__cf_chl_|\bcf-browser-verification\b|"
          r"\bcf-challenge-running\b|\bcf-im-under-attack\b"),
    _Wall("Cloudflare", r"\bcf-error-details\b|/cdn-cgi/styles/",
          text=r"used Cloudflare to restrict access|you have been blocked|has banned (?:you|your|the)|complete the security check"),
    _Wall("Sucuri", r"sucuri_cloudproxy_js|cdn\.sucuri\.net/sucuri-firewall-block"),
    _Wall("Sucuri", title=r"sucuri web ?site firewall", text=r"Block(?:ed)? (?:details|reason|ID)|cloudproxy@sucuri|Access Denied"),
    _Wall("DDoS-Guard", r"/ddos-guard/(?:js-challenge|ddg-captcha-page)"),
    _Wall("Imperva", r"_Incapsula_Resource\?\S{0,400}?(?:[SC]WUDNSAI|incident_id)="),
    # The same endpoint measures visitors of ordinary pages; on an empty page it is the challenge.
    _Wall("Imperva", r"_Incapsula_Resource\?SWJIYLWA=", words_max=10),
    _Wall("Imperva", r"distilCaptchaForm|distil_r_captcha|onProtectionInitialized|distilnetworks", title=r"pardon our interruption"),
    _Wall("Akamai", title=r"^access denied$", text=r"Reference ?# ?\d+\.[0-9a-f]+\.\d+\.[0-9a-f]+|errors\.edgesuite\.net"),
    _Wall("Akamai", r"\bsec-if-cpt|/_sec/cp_challenge/|[?&]bm-verify="),
    _Wall("PerimeterX", r"\bpx-captcha\b|captcha\.px-(?:cdn|cloud)\.net"),
    _Wall("DataDome", r"\bcaptcha-delivery\.com"),
    _Wall("AWS WAF", r"window\.gokuProps\b"),
    _Wall("Kasada", r"window\.KPSDK\s*=", words_max=10),
    _Wall("F5", title=r"^request rejected$", text=r"support ID is"),
    _Wall("F5", r"/TSPD/|\bbobcmn\b", words_max=10),
    _Wall("Imunify360", r"\bwsidchk\b"),
    _Wall("SiteGround", r"/\.well-known/(?:sg)?captcha\b"),
    _Wall("LiteSpeed", r"/\.lsrecap/"),
    _Wall("Anubis", r"\banubis_challenge\b|/\.within\.website/x/cmd/anubis"),
    _Wall("testcookie", r"\bslowAES\.decrypt\("),
    _Wall("Qrator", r"/__qrator/"),
    _Wall("Vercel", title=r"^vercel security checkpoint$"),
    _Wall("Wordfence", text=r"Generated by Wordfence at"),
    _Wall("captcha", r"\bh-captcha\b|\bg-recaptcha\b|\bcf-turnstile\b|hcaptcha\.com/1/api\.js|challenges\.cloudflare\.com/turnstile",
          text=r"\b(?:verify|confirm|prove|make sure|check)\b[^.]{0,60}\b(?:human|robot|bot)\b|are (?:you )?not a robot|security check|"
          r"unusual traffic", words_max=60),
)  # fmt: skip
# Documented by their makers as set on challenges only.
_CHALLENGE_HEADERS = {"cf-mitigated": "challenge", "x-vercel-mitigated": "challenge", "x-amzn-waf-action": "challenge|captcha"}


def _challenge_header(page: Page) -> Rejected | None:
    for name, value in page.headers:
        wanted = _CHALLENGE_HEADERS.get(name.lower())
        if wanted and re.fullmatch(wanted, value.strip(), re.I):
            return Rejected("extract", "challenge", f"the server says {name}: {value.strip()}")
    return None


def _challenge(shown: _Shown, seen: Seen) -> Rejected | None:
    """A page that calls itself an article never is one: makers of walls do not know the article."""
    if seen.is_article or seen.words >= _BLOCK_PAGE_WORDS:
        return None
    text = "\n".join(shown.lines)
    for wall in _WALLS:
        marks = [re.search(pattern, where, re.I) for pattern, where in ((wall.machine, shown.machine), (wall.title, seen.title), (wall.text, text))]
        if all(marks) and seen.words < wall.words_max:
            return Rejected("extract", "challenge", f"{wall.maker}: {', '.join(repr(mark[0]) for mark in marks if mark and mark[0])}")
    return None


# ---------------------------------------------------------------- error pages

# Whole headings of error pages, and the same in other languages. The Burmese ones were not seen by a native speaker.
_NOT_FOUND = (
    "page not found", "page cannot be found", "page can't be found", "page can not be found", "page could not be found", "page was not found",
    "page wasn't found", "page isn't here", "page does not exist", "page doesn't exist", "page no longer exists", "page is missing",
    "this page is not available", "this page isn't available", "page is no longer available", "page unavailable", "page missing",
    "we can't find that page", "we couldn't find that page", "we can't find the page you're looking for", "file not found", "url not found",
    "the requested url was not found on this server", "content not found", "article not found", "post not found", "story not found",
    "article does not exist", "article is no longer available", "content is no longer available", "story is no longer available",
    "post is no longer available", "article has been removed", "page has been removed", "page has moved", "nothing found", "nothing found here",
    "no results found", "nothing was found", "error establishing a database connection", "database error", "internal server error",
    "service unavailable", "service temporarily unavailable", "temporarily unavailable", "bad gateway", "gateway timeout", "site maintenance",
    "site under maintenance", "site is under maintenance", "under maintenance", "account suspended", "account has been suspended",
    "welcome to nginx", "apache2 ubuntu default page", "apache2 debian default page", "bandwidth limit exceeded",
    "briefly unavailable for scheduled maintenance check back in a minute",
    "စာမျက်နှာ မတွေ့ပါ", "စာမျက်နှာ ရှာမတွေ့ပါ", "စာမျက်နှာကို ရှာမတွေ့ပါ", "စာမျက်နှာ မရှိပါ", "စာမျက်နှာ မရှိတော့ပါ", "ရှာမတွေ့ပါ", "မတွေ့ရှိပါ",
    "ဤစာမျက်နှာကို ရှာမတွေ့ပါ", "သင်ရှာနေသော စာမျက်နှာ မရှိပါ", "သင်ရှာဖွေနေသော စာမျက်နှာကို ရှာမတွေ့ပါ",
    "seite nicht gefunden", "seite wurde nicht gefunden", "die seite wurde nicht gefunden", "diese seite existiert nicht",
    "page non trouvée", "page introuvable", "cette page n'existe pas", "página no encontrada", "no se ha encontrado la página",
    "página não encontrada", "pagina non trovata", "pagina niet gevonden", "страница не найдена", "сторінку не знайдено", "nie znaleziono strony",
    "strona nie została znaleziona", "sayfa bulunamadı", "الصفحة غير موجودة", "لم يتم العثور على الصفحة", "صفحه یافت نشد",
    "صفحه مورد نظر یافت نشد", "页面不存在", "找不到页面", "页面未找到", "找不到網頁", "頁面不存在", "ページが見つかりません",
    "お探しのページは見つかりません", "お探しのページは見つかりませんでした", "페이지를 찾을 수 없습니다", "ไม่พบหน้า", "ไม่พบหน้าที่คุณต้องการ", "ไม่พบหน้านี้",
    "không tìm thấy trang", "trang không tồn tại", "halaman tidak ditemukan", "पृष्ठ नहीं मिला", "पेज नहीं मिला", "পৃষ্ঠা পাওয়া যায়নি",
    "η σελίδα δεν βρέθηκε", "stránka nenalezena", "sidan kunde inte hittas", "sidan hittades inte", "siden blev ikke fundet",
    "siden ble ikke funnet", "sivua ei löytynyt", "az oldal nem található", "pagina nu a fost găsită",
)  # fmt: skip
_NOT_FOUND_KEYS = frozenset(map(folded, _NOT_FOUND))
# Alone these could head an article; with the number of the error beside them they do not.
_PERHAPS = frozenset(map(folded, ("not found", "error", "forbidden", "access denied", "gone", "unavailable", "")))
_ERROR_NUMBER = re.compile(r"(?<!\d)(?:4(?:0[0-9]|10|51)|50[0-4])(?!\d)")
_EXCUSES = re.compile(
    r"^(?:(?:http|error|status|code|oops|ooops|whoops|uh[- ]?oh|sorry|we'?re sorry|hmm+|ouch|the|that|this|but)\b[\s:.,!…–—-]*)+|"
    r"[\s:.,!…-]*\berror$",
    re.I,
)
_SEGMENTS = re.compile(r"\s+[|\u2013\u2014\u00b7\u00bb\u00ab>:-]+\s+|\s*[|\u00bb\u00ab]\s*")
_NOT_FOUND_SENTENCE = re.compile(
    r"\b(?:page|article|story|url|address|content|post|link)\b[^.!?]{0,60}\b(?:could not|couldn't|cannot|can't|can not) be found\b|"
    r"\bpage (?:that )?you (?:are|were|'re)? ?(?:looking for|requested|tried to (?:reach|access|open))[^.!?]{0,60}"
    r"\b(?:not|n't|no longer|moved|removed|deleted)\b|it looks like nothing was found at this location",
    re.I,
)


def _not_found(shown: _Shown, seen: Seen) -> Rejected | None:
    """A page that names itself an error, by its title and its headings; a sentence of its text only where there is nearly no other."""
    in_title = max(map(_error_strength, [seen.title, *_SEGMENTS.split(seen.title)]), default=0)
    strengths = {heading: _error_strength(heading) for heading in shown.headings}
    strength, heading = max(strengths.values(), default=0), max(strengths, key=lambda text: strengths[text], default="")
    words = seen.words
    both, sure = min(in_title, strength), max(in_title, strength)
    named = f"says {(heading if strength else seen.title)[:80]!r} with status 200"
    if seen.is_article:
        return Rejected("extract", "soft_404", named) if both == 2 and words < _FEW_WORDS else None
    if both == 2 or (in_title == 2 and not shown.headings):
        return Rejected("extract", "soft_404", named)  # whatever follows: such pages go on with the latest news
    if words < (_FEW_WORDS if sure == 2 else 2 * _HARDLY_ANY_WORDS if both else _HARDLY_ANY_WORDS if sure else 0):
        return Rejected("extract", "soft_404", named)
    sentence = _NOT_FOUND_SENTENCE.search("\n".join(shown.lines[:12])) if words < 2 * _HARDLY_ANY_WORDS else None
    return Rejected("extract", "soft_404", f"says {sentence[0][:80]!r} with status 200") if sentence else None


def _error_strength(text: str) -> int:
    """2 where a heading is that of an error page, 1 where it could be, 0 where it is none: 'Oops! That page can't be found.' is 2."""
    if not text or len(text) > 120:
        return 0
    numbered = bool(_ERROR_NUMBER.search(text))
    whole = re.sub(r"!+1*$", "", one_line(_ERROR_NUMBER.sub(" ", text)).replace("\u2019", "'")).strip(" :.,!…()[]–—-")
    key = folded(_EXCUSES.sub("", whole))
    if {folded(whole), key} & _NOT_FOUND_KEYS:
        return 2
    return (2 if numbered and key else 1) if key in _PERHAPS and (key or numbered) else 0


def _led_to_the_front(page: Page, seen: Seen) -> Rejected | None:
    """Many sites send an address that they do not know any more to their front page, with status 200."""
    asked, final = _parts(page.url), _parts(page.final_url)
    if asked is None or final is None or not _is_front(final) or _is_front(asked):
        return None
    stated = _parts(seen.canonical_url)
    if stated is not None and stated[0] == asked[0]:
        return None
    return Rejected("extract", "soft_404", f"the address led to the front page {page.final_url}")


def _is_front(parts: tuple[str, str]) -> bool:
    path, query = parts
    return re.fullmatch(r"/?(?:index\.\w{3,5})?", path) is not None and not re.search(r"\d", query)


def _parts(url: str | None) -> tuple[str, str] | None:
    """(path without the last slash, query); None for no address."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return (parts.path.rstrip("/"), parts.query) if parts.netloc else None


# ---------------------------------------------------------------- logins

_LOGIN_HEADING = re.compile(
    r"(?:please )?(?:log|sign)[ -]?in(?: (?:here|now|required|page))?|(?:member|subscriber|user|account|customer)s? (?:log|sign)[ -]?in|"
    r"(?:please )?(?:log|sign)[ -]?in (?:to|with|or|and|required|first)\b.{0,60}|you (?:must|need to|have to) (?:be logged|log|sign)[ -]?in.{0,60}|"
    r"(?:members|subscribers) only|welcome back|authentication required|"
    r"အကောင့်ဝင်ရန်|အကောင့်ဝင်ပါ|ဝင်ရောက်ရန်|လော့ဂ်အင်|anmelden|anmeldung|einloggen|se connecter|connexion|identifiez-vous|iniciar sesión|"
    r"inicia sesión|fazer login|accedi|inloggen|вход|войти|zaloguj się|giriş yap|تسجيل الدخول|ورود|登录|登入|ログイン|로그인|เข้าสู่ระบบ|"
    r"đăng nhập|masuk|लॉग इन",
    re.I,
)
_LOGIN_SENTENCE = re.compile(
    r"\b(?:log|sign) in to (?:continue|view|read|access|see|go on)\b|enter your (?:password|e-?mail|user ?name|credentials)|"
    r"(?:forgot(?:ten)?|lost) (?:your )?password|(?:don't|do not) have an account|\bremember me\b|\bpassword protected\b|must be logged in",
    re.I,
)


def _login(shown: _Shown, seen: Seen) -> Rejected | None:
    """A page whose text is its login form. A login in the menu or beside a short report is none."""
    words = seen.words
    heading = next((text for text in [*shown.headings[:1], *_SEGMENTS.split(seen.title)] if _LOGIN_HEADING.fullmatch(text.strip(" .!:"))), None)
    said = sum(word_count(text) for text in seen.paragraphs if _LOGIN_SENTENCE.search(text))
    if shown.has_post_password and words < 2 * _HARDLY_ANY_WORDS:
        return Rejected("extract", "login_wall", "the text is behind a password of its own")
    if seen.is_article:
        is_login = heading and shown.has_password and 2 * said >= words
        return Rejected("extract", "login_wall", f"says {heading!r} and shows {words} words") if is_login else None
    if shown.has_password and words < _FEW_WORDS and (words < _HARDLY_ANY_WORDS or heading or 2 * said >= words):
        return Rejected("extract", "login_wall", f"asks for a password and shows {words} words")
    if heading and shown.has_name_field and words < 2 * _HARDLY_ANY_WORDS:
        return Rejected("extract", "login_wall", f"says {heading[:60]!r} and shows {words} words")
    return None


# ---------------------------------------------------------------- consent walls

# What a site says to its reader; an article about cookies speaks of readers.
_CONSENT_PHRASES = tuple(re.compile(pattern, re.I) for pattern in (
    r"\bwe (?:and|,|with) (?:our|\d+|up to) .{0,30}(?:partners|vendors)|\bour (?:\d+ )?(?:advertising |trusted )?(?:partners|vendors)\b",
    r"\bwe (?:may )?(?:use|store|set) (?:essential |optional |necessary |and other )?cookies|this (?:web)?site uses cookies",
    r"\bwithdraw (?:your )?consent|\bchange your (?:choices|preferences|mind|settings|consent)|"
    r"\bmanage (?:your )?(?:choices|preferences|options|consent|cookies)",
    r"\bby (?:clicking|selecting|pressing|choosing|continuing|using)\b.{0,60}\b(?:you|accept|agree|consent)",
    r"store and/?(?:or)? access information on a device|\bpersonali[sz]ed (?:ads|ad|advertising|content)",
    r"\b(?:if you|you can|click|select|choose) .{0,40}\b(?:accept|reject|agree|decline)\b|\baccept all\b|\breject all\b",
    r"\bbefore you (?:continue|go on|proceed)|\bwe (?:value|care about|respect) your privacy|\byour privacy (?:matters|choices|is important)",
    r"\bwir (?:und unsere|verwenden|nutzen|setzen)\b.{0,40}(?:partner|cookies)|cookies und (?:ähnliche|andere)",
    r"einwilligung|alle akzeptieren|mit werbung (?:weiter)?lesen|personalisierte (?:werbung|anzeigen)|widerrufen",
    r"nous (?:et nos|utilisons)\b.{0,40}(?:partenaires|cookies)|tout accepter|votre consentement|données personnelles",
    r"(?:utilizamos|usamos) cookies|nuestros socios|aceptar (?:todo|todas)|su consentimiento|nossos parceiros|aceitar (?:todos|tudo)",
    r"(?:utilizziamo|usiamo) (?:i )?cookie|nostri partner|accetta tutt[oi]|tuo consenso|(?:wij|we) gebruiken cookies|alles accepteren|onze partners",
    r"ကွတ်ကီး|ကွတ်ကီးများ",
))  # fmt: skip
_ACCEPT = re.compile(
    r"(?:i |yes,? i |yes,? )?(?:accept|agree|allow|consent|ok|okay|got it|continue|agree to all)(?: all)?(?: cookies)?"
    r"(?: (?:and|&) (?:continue|close|proceed).{0,30})?|i (?:agree|accept|consent).{0,30}|"
    r"(?:alle|alles) (?:akzeptieren|annehmen|accepteren|zustimmen)|akzeptieren.{0,30}|zustimmen.{0,30}|einverstanden|"
    r"(?:tout|j'|tous? )?accepter?.{0,30}|aceptar.{0,20}|aceitar.{0,20}|accetta.{0,20}|akkoord|akceptuję.{0,20}|принять.{0,20}|kabul et.{0,10}|"
    r"同意.{0,6}|同意する|동의.{0,6}|သဘောတူ.{0,10}|လက်ခံ.{0,10}",
    re.I,
)
_CONSENT_PATH = re.compile(r"/(?:cookie-?)?(?:consent|zustimmung|cookiewall|cookie-wall|privacy-?gate|privacy-?wall|gdpr)(?:/|$|\.\w+$)", re.I)


def _led_to_consent(page: Page) -> Rejected | None:
    asked, final = _parts(page.url), _parts(page.final_url)
    if asked is None or final is None or _CONSENT_PATH.search(asked[0]) or not _CONSENT_PATH.search(final[0]):
        return None
    return Rejected("extract", "consent_wall", f"the address led to {page.final_url}")


def _consent(shown: _Shown, seen: Seen) -> Rejected | None:
    """A page whose text asks for consent and has a button to give it. A banner beside an article is none, nor an article about banners."""
    accept = next((label for label in shown.controls if _ACCEPT.fullmatch(label.strip(" .!"))), None)
    if accept is None:
        return None
    phrases, share = _consent_share(shown.lines)
    _, share_of_text = _consent_share(seen.paragraphs)
    wanted = 3 if seen.is_article else 2
    if phrases >= wanted and share >= 0.5 and (share_of_text >= 0.5 or seen.words < _HARDLY_ANY_WORDS):
        return Rejected("extract", "consent_wall", f"asks for consent ({accept[:40]!r}) and shows no other text")
    return None


def _consent_share(lines: Iterable[str]) -> tuple[int, float]:
    """(how many different phrases of consent stand in the lines, which part of their words stands in lines with one)."""
    found: set[int] = set()
    asking, words = 0, 0
    for line in lines:
        count = word_count(line)
        here = {number for number, phrase in enumerate(_CONSENT_PHRASES) if phrase.search(line)}
        found |= here
        words += count
        asking += count if here else 0
    return len(found), asking / words if words else 0.0
