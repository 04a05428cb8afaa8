"""Pages that answered 200 and are not the article, each beside an article that only speaks of such a thing."""

import json
from datetime import UTC, datetime

import pytest

from flows.steps.extract import extract
from warehouse.records import Extracted, OutletRules, Page, Rejected

RULES = OutletRules("sample_en", "Sample Daily", "en", "Asia/Yangon", "MM", ("sample.example",))
CAPTURED = datetime(2026, 2, 3, 1, tzinfo=UTC)
URL = "https://sample.example/news/2026/pier-opens-again"
FERRY = "The pier in the old harbour was opened again on Saturday after repairs that took four months, the town committee said."
BRIEF = (FERRY, "Two hundred people came to see the first boat leave, and the band of the school played until the rain began at noon.")
STORY = (
    *BRIEF,
    "A ticket costs as much as before, but the evening crossing will not return before the end of the monsoon, boat owners said.",
    "The committee has asked the district for lamps and for a roof over the waiting place, which burned down in the spring.",
)
ARTICLE_HEAD = '<meta property="og:type" content="article">'
BANNER = '<div class="cookie-banner"><p>We use cookies. By clicking Accept all you agree to our cookie policy.</p><button>Accept all</button></div>'
LOGIN_BOX = '<div class="module"><h3>Log in</h3><form><input name="username"><input type="password" name="password"><button>Log in</button></form></div>'


def page(body, *, title="Sample Daily", head="", url=URL, final_url=None, headers=()):
    html = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return Page(url, final_url or url, html.encode(), "text/html; charset=utf-8", CAPTURED, (), headers)


def text(*paragraphs):
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def article(headline, *paragraphs, head="", extra="", **more):
    body = f"<nav><a href='/'>Home</a></nav><article><h1>{headline}</h1>{text(*paragraphs)}</article>{extra}"
    return page(body, title=f"{headline} - Sample Daily", head=head, **more)


def reason(asked):
    found = extract(asked, RULES)
    return (found.reason, found.detail) if isinstance(found, Rejected) else ("article", found.body)


# ---------------------------------------------------------------- error pages


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("404 - Page not found", "<h1>Page not found</h1><p>Sorry, it is not here.</p>"),
        ("Page not found | Sample Daily", "<h1>Oops! That page can’t be found.</h1><p>Maybe try a search?</p>"),
        ("Sample Daily", "<h1>404</h1><h2>Not Found</h2><p>Go back to the home page.</p>"),
        ("Error 404 (Not Found)!!1", "<p>That is all we know.</p>"),
        ("Sample Daily", "<h1>This article is no longer available</h1><p>Read our latest news instead.</p>"),
        ("Sample Daily", "<p>The page you are looking for has been removed or had its name changed.</p>"),
        ("စာမျက်နှာ ရှာမတွေ့ပါ - Sample Daily", "<h1>စာမျက်နှာ ရှာမတွေ့ပါ</h1>"),
        ("Seite nicht gefunden – Sample Daily", "<h1>Fehler</h1><p>Bitte versuchen Sie es später.</p>"),
        ("Página no encontrada", "<h1>Página no encontrada</h1>"),
        ("Страница не найдена", "<h1>404</h1>"),
        ("ページが見つかりません", "<h1>404 Not Found</h1>"),
        ("Database Error", "<h1>Error establishing a database connection</h1>"),
        ("Page not found - Sample Daily", "<h1>Page not found</h1><h2>Latest</h2>" + text(*STORY, *STORY[::-1])),  # goes on with other stories
    ],
)
def test_an_error_page_with_status_200_is_a_soft_404(title, body):
    assert reason(page(body, title=title))[0] == "soft_404"


def test_an_error_page_that_calls_itself_an_article_is_a_soft_404_where_title_and_heading_agree():
    assert reason(article("Page not found", "It seems we have moved house.", head=ARTICLE_HEAD))[0] == "soft_404"


@pytest.mark.parametrize(
    "headline",
    [
        "404 houses burned in Thantlang, committee says",
        "Not found: the boats that left in May",
        "Village no longer exists after the flood, residents say",
        "Page not found: how the old papers of Sittwe vanished from the web",
        "Service unavailable at night, says the ferry office",
    ],
)
def test_a_brief_whose_headline_sounds_like_an_error_is_an_article(headline):
    assert reason(article(headline, *BRIEF)) == ("article", "\n".join(BRIEF))


def test_an_article_about_error_pages_is_an_article():
    said = "Readers met the words “page not found” where the page that they were looking for could not be found any more, he said."
    assert reason(article("Where the old stories went", said, *STORY))[0] == "article"


