"""robots.txt: which rules hold for us, line by line, where parsers are known to differ. No network."""

import hashlib

import pytest

from crawlers.robots import ROBOTS_BYTES_MAX, answer_of, text_of

# A reason beside each case. The semantics are those of RFC 9309 and of Google's open source parser.
RULES = [
    # which group is ours
    ("User-agent: *\nDisallow: /a", "/a/b", False, "the group for everybody"),
    ("User-agent: NIGHTDESK\nDisallow: /a", "/a/b", False, "case of the product token does not count"),
    ("User-agent: Nightdesk/1.0\nDisallow: /a", "/a/b", False, "what follows the token does not count"),
    ("User-agent: nightdesk crawler\nDisallow: /a", "/a/b", False, "words after the token neither"),
    ("User-agent: night\nDisallow: /a", "/a/b", True, "the beginning of our token is another robot's"),
    ("User-agent: nightdeskbot\nDisallow: /a", "/a/b", True, "a longer token is another robot's"),
    ("User-agent: night*\nDisallow: /a", "/a/b", True, "there are no wildcards in names"),
    ("User-agent: my-nightdesk\nDisallow: /a", "/a/b", True, "nor is it found inside of another name"),
    ("User-agent: * # all\nDisallow: /a", "/a/b", False, "a comment behind the star"),
    ("User-agent: nightdesk\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True, "our own group stands before the one for everybody"),
    ("User-agent: nightdesk\nDisallow:\n\nUser-agent: *\nDisallow: /", "/a", True, "our own group may be empty, which allows all"),
    ("User-agent: *\nDisallow: /\n\nUser-agent: nightdesk\nDisallow: /b", "/a", True, "their order does not count"),
    ("User-agent: nightdesk\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: Nightdesk\nDisallow: /b", "/b", False, "our groups are joined"),
    ("User-agent: nightdesk\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: Nightdesk\nDisallow: /b", "/a", False, "the first one too"),
    ("User-agent: x\nUser-agent: nightdesk\nDisallow: /a", "/a", False, "several names for one group"),
    ("User-agent: x\n\nUser-agent: nightdesk\n\nDisallow: /a", "/a", False, "empty lines do not end a group"),
    ("User-agent: x\nSitemap: https://x.example/s.xml\nUser-agent: nightdesk\nDisallow: /a", "/a", False, "Sitemap does not end a group"),
    ("User-agent: x\nCrawl-delay: 9\nUser-agent: nightdesk\nAllow: /\nUser-agent: y\nDisallow: /", "/a", True, "rules of others are not ours"),
    ("Disallow: /a", "/a", True, "a rule for nobody"),
    ("User agent: nightdesk\nDisallow: /a", "/a", False, "a line that most parsers forgive"),
    ("user-agent:nightdesk\ndisallow:/a", "/a", False, "no spaces, small letters"),
    ("User-agent: nightdesk\r\nDisallow: /a\r\n", "/a", False, "Windows line ends"),
    ("User-agent: nightdesk\rDisallow: /a\r", "/a", False, "old Macintosh line ends"),
    ("\ufeffUser-agent: nightdesk\nDisallow: /a", "/a", False, "a byte order mark"),
    # which rule counts
    ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True, "the longer rule wins"),
    ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", False, "whichever it is"),
    ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True, "of two equally long ones Allow wins"),
    ("User-agent: *\nDisallow:", "/a", True, "an empty Disallow forbids nothing"),
    ("User-agent: *\nDisallow: /", "/", False, "everything is forbidden"),
    ("User-agent: *\nDisallow: /A", "/a", True, "the case of a path counts"),
    ("User-agent: *\nDisallow: /a", "/ab", False, "a rule is a beginning"),
    ("User-agent: *\nDisallow: /a/", "/a", True, "its slash belongs to it"),
    ("User-agent: *\nDisallow: a", "/a", True, "a path begins with a slash"),
    # wildcards
    ("User-agent: *\nDisallow: /*.pdf", "/x/y.pdf?z", False, "a star for any letters"),
    ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", True, "a dollar for the end"),
    ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False, "which this is"),
    ("User-agent: *\nDisallow: /x$", "/x", False, "the end right after the path"),
    ("User-agent: *\nDisallow: /x$", "/xy", True, "and nothing longer"),
    ("User-agent: *\nDisallow: /*?", "/x?page=2", False, "addresses with a query"),
    ("User-agent: *\nDisallow: *", "/x", False, "a star alone"),
    ("User-agent: *\nDisallow: /a*b*c", "/a1b2d", True, "all pieces must be there"),
    ("User-agent: *\nDisallow: /" + "*a" * 200 + "$", "/" + "a" * 5000 + "b", True, "many stars take no time"),
    # escapes
    ("User-agent: *\nDisallow: /သတင်း", "/%E1%80%9E%E1%80%90%E1%80%84%E1%80%BA%E1%80%B8/1", False, "Burmese letters and their escapes are one"),
    ("User-agent: *\nDisallow: /%e1%80%9e", "/%E1%80%9E/1", False, "the case of escapes does not count"),
    ("User-agent: *\nDisallow: /~x", "/%7Ex", False, "an escape that was not needed"),
    ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True, "an escaped slash is no slash"),
    # what is no rule
    ("<!doctype html><html><body><p>Front page</p></body></html>", "/a", True, "a page in the place of robots.txt"),
    ("\x00\x01 nonsense", "/a", True, "nonsense"),
    ("User-agent: *\nDisallow: /a", "/robots.txt", True, "robots.txt itself"),
]


