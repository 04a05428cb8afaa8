"""Language and writing system: what is told by script, by statistics, by the outlet, and what is left undetermined."""

import pytest

from flows.steps.language import language_of, read_text, settle, to_unicode

ENGLISH = "The repair of the bridge began on Monday, and two hundred people came to watch the first beam being lifted into place."
GERMAN = "Der Umbau der Brücke begann am Montag, und zweihundert Leute aus den Dörfern am Fluss kamen, um den ersten Balken zu sehen."
BURMESE = "ကျောက်တော်မြို့နယ်ရှိ ကားလမ်းကို ဒေသခံများက တနင်္လာနေ့တွင် စတင် ပြင်ဆင်ခဲ့ကြောင်း ပြောသည်။"
# The same sentence as the Zawgyi font stores it.
ZAWGYI = "ေက်ာက္ေတာ္ၿမိဳ႕နယ္ရွိ ကားလမ္းကို ေဒသခံမ်ားက တနလၤာေန႔တြင္ စတင္ ျပင္ဆင္ခဲ့ေၾကာင္း ေျပာသည္။"
SHAN = "ၵၢၼ်ၶၢဝ်ႇ ႁူဝ်ႁႅင်း တွၼ်ႈတႃႇ ၵူၼ်းမိူင်း ၼႂ်းမိူင်းတႆး"
# Invented; neither resembles anything that the statistics know.
CHIN = "Kan khua ah hin mi tampi an um, cun hna kan ttuan ti in an chim."
JINGHPAW = "Ndai shani mare kaw bungli galaw ai ni shana daw hpang e bai hkrum zinlum nga ai lam chye lu ai."


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (ENGLISH, "my", "en"),  # an English story on a Burmese site
        (BURMESE, "en", "my"),
        (SHAN, "my", "shn"),
        ("ဘာသာမန် ဍုၚ်မန် ကောန်ဂကူမန် နူဍုၚ်", "my", "mnw"),
        ("တၢ်ကစီၣ် လၢ ကီၢ်ကညီ ပှၤကညီဖိ", "my", "ksw"),  # S'gaw Karen shares the vowel ၢ with Shan
        ("ပၠံၩ့ဖိၩ့ အ့ၬ ခၪ့", "my", "pwo"),
        ("ဖၠုံၮါ ဍုံၯး ၰးလင်", "my", "kjp"),
        ("ပအိုဝ်ꩻ စွိုꩻခိုꩻ", "my", "blk"),
        ("𐴀𐴝𐴙𐴟 𐴇𐴡𐴕", "en", "rhg-Rohg"),
        ("ꓡꓲ ꓢꓴ ꓠꓬꓲ", "en", "lis"),
        ("12 : 30 - 45", "en", "und"),
        ("", "en", "und"),
        (GERMAN, "en", "de"),
        (GERMAN, "kac", "de"),
        ("आज सुबह पुल की मरम्मत शुरू हुई और गाँव के दो सौ लोग उसे देखने आए।", "my", "hi"),  # Hindi, no language of a Burmese outlet
    ],
)
def test_language(text, declared, language):
    assert settle(text, declared)[0] == language


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (CHIN, "en", "und-Latn"),
        ("10 December 2019 ni ah", "en", "und-Latn"),  # the statistics say English, score .93
        (JINGHPAW, "en", "und-Latn"),
        (JINGHPAW, "kac", "kac"),
        ("Ruáingga zuban hoi, dec Arakan, fúan hámot manúic", "en", "und-Latn"),
        ("Neue Brücke am Fluss", "en", "und-Latn"),  # four words are too few for statistics
        ("Neue Brücke am Fluss", "de", "de"),
        ("ကျွန်တော်ရို့ ဇာပြောရေလဲ", "my", "my"),  # Arakanese has no letters of its own
        ("ကျွန်တော်ရို့ ဇာပြောရေလဲ", "rki", "rki"),
        ("ဖၠုံဘာႋသာ့ ဍုံခၠါင်", "my", "und-Mymr"),  # letters that Burmese never uses, and of no one language
        ("ဖၠုံဘာႋသာ့ ဍုံခၠါင်", "kjp", "kjp"),
        ("ꤊꤢ꤬ꤛꤢ꤭ ꤜꤟꤤ꤬", "en", "und-Kali"),  # two Kayah languages are written in it
        ("ꤊꤢ꤬ꤛꤢ꤭ ꤜꤟꤤ꤬", "eky", "eky"),
        ("رُوحِنجَارا آراکان مُولُک", "rhg", "rhg"),
        ("Мост", "en", "und-Cyrl"),
    ],
)
def test_what_the_text_does_not_say_the_outlet_says_and_else_nobody(text, declared, language):
    assert language_of(text, declared) == language