@pytest.mark.parametrize("final_url", ["https://sample.example/", "https://www.sample.example", "https://sample.example/index.php"])
def test_an_address_that_led_to_the_front_page_is_a_soft_404(final_url):
    found = reason(article("Pier opens again", *STORY, head=ARTICLE_HEAD, final_url=final_url))
    assert found == ("soft_404", f"the address led to the front page {final_url}")


@pytest.mark.parametrize(
    ("url", "final_url"),
    [
        ("http://sample.example/news/2026/pier-opens-again", URL),
        ("https://sample.example/?p=1234", "https://sample.example/?p=1234"),  # WordPress names an article by its number
        ("https://sample.example/old/pier", "https://sample.example/?p=1234"),
        ("https://sample.example/", "https://sample.example/"),  # the front page itself was asked
    ],
)
def test_other_redirects_are_followed_to_the_article(url, final_url):
    assert reason(article("Pier opens again", *STORY, url=url, final_url=final_url))[0] == "article"


def test_an_article_that_is_served_at_the_front_but_states_its_own_address_is_one():
    canonical = f'<link rel="canonical" href="{URL}">'
    assert reason(article("Pier opens again", *STORY, head=canonical, final_url="https://sample.example/"))[0] == "article"


# ---------------------------------------------------------------- challenges and block pages


@pytest.mark.parametrize(
    ("title", "head", "body", "maker"),
    [
        ("Just a moment...", "", "<noscript>Enable JavaScript and cookies to continue</noscript><script>window._cf_chl_opt={cType:'managed'};</script>",
         "Cloudflare"),
        ("Just a moment...", "", "<p>Checking your browser before accessing sample.example.</p><form id='challenge-form' action='/x?__cf_chl_f_tk=1'></form>",
         "Cloudflare"),
        ("Attention Required! | Cloudflare", "", "<div id='cf-error-details'><h1>Sorry, you have been blocked</h1><p>You are unable to access "
         "sample.example</p><h2>Why have I been blocked?</h2><p>This website is using a security service to protect itself from online attacks.</p></div>",
         "Cloudflare"),
        ("You are being redirected...", "<script>var s={},sucuri_cloudproxy_js='';</script>", "<p>Javascript is required.</p>", "Sucuri"),
        ("Sucuri WebSite Firewall - Access Denied", "", "<h1>Access Denied</h1><p>Block details: your IP was 192.0.2.1</p>", "Sucuri"),
        ("DDoS-Guard", "<script src='/.well-known/ddos-guard/js-challenge/index.js'></script>", "<p>Checking your browser</p>", "DDoS-Guard"),
        ("", "", "<iframe id='main-iframe' src='/_Incapsula_Resource?SWUDNSAI=31&amp;xinfo=1&amp;incident_id=7'>Request unsuccessful.</iframe>", "Imperva"),
        ("", "<script src='/_Incapsula_Resource?SWJIYLWA=719d34'></script>", "", "Imperva"),
        ("Access Denied", "", "<h1>Access Denied</h1><p>You don't have permission to access \"/news\" on this server.</p><p>Reference #18.2d351ab8.1557333295.a4e16ab</p>",
         "Akamai"),
        ("", "", "<div id='sec-if-cpt-container'>Powered and protected by</div>", "Akamai"),
        ("Access to this page has been denied", "", "<div id='px-captcha'></div><p>Press and hold to confirm you are a human.</p>", "PerimeterX"),
        ("sample.example", "", "<iframe src='https://geo.captcha-delivery.com/captcha/?cid=1'></iframe><p>Please enable JS.</p>", "DataDome"),
        ("", "<script>window.gokuProps={};</script>", "<p>JavaScript is disabled.</p>", "AWS WAF"),
        ("", "<meta http-equiv='refresh' content='0;/.well-known/sgcaptcha/?r=%2F'>", "", "SiteGround"),
        ("One moment, please...", "", "<h1>Please wait while your request is being verified...</h1><form id='wsidchk-form'></form>", "Imunify360"),
        ("Security check", "", "<h1>Security check</h1><p>Please verify that you are human.</p><form><div class='h-captcha'></div></form>", "captcha"),
        ("Sample Daily", "", "<p>Please confirm that you are not a robot to go on.</p><div class='cf-turnstile'></div>", "captcha"),
    ],
)  # fmt: skip
def test_a_challenge_or_block_page_is_named_with_its_maker_and_mark(title, head, body, maker):
    why, detail = reason(page(body, title=title, head=head))
    assert (why, detail.split(":")[0]) == ("challenge", maker)


@pytest.mark.parametrize("header", [("CF-Mitigated", "challenge"), ("x-amzn-waf-action", "captcha"), ("x-vercel-mitigated", "challenge")])
def test_a_challenge_that_the_server_states_is_one(header):
    assert reason(page("<p>Wait.</p>", headers=(header,)))[0] == "challenge"


