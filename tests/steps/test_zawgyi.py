"""Zawgyi to Unicode: one row for each way in which the two fonts store a syllable differently."""

import unicodedata

import pytest

from flows.steps.zawgyi import is_zawgyi, to_unicode

ZAWGYI = "ေက်ာက္ေတာ္ၿမိဳ႕နယ္ရွိ ကားလမ္းကို ေဒသခံမ်ားက တနလၤာေန႔တြင္ စတင္ ျပင္ဆင္ခဲ့ေၾကာင္း ေျပာသည္။"
BURMESE = "ကျောက်တော်မြို့နယ်ရှိ ကားလမ်းကို ဒေသခံများက တနင်္လာနေ့တွင် စတင် ပြင်ဆင်ခဲ့ကြောင်း ပြောသည်။"


@pytest.mark.parametrize(
    ("zawgyi", "unicode"),
    [
        ("ေက်ာင္း", "ကျောင်း"),  # the vowel e is drawn first and stored last
        ("ျမန္မာ", "မြန်မာ"),  # so is the medial ra
        ("သတၱ၀ါ", "သတ္တဝါ"),  # a stacked consonant; a zero typed for wa
        ("အဂၤလိပ္", "အင်္ဂလိပ်"),  # kinzi is drawn after its consonant
        ("စကၤာပူ", "စင်္ကာပူ"),
        ("သေဘၤာ", "သင်္ဘော"),  # kinzi with the vowel e before and aa behind
        ("ၾကည့္", "ကြည့်"),  # tone and asat, in the order of NFC
        ("ႏွစ္", "နှစ်"),  # na with its foot cut off
        ("ဥပေဒ", "ဥပဒေ"),
        ("ဉာဏ္", "ဉာဏ်"),
        ("ညႊန္", "ညွှန်"),  # two medials in one code
        ("ကၽြန္ေတာ္", "ကျွန်တော်"),  # medials ya and wa, whichever was typed first
        ("က်ြန္ေတာ္", "ကျွန်တော်"),
        ("ႏုိင္ငံ", "နိုင်ငံ"),  # vowels typed in either order
        ("ႏိုင္ငံ", "နိုင်ငံ"),
        ("ဆုံး", "ဆုံး"),
        ("ဆံုး", "ဆုံး"),
        ("မႏၲေလး", "မန္တလေး"),
        ("ဥကၠ႒", "ဥက္ကဋ္ဌ"),  # two stacked letters in one code
        ("ျပႆနာ", "ပြဿနာ"),
        ("ေဒၚ", "ဒေါ်"),  # aa and asat in one code
        ("ေစ်း", "ဈေး"),
        ("ဦးေလး", "ဦးလေး"),
        ("ၾသဂုတ္", "ဩဂုတ်"),
        ("ေၾသာ္", "ဪ"),
        ("၎တို႔", "၎င်းတို့"),
        ("ယာက္်ား", "ယာက်ျား"),  # an asat before the medial ya belongs to the consonant before both
        ("၀ယ္", "ဝယ်"),  # a zero that a final consonant needs for a letter
        ("ဒု႒၀တီ", "ဒုဋ္ဌဝတီ"),
        ("၁၀ရက္", "၁၀ရက်"),  # a zero that is one
        ("၂၀၂၀ျပည့္", "၂၀၂၀ပြည့်"),  # the medial ra behind it belongs to the next letter
        ("၂-၀ ဂိုး", "၂-၀ ဂိုး"),
        ("၇က္", "ရက်"),  # a seven typed for ra
    ],
)
def test_zawgyi_spellings(zawgyi, unicode):
    assert unicodedata.normalize("NFC", to_unicode(zawgyi)) == unicodedata.normalize("NFC", unicode)


def test_what_is_unicode_already_is_not_converted_twice():
    assert to_unicode(to_unicode(ZAWGYI)) == to_unicode(ZAWGYI)


def test_markup_and_latin_text_around_zawgyi_stay():
    page = f'<p class="a">{ZAWGYI}</p><img alt="{ZAWGYI}" src="/a.jpg"><p>Kyauktaw, 12:30</p><p>{BURMESE}</p>'
    assert to_unicode(page) == f'<p class="a">{BURMESE}</p><img alt="{BURMESE}" src="/a.jpg"><p>Kyauktaw, 12:30</p><p>{BURMESE}</p>'


def test_an_article_in_unicode_keeps_its_short_pieces():
    assert to_unicode("ၿမိဳ႕", undecided_is_zawgyi=False) == "ၿမိဳ႕"
    assert to_unicode(f"{BURMESE}\nၿမိဳ႕", undecided_is_zawgyi=False) == f"{BURMESE}\nၿမိဳ႕"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (ZAWGYI, True),
        (f"{'The bridge. ' * 4000}{ZAWGYI}", True),  # wherever the Burmese begins
        (BURMESE, False),
        ("ၵၢၼ်ၶၢဝ်ႇ ႁူဝ်ႁႅင်း တွၼ်ႈတႃႇ ၵူၼ်းမိူင်း", False),  # Shan, Mon and Karen use codes that Zawgyi uses for other things
        ("ဘာသာမန် ဍုၚ်မန် ကောန်ဂကူမန် နူဍုၚ်", False),
        ("တၢ်ကစီၣ် လၢ ကီၢ်ကညီ ပှၤကညီဖိ", False),
        ("ပအိုဝ်ႏဘာႏသာႏ ပအိုဝ်ꩻ စွိုꩻခိုꩻ", False),
        ("၂၀၂၆", False),
        ("The bridge", False),
        ("", False),
    ],
)
def test_is_zawgyi(text, answer):
    assert is_zawgyi(text) is answer
