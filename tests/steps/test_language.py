"""Language and writing system: what is told by script, by statistics, by the outlet, and what is left undetermined."""

import pytest

from flows.steps.language import read_text, settle, to_unicode
from flows.steps.zawgyi import to_unicode as converted

ENGLISH = "The repair of the bridge began on Monday, and two hundred people came to watch the first beam being lifted into place."
BURMESE = "ကျောက်တော်မြို့နယ်ရှိ ကားလမ်းကို ဒေသခံများက တနင်္လာနေ့တွင် စတင် ပြင်ဆင်ခဲ့ကြောင်း ပြောသည်။"
# The same sentence as the Zawgyi font stores it.
ZAWGYI = "ေက်ာက္ေတာ္ၿမိဳ႕နယ္ရွိ ကားလမ္းကို ေဒသခံမ်ားက တနလၤာေန႔တြင္ စတင္ ျပင္ဆင္ခဲ့ေၾကာင္း ေျပာသည္။"


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (ENGLISH, "my", "en"),  # an English story on a Burmese site
        (BURMESE, "en", "my"),
        ("ၵၢၼ်ၶၢဝ်ႇ ႁူဝ်ႁႅင်း တွၼ်ႈတႃႇ ၵူၼ်းမိူင်း ၼႂ်းမိူင်းတႆး", "my", "shn"),
        ("𐴀𐴝𐴙𐴟 𐴇𐴡𐴕", "en", "rhg-Rohg"),
        ("12 : 30 - 45", "en", "und"),
        ("", "en", "und"),
        ("Kan khua ah hin mi tampi an um, cun hna kan ttuan ti in an chim.", "en", "und-Latn"),  # Chin, which resembles nothing the model knows
    ],
)
def test_language(text, declared, language):
    assert settle(text, declared)[0] == language


def test_zawgyi_is_found_and_stored_as_unicode():
    assert settle(ZAWGYI, "my") == ("my", "zawgyi")
    assert to_unicode(ZAWGYI) == BURMESE


def test_unicode_burmese_stays_as_it_is():
    assert settle(BURMESE, "my") == ("my", "unicode")
    assert to_unicode(BURMESE) == BURMESE


def test_a_short_zawgyi_headline_follows_its_article():
    read = read_text("ၿမိဳ႕", None, ZAWGYI, "my")
    assert (read.headline, read.language, read.encoding) == ("မြို့", "my", "zawgyi")


@pytest.mark.parametrize(
    ("zawgyi", "unicode"),
    [
        ("ေက်ာင္း", "ကျောင်း"),  # the vowel e is drawn first and stored last
        ("ျမန္မာ", "မြန်မာ"),  # so is the medial ra
        ("သတၱ၀ါ", "သတ္တဝါ"),  # a stacked consonant; a zero typed for wa
        ("အဂၤလိပ္", "အင်္ဂလိပ်"),  # kinzi is drawn after its consonant
        ("ၾကည့္", "ကြည့်"),
        ("ႏွစ္", "နှစ်"),
        ("ဥပေဒ", "ဥပဒေ"),
        ("ဉာဏ္", "ဉာဏ်"),
    ],
)
def test_zawgyi_spellings(zawgyi, unicode):
    assert to_unicode(unicode) == unicode
    import unicodedata

    assert unicodedata.normalize("NFC", converted(zawgyi)) == unicodedata.normalize("NFC", unicode)


def test_texts_are_normalised():
    assert read_text("Cafe\u0301", None, ENGLISH, "en").headline == "Café"