@pytest.mark.parametrize(
    ("head", "extra", "headers"),
    [
        ("<script src='/cdn-cgi/challenge-platform/h/b/scripts/jsd/main.js'></script>", "", (("Server", "cloudflare"), ("CF-Ray", "1-SIN"))),
        ("<script src='/_Incapsula_Resource?SWJIYLWA=719d34'></script>", "", ()),
        ("<script src='https://check.ddos-guard.net/check.js'></script>", "", (("Server", "ddos-guard"),)),
        ("<script src='https://js.datadome.co/tags.js'></script>", "", (("X-DataDome", "protected"),)),
        ("<script src='https://abc.token.awswaf.com/abc/challenge.js'></script>", "", ()),
        ("<script src='https://client.perimeterx.net/PX1/main.min.js'></script>", "", ()),
        ("", "<form><div class='h-captcha'></div><button>Send comment</button></form>", ()),
        ("<script src='https://challenges.cloudflare.com/turnstile/v0/api.js'></script>", "<form class='newsletter'><div class='cf-turnstile'></div></form>", ()),
    ],
)  # fmt: skip
def test_a_brief_on_a_protected_site_is_an_article(head, extra, headers):
    assert reason(article("Pier opens again", *BRIEF, head=head, extra=extra, headers=headers)) == ("article", "\n".join(BRIEF))


def test_an_article_about_challenges_is_an_article():
    said = (
        "“Just a moment... Checking your browser” is all that readers of four papers saw, with a Cloudflare Ray ID below it, until they could "
        "verify that they are human; others met “Access Denied” and a line such as Reference #18.2d351ab8.1557333295.a4e16ab, he said.",
        "The word in their pages is <code>window._cf_chl_opt</code>, or px-captcha, the engineer said. "
        "<a href='https://geo.captcha-delivery.com/'>One maker</a> did not answer.",
    )
    assert reason(article("Access denied", *said))[0] == "article"


# ---------------------------------------------------------------- logins


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Log in", "<h1>Log in</h1><p>Log in to go on.</p><form><input type='password'></form>"),
        ("Sample Daily", "<h2>Members only</h2><p>Please enter your user name and password to read on. Forgot your password? Write to the desk, and "
         "we will send you another one by the end of the day.</p><form><input name='user'><input type='password'></form>"),
        ("Sign in to your account", "<h1>Sign in</h1><form><input type='email' name='email'><button>Next</button></form>"),
        ("အကောင့်ဝင်ရန်", "<h1>အကောင့်ဝင်ရန်</h1><form><input type='password'></form>"),
    ],
)  # fmt: skip
def test_a_page_that_is_its_login_form_is_a_login_wall(title, body):
    assert reason(page(body, title=title))[0] == "login_wall"


def test_a_post_behind_its_own_password_is_a_login_wall():
    form = (
        "<form class='post-password-form'><p>This content is password protected. To view it please enter your password below.</p>"
        "<input type='password' name='post_password'></form>"
    )
    assert reason(page(f"<article><h1>Protected: Notes</h1>{form}</article>", title="Protected: Notes", head=ARTICLE_HEAD))[0] == "login_wall"


def test_a_brief_beside_a_login_box_is_an_article():
    assert reason(article("Pier opens again", *BRIEF, extra=LOGIN_BOX)) == ("article", "\n".join(BRIEF))


def test_a_brief_that_calls_itself_an_article_stays_one_beside_a_login_box():
    assert reason(article("Pier opens again", FERRY, head=ARTICLE_HEAD, extra=LOGIN_BOX)) == ("article", FERRY)


def test_an_article_about_logins_is_an_article():
    said = "“Enter your password to continue,” the page said, and those who had lost their password could not log in to read their mail, she said."
    assert reason(article("Log in or lose it", said, *STORY, extra=LOGIN_BOX))[0] == "article"


# ---------------------------------------------------------------- consent walls

ENGLISH_WALL = (
    "<h1>Before you continue</h1><p>We and our 142 partners store and/or access information on a device, such as cookies, and process personal "
    "data, to show personalised ads and to measure them.</p><p>If you do not agree, click Manage options. You can withdraw your consent at any "
    "time by clicking Privacy settings at the foot of our pages.</p><form><button>Accept all</button><button>Reject all</button></form>"
)
GERMAN_WALL = (
    "<h2>Mit Werbung weiterlesen</h2><p>Wir und unsere 120 Partner verwenden Cookies und ähnliche Techniken für personalisierte Werbung.</p>"
    "<p>Sie können Ihre Einwilligung jederzeit widerrufen.</p><button>Alle akzeptieren</button>"
)


