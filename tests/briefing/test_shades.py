"""The numbers on the shades of the coverage table can be read in light and dark, also those that an invented day does not have."""

import re
from importlib.resources import files

import pytest

CSS = (files("flows.briefing") / "page.css").read_text(encoding="utf-8")
CONTRAST_MIN = 4.5  # WCAG 2.2, 1.4.3, for text of this size
WORDS_ON = {"h1": "ink", "h2": "ink", "h3": "on-heat3", "h4": "on-dark", "h5": "on-dark"}


def colours(scheme):
    block = re.findall(r":root\{(.*?)\}", CSS, re.S)[["light", "dark"].index(scheme)]
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})", block))


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shade", WORDS_ON)
def test_numbers_stand_out_from_each_shade(scheme, shade):
    known = colours(scheme)
    lighter, darker = sorted((luminance(known[shade]), luminance(known[WORDS_ON[shade]])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= CONTRAST_MIN