@pytest.mark.parametrize(("text", "path", "allowed", "why"), RULES, ids=[why for *_, why in RULES])
def test_a_rule_means_what_the_standard_says(text, path, allowed, why):
    refusal = answer_of(200, text.encode()).refusal_of(f"https://x.example{path}")
    assert (refusal is None) == allowed, why


@pytest.mark.parametrize(
    ("lines", "delay_s"),
    [("", 0), ("Crawl-delay: 3", 3), ("Crawl-delay: 0.7", 0.7), ("Crawl-delay: 120", 120), ("Crawl-delay: soon", 0), ("Crawl-delay: -4", 0),
     ("Crawl-delay: inf", 0), ("Crawl-delay: nan", 0)],
)
def test_crawl_delay_is_read_in_seconds(lines, delay_s):
    answer = answer_of(200, f"User-agent: *\n{lines}\n".encode())
    assert (answer.crawl_delay_s, answer.failure) == (delay_s, None)


def test_only_our_own_crawl_delay_counts():
    text = b"User-agent: *\nCrawl-delay: 30\n\nUser-agent: nightdesk\nCrawl-delay: 2\n\nUser-agent: x\nCrawl-delay: 900\n"
    assert answer_of(200, text).crawl_delay_s == 2


def test_a_host_that_wants_more_than_two_minutes_between_requests_is_not_asked():
    refusal = answer_of(200, b"User-agent: *\nCrawl-delay: 121\n").refusal_of("https://x.example/a")
    assert (refusal.reason, "121 s" in refusal.detail) == ("crawl_delay_too_long", True)


@pytest.mark.parametrize(
    ("status", "word", "reason"),
    [(200, "allowed", None), (401, "no_robots", None), (403, "no_robots", None), (404, "no_robots", None), (410, "no_robots", None),
     (451, "no_robots", None), (429, "allowed", "robots_unreachable"), (500, "allowed", "robots_unreachable"),
     (503, "allowed", "robots_unreachable"), (204, "allowed", "robots_unreachable"), (304, "allowed", "robots_unreachable")],
)
def test_what_a_status_means(status, word, reason):
    answer = answer_of(status, b"User-agent: *\nDisallow: /\n" if status != 200 else b"")
    assert (answer.word, answer.failure and answer.failure[0]) == (word, reason)


def test_the_hash_is_that_of_the_bytes_and_only_of_a_file_that_is_there():
    body = b"\xef\xbb\xbfUser-agent: *\nDisallow: /a\n"
    assert answer_of(200, body).sha256 == hashlib.sha256(body).hexdigest()
    assert answer_of(404, body).sha256 is None


def test_of_a_giant_file_the_first_500_kib_are_read_without_the_half_line_at_the_end():
    rules = b"User-agent: *\nDisallow: /b\n#"
    whole = rules + b"x" * (ROBOTS_BYTES_MAX - len(rules) - 13) + b"\n"  # the limit cuts the next line to "Disallow: /n"
    rest = b"Disallow: /news/private\n" + b"Disallow: /after\n" * 5000
    answer = answer_of(200, whole + rest)
    assert [answer.refusal_of(f"https://x.example{path}") is None for path in ("/b", "/news/x", "/after")] == [False, True, True]
    assert text_of(whole + rest) == whole.decode()
    assert answer.sha256 == hashlib.sha256((whole + rest)[:ROBOTS_BYTES_MAX]).hexdigest()
