"""Stories that a network of newsrooms prints without saying whose they are."""

import pytest

from flows.steps.members import member_told


@pytest.mark.parametrize(("body", "member"), [
    ("The ferry sank, a boatman told the Mon News Agency.", "Independent Mon News Agency"),
    ("“It sank,” he told KNG. Others who spoke with Kachin News Group agreed.", "Kachin News Group"),
    ("“It sank,” he told KNG. A trader told NMG of another.", None),
    ("The Mon News Agency has moved to Ye.", None),
    ("He told Mizzimar Myint so.", None),
    ("He told reporters so.", None),
])
@pytest.mark.parametrize("site", ["BNI", "Burma News International"])
def test_the_story_is_of_the_one_member_to_which_people_spoke(site, body, member):
    assert member_told(body, ["Home", site]) == member


def test_elsewhere_a_rival_is_only_quoted():
    assert member_told("The ferry sank, a boatman told the Mon News Agency.", ["Ferry Times"]) is None