@pytest.mark.parametrize("text", ["The bridge is open", "Two hundred people came to the river", "Repair of bridge begins"])
def test_a_short_english_text_is_known_by_its_words(text):
    assert language_of(text, "my") == "en"


def test_an_english_table_of_names_is_english_without_its_words():
    table = "\n".join(
        f"{place} Bay {n}, Rockledge {n + 3}. Davis {n} points, Harris {n + 1} points, Turner five rebounds."
        for n, place in enumerate(("Palm", "North", "Green", "Half"), 40)
    )
    assert language_of(table, None) == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (f"He read it out: “{BURMESE}” {ENGLISH} {ENGLISH}", "en"),
        (f"{BURMESE}\n{BURMESE}\n{BURMESE}\nThe engineer said in English: “{ENGLISH}”", "my"),
        (f"{ENGLISH}\n{BURMESE * 2}", "my"),  # signs count as letters do: half of the Burmese are signs
        (f"{BURMESE * 9}{SHAN}", "my"),  # a Shan quotation of a tenth
    ],
)
def test_a_mixed_text_has_the_language_of_most_of_its_letters(text, language):
    assert read_text(None, None, text, "my").language == language


def test_a_headline_inherits_the_language_of_its_body():
    assert read_text("Kyauktaw Bridge", None, BURMESE * 3, "en").language == "my"
    assert read_text("Kan khua", None, f"{ENGLISH} {ENGLISH}", "my").language == "en"


def test_a_caption_of_a_body_is_read_together_with_its_headline_and_description():
    assert read_text("Bridge Repair Begins", ENGLISH, "Kyauktaw Bridge", "my").language == "en"


def test_zawgyi_is_found_and_stored_as_unicode():
    assert settle(ZAWGYI, "my") == ("my", "zawgyi")
    assert to_unicode(ZAWGYI) == BURMESE


def test_unicode_burmese_stays_as_it_is():
    assert settle(BURMESE, "my") == ("my", "unicode")
    assert to_unicode(BURMESE) == BURMESE


def test_a_short_zawgyi_headline_follows_its_article():
    read = read_text("ၿမိဳ႕", None, ZAWGYI, "my")
    assert (read.headline, read.language, read.encoding) == ("မြို့", "my", "zawgyi")


def test_a_zawgyi_headline_over_a_body_in_unicode_is_converted_and_said():
    read = read_text(ZAWGYI, None, BURMESE * 3, "my")
    assert (read.headline, read.body, read.encoding) == (BURMESE, BURMESE * 3, "zawgyi")


@pytest.mark.parametrize(
    ("zawgyi", "unicode"),
    [
        (f"{BURMESE}\n{BURMESE}\n{ZAWGYI}", f"{BURMESE}\n{BURMESE}\n{BURMESE}"),
        (f"{ZAWGYI}\n{ZAWGYI}\n{BURMESE}", f"{BURMESE}\n{BURMESE}\n{BURMESE}"),
        (f"{BURMESE} “{ZAWGYI}” {BURMESE}", f"{BURMESE} “{BURMESE}” {BURMESE}"),
        (f"{ZAWGYI} “{BURMESE}” {ZAWGYI}", f"{BURMESE} “{BURMESE}” {BURMESE}"),
        (f"{BURMESE[:-1]} “{ZAWGYI[:-1]}” {BURMESE}", f"{BURMESE[:-1]} “{BURMESE[:-1]}” {BURMESE}"),  # no full stop between
        (f"{ENGLISH} “{ZAWGYI}”", f"{ENGLISH} “{BURMESE}”"),
        (f"{SHAN}\n{ZAWGYI}", f"{SHAN}\n{BURMESE}"),
    ],
)
def test_of_a_text_in_both_encodings_only_the_zawgyi_is_converted(zawgyi, unicode):
    read = read_text(None, None, zawgyi, "my")
    assert (read.body, read.encoding) == (unicode, "zawgyi")


def test_texts_are_normalised():
    assert read_text("Cafe\u0301", None, ENGLISH, "en").headline == "Café"
