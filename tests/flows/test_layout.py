"""Text for a terminal."""

import pytest

from flows.layout import differing


@pytest.mark.parametrize(("before", "after", "told"), [
    ("Ferry runs", "Ferry stops", ["- Ferry runs", "+ Ferry stops"]),
    (None, "KSJ", ["- (none)", "+ KSJ"]),
    ("KSJ", None, ["- KSJ", "+ (none)"]),
    ("One.\nTwo.\nThree.", "One.\nThree.\nShare this", ["- Two.", "+ Share this"]),
    ("x" * 400 + "a", "x" * 400 + "b", [f"- ...{'x' * 60}a", f"+ ...{'x' * 60}b"]),
    ("a" * 400, None, [f"- {'a' * 300}... (400 characters)", "+ (none)"]),
    ("a\x1b[2Jb", "c", ["- a [2Jb", "+ c"]),
])
def test_only_the_lines_that_differ_are_told_from_where_they_do(before, after, told):
    assert differing(before, after) == told
