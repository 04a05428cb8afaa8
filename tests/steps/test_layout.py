"""What the names of elements say of them: the quick look gives what the patterns give."""

import pytest

from flows.steps import layout

FURNITURE = (
    "share sharing shares social related breadcrumb breadcrumbs crumbs comment comments respond subscribe advert advertisement ad ads promo "
    "recommend recommended trending latestnews tags pagination cookie toolbar most-read view-related moduletable menu navbar topbar"
)
CONSENT = (
    "onetrust-banner-sdk ot-sdk-row cybotcookiebotdialog didomi-popup usercentrics-root cmplz-message cky-consent qc-cmp2-ui sp_message_container_1 "
    "truste-box truste_overlay cookie-banner cookiebar gdpr-notice consent-modal cookies-popup cookielaw gdpr_box consentwall"
)
NEITHER = "entry content shared-content advance sharedown admin load-more relatedness commentary viewport mostly-read cook-book trust cmp"


@pytest.mark.parametrize("frame", ["{}", "x {} y", "x-{}", "{}_x", "X-{}-Y", "x{}", "{}x"])
def test_the_quick_look_at_a_name_gives_what_the_patterns_give(frame):
    for word in f"{FURNITURE} {CONSENT} {NEITHER}".split():
        for name in (frame.format(word), frame.format(word.upper())):
            told = (layout._FURNITURE.search(f" {name}") is not None, layout._CONSENT.search(f" {name}") is not None)
            assert layout._names("", name) == told, name


def test_words_of_furniture_are_found_and_others_not():
    assert all(layout._names(word, "")[0] for word in FURNITURE.split())
    assert all(layout._names("", word)[1] for word in CONSENT.split())
    assert not any(any(layout._names(word, "")) for word in NEITHER.split())