@pytest.mark.parametrize(("body", "head"), [(ENGLISH_WALL, ""), (GERMAN_WALL, ""), (f"<div class='cmp'>{ENGLISH_WALL}</div>", ARTICLE_HEAD)])
def test_a_page_that_only_asks_for_consent_is_a_consent_wall(body, head):
    assert reason(page(body, title="Sample Daily", head=head))[0] == "consent_wall"


def test_an_address_that_led_to_a_page_of_consent_is_a_consent_wall():
    assert reason(page(text(*STORY), final_url="https://sample.example/consent?to=%2Fnews"))[0] == "consent_wall"


@pytest.mark.parametrize("head", ["", ARTICLE_HEAD])
def test_a_brief_under_a_cookie_banner_is_an_article(head):
    assert reason(article("Pier opens again", *BRIEF, head=head, extra=BANNER)) == ("article", "\n".join(BRIEF))


def test_an_article_about_consent_is_an_article():
    said = (
        "Of forty papers, thirty ask readers before they show a line: “We use cookies. By clicking Accept all you agree to our policy.”",
        "The data office in the capital has said nothing about it, and the publishers’ union calls it the only way to pay its reporters.",
        "Readers in the hills wait two minutes for such a page to load, a teacher in Hakha said, and most of them give up before it has.",
    )
    assert reason(article("We value your privacy, say the papers", *said, extra=BANNER))[0] == "article"


# ---------------------------------------------------------------- articles that are cut by a paywall


def is_truncated(asked):
    found = extract(asked, RULES)
    assert isinstance(found, Extracted), found
    return found.is_truncated


def json_ld(**fields):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "Pier opens again"} | fields)}</script>'


LONG_STORY = tuple(f"{paragraph} That was told to this paper by boat owner number {number}." for number in range(3) for paragraph in STORY)
CUT = (*STORY[:2], STORY[2][:60] + "…")
OFFER = "<div class='promo'><h3>Support us</h3><p>Become a member and start your free trial today.</p></div>"


@pytest.mark.parametrize(
    "asked",
    [
        article("Pier opens again", *STORY[:3], "Subscribe for full access", "Already a member? Log in"),
        article("Pier opens again", *STORY[:3], extra="<div class='subscribe'><p>This content is for members only.</p></div>"),
        article("Pier opens again", *STORY[:3], "To continue reading, become a subscriber"),
        article("Pier opens again", *STORY[:3], "Subscribe to get unlimited stories"),
        article("Pier opens again", *CUT, "Become a member of our readers' circle"),
        article("Pier opens again", *LONG_STORY, "This article is for subscribers only. Log in to read on."),
        article("Pier opens again", *CUT, head=json_ld(isAccessibleForFree=False)),
        article("Pier opens again", *CUT, head=json_ld(hasPart={"isAccessibleForFree": "False", "cssSelector": ".paywall"})),
        article("Pier opens again", *STORY, head=json_ld(isAccessibleForFree="false", wordCount=900)),
        article("Pier opens again", *CUT, extra="<div class='leaky_paywall_message_wrap'><p>Choose a plan</p></div>"),
        article("Pier opens again", *STORY[:3], head=json_ld(isAccessibleForFree=False), extra="<div id='paywall'><p>Choose a plan</p></div>"),
    ],
)
def test_an_article_that_a_paywall_cuts_is_kept_and_marked(asked):
    assert is_truncated(asked)


@pytest.mark.parametrize(
    "asked",
    [
        article("Pier opens again", *STORY),
        article("Pier opens again", *STORY, extra=OFFER),
        article("Pier opens again", *LONG_STORY, "Become a member of our readers' circle"),
        article("Pier opens again", *STORY, "Become a member of our readers' circle"),
        article("Pier opens again", *STORY, "Subscribe"),
        article("Pier opens again", *STORY, extra="<div class='paywall'><p>Choose a plan</p></div>"),
        article("Pier opens again", *STORY, head=json_ld(isAccessibleForFree=False), extra="<div class='paywall-content'></div>"),
        article("Pier opens again", *STORY, head=json_ld(isAccessibleForFree=False)),  # agencies sell whole reports of sixty words
        article("Pier opens again", *LONG_STORY, head=json_ld(isAccessibleForFree=False), extra="<div class='paywall'><p>Choose a plan</p></div>"),
        article("Pier opens again", *STORY, head=json_ld(isAccessibleForFree=True), extra="<div class='content paywall-free'></div>"),
        article("Pier opens again", *STORY, extra="<div style='display:none'><p>To continue reading, log in.</p></div>"),
        article("Pier opens again", *STORY[:3], "“The post is for members of the militia only,” the boat owner said as he left the harbour…", *STORY[3:]),
    ],
)
def test_a_whole_article_beside_an_offer_to_subscribe_is_not_marked(asked):
    assert not is_truncated(asked)
