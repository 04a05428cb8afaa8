"""Bylines, desks and datelines in the forms that the outlets print, and which of them name a person."""

from datetime import date

import pytest

from flows.steps.bylines import dateline, newsroom_line, opening_dateline, persons, read_byline
from flows.steps.headlines import without_site_name
from flows.steps.pictures import split_credit


@pytest.mark.parametrize(
    ("line", "place", "day", "month", "year"),
    [
        ("17 November 2025, Mrauk-U", "Mrauk-U", 17, 11, 2025),
        ("17 November 2025,Mrauk-U", "Mrauk-U", 17, 11, 2025),
        ("5 June 2022, Paletwa, Chin State", "Paletwa, Chin State", 5, 6, 2022),
        ("8 June, Sittwe", "Sittwe", 8, 6, None),
        ("June 8, Sittwe", "Sittwe", 8, 6, None),
        ("Kyauktaw, May 16", "Kyauktaw", 16, 5, None),
        ("Mone, May (21)", "Mone", 21, 5, None),
        ("Ye, 8 November", "Ye", 8, 11, None),
        ("DMG ၊ နိုဝင်ဘာ ၄", "DMG", 4, 11, None),
    ],
)
def test_dateline_lines(line, place, day, month, year):
    found = dateline(line)
    assert (found.place, found.printed.day, found.printed.month, found.printed.year) == (place, day, month, year)


@pytest.mark.parametrize(
    "line",
    ["17 November 2025", "Sittwe", "On 8 June 2024 the army left Sittwe and went back to the hills in the north.", "Rice sold at 4,500 kyats."],
)
def test_what_is_no_dateline(line):
    assert dateline(line) is None


@pytest.mark.parametrize(
    ("paragraph", "place", "agency"),
    [
        ("BANGKOK (AP) — The ferry left.", "BANGKOK", "AP"),
        ("YANGON— The ferry left.", "YANGON", None),
        ("Sittwe, Rakhine State — The ferry left.", "Sittwe, Rakhine State", None),
        ("Buthidaung, Arakan State: The ferry left.", "Buthidaung, Arakan State", None),
    ],
)
def test_datelines_that_open_a_paragraph(paragraph, place, agency):
    found = opening_dateline(paragraph)
    assert (found.place, found.desk) == (place, agency)


@pytest.mark.parametrize("paragraph", ["The village head - a man of 60 - left.", "A 25-year-old woman was hurt.", "Prices rose, he said - again.", "Ko Ko, boatman: The ferry left.", "Markets: Rice rose."])
def test_openings_that_are_no_dateline(paragraph):
    assert opening_dateline(paragraph) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Khaing Thu Rein, 18 February 2026", "Khaing Thu Rein"),  # Thu is no Thursday here
        ("Khin Mon Thu 18 February 2026", "Khin Mon Thu"),  # it was a Wednesday
        ("Khin Mon Wed 18 February 2026", "Khin Mon"),
        ("Louis Doe on Monday, November 18th, 2019 at 11:04 a.m.", "Louis Doe"),
        ("Posted on August 15, 2025 December 9, 2025 by Tasha Roe", "Tasha Roe"),
        ("By Jane Roe May 2, 2021 10:30 AM MMT 14 Comments", "Jane Roe"),
        ("Published in Harbour by Ko Ko on 2 May 2021", "Ko Ko"),
    ],
)
def test_what_a_byline_says_beside_its_day(line, name):
    assert read_byline(line).names[0] == name


@pytest.mark.parametrize("line", ["Reviewed by Jane Roe 2 May 2021", "Photos by Ko Ko, 2 May 2021", "Speech by Ko Ko of the harbour board to its owners"])
def test_who_did_something_else_signs_no_byline(line):
    assert read_byline(line) is None


def test_a_counter_is_no_part_of_a_byline():
    assert read_byline("Khaing Thu Rein, 18 February 2026 1204 views").text == "Khaing Thu Rein, 18 February 2026"


def test_a_byline_gives_names_and_day():
    found = read_byline("Zaw Moe, Narinjara News, 12 April 2022")
    assert (found.names, found.printed.on()) == (("Zaw Moe", "Narinjara News"), date(2022, 4, 12))


@pytest.mark.parametrize(
    "line",
    [
        "By noon the market was full, and no one could say when the last boats had come in from the islands.",
        "Rice mills close",
        "This piece first came out on 3 May 2021.",  # a day in a sentence
    ],
)
def test_what_is_no_byline(line):
    assert read_byline(line) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("By Jane Roe and Ko Ko", ("Jane Roe", "Ko Ko")),
        ("Min Min Thu", ("Min Min Thu",)),
        ("All posts by Jane Roe", ("Jane Roe",)),
        ("Hagen von Roe", ("Hagen von Roe",)),
        ("Jane Roe (jr)", ("Jane Roe",)),
        ("Admin", ()),
        ("Web Master", ()),
        ("DMG", ()),
        ("Example Daily", ()),
        ("Associated Press", ()),
        ("https://www.example.org/authors/1", ()),
        ("Staff Reporter", ()),
        ("Our Correspondent, Mrauk U", ()),
        ("Jane Roe for Sample Weekly", ("Jane Roe",)),
        ("Text: Jane Roe", ("Jane Roe",)),
        ("Centre for Harbour Studies", ()),
    ],
)
def test_only_persons_are_authors(value, expected):
    assert persons([value], ["Admin", "DMG"], ["Example Daily"]) == expected


@pytest.mark.parametrize(
    ("line", "desk"),
    [
        ("DMG Newsroom", "DMG Newsroom"),
        ("FROM THE DVB NEWSROOM", "FROM THE DVB NEWSROOM"),
        ("Border News Agency", "Border News Agency"),
        ("DMG", "DMG"),
        ("The newsroom was empty.", None),
        ("DMG ·", "DMG"),
        ("Web Master", None),
    ],
)
def test_desks(line, desk):
    assert newsroom_line(line, ["DMG", "Web Master"]) == desk


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Rice mills close - Example Daily", "Rice mills close"),
        ("Rice mills close | News | Example Daily", "Rice mills close | News"),
        ("Example Daily: Rice mills close", "Example Daily: Rice mills close"),
        ("Analysis - Why rice mills close", "Analysis - Why rice mills close"),
    ],
)
def test_the_outlets_name_is_no_part_of_a_headline(title, expected):
    assert without_site_name(title, ["Example Daily"]) == expected


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Boats at the pier. Photo: BPLA", ("Boats at the pier.", "BPLA")),
        ("Boats at the pier (Photo: CJ)", ("Boats at the pier", "CJ")),
        ("Boats at the pier. (Credit: AP)", ("Boats at the pier.", "AP")),
        ("Photo – KNU", (None, "KNU")),
        ("Boats at the pier. / The Sample Weekly", ("Boats at the pier.", "The Sample Weekly")),
        ("Boats at the pier (RFA)", ("Boats at the pier", "RFA")),
        ("Boats at the pier (Sittwe)", ("Boats at the pier (Sittwe)", None)),
        ("Photos of the pier were shown to a crowd", ("Photos of the pier were shown to a crowd", None)),
    ],
)
def test_captions_and_credits(printed, expected):
    assert split_credit(printed) == expected
