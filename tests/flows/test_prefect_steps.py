"""What is said about a run to a Prefect server, and which addresses count as one. Prefect itself is not imported here: that takes seconds."""

import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from flows.prefect_steps import as_markdown, attention, names, one_line, server_answers
from flows.running import Summary

COUNTS = dict.fromkeys(("discovered", "skipped_known", "fetched", "not_modified", "failed", "extracted", "rejected", "new", "updated",
                        "unchanged", "copies"), 0)


def summary(**given) -> Summary:
    return Summary(**{
        "run_id": "20260302T190000Z-3f9a", "kind": "nightly", "state": "completed", "started_at": "2026-03-02T19:00:00+00:00", "seconds": 15.5,
        "published": "news.duckdb", "outlets": [{"outlet_id": "daily_en", **COUNTS, "new": 3, "alert": None}], "rejections": [], "findings": [],
        "alerts": [], "notes": [],
    } | given)


def finding(detail: str) -> dict:
    return {"run_id": "r", "name": "tags_cut_out_their_text", "outlet_id": "daily_en", "level": "error", "observed": detail,
            "expected": "the same", "detail": detail}


def test_a_complete_run_needs_no_attention():
    shown = as_markdown(summary())
    assert shown == "# nightly completed in 15.5 s: 3 new, 0 updated, 0 unchanged, 0 copies.\n\nNothing needs attention."


def test_alerts_of_the_run_and_of_its_outlets_need_attention():
    alerted = summary(alerts=["WARC damaged: a"], outlets=[{"outlet_id": "daily_en", **COUNTS, "alert": "no article for 3 days"}])
    assert attention(alerted) == ["WARC damaged: a", "daily_en: no article for 3 days"]


def test_findings_are_counted_because_they_may_quote_an_article():
    shown = as_markdown(summary(findings=[finding("Boat owners on the Kaladan"), finding("said on Monday")]))
    assert "- error: tags_cut_out_their_text, daily_en: 2 rows in the table checks" in shown
    assert "Kaladan" not in shown
    assert "Monday" not in shown


def test_what_was_not_taken_is_named_with_its_reason():
    shown = as_markdown(summary(rejections=[{"outlet_id": "daily_en", "stage": "extract", "reason": "too_short", "pages": 2}]))
    assert "- daily_en: 2 too_short (extract)" in shown


@pytest.mark.parametrize(("said", "shown"), [
    ("two\nlines", "two lines"),
    ("<img src=x>", "&lt;img src=x&gt;"),
    ("[click](http://bad.example/)", "\\[click](http://bad.example/)"),
    ("x" * 400, "x" * 300 + "..."),
])
def test_what_a_server_said_stays_one_plain_line(said, shown):
    assert one_line(said) == shown


@pytest.mark.parametrize(("outlet_ids", "shown"), [
    (None, "all outlets"),
    ([], "all outlets"),
    (["dmg_en"], "dmg_en"),
    (["a", "b", "c"], "a, b, c"),
    (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
])
def test_the_name_of_a_run_holds_a_few_outlets(outlet_ids, shown):
    assert names(outlet_ids) == shown


# ---------------------------------------------------------------- whether a server answers


@contextmanager
def answering(status_line: bytes):
    """A port of 127.0.0.1 that answers one request with this status."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def answer():
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(status_line + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        thread.join()


def test_a_healthy_server_answers():
    with answering(b"HTTP/1.1 200 OK") as api_url:
        assert server_answers(api_url)


@pytest.mark.parametrize("status_line", [b"HTTP/1.1 503 Service Unavailable", b"SSH-2.0-OpenSSH_9.2"])
def test_a_port_where_something_else_answers_is_no_server(status_line):
    with answering(status_line) as api_url:
        assert not server_answers(api_url)


def test_a_port_that_nobody_listens_at_and_one_that_says_nothing_are_no_servers(monkeypatch):
    monkeypatch.setattr("flows.prefect_steps.HEALTH_TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert not server_answers(f"http://127.0.0.1:{port}/api")
    assert not server_answers(f"http://127.0.0.1:{port}/api")


@pytest.mark.parametrize("api_url", ["", "prefect", "file:///etc/hostname", "http://", "http://[::1", "http://127.0.0.1:notaport/api"])
def test_an_address_that_is_none_is_no_server(api_url):
    assert not server_answers(api_url)


def test_asking_for_a_server_does_not_import_prefect():
    import subprocess

    ask = "import sys; from flows.prefect_steps import server_answers; server_answers('http://127.0.0.1:1/api'); sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", ask], check=False).returncode == 0


def test_every_flow_of_the_command_can_be_loaded():
    code = "from importlib import import_module\nfrom flows.prefect_steps import FLOWS\n" \
           "print(all(callable(getattr(import_module(module), function)) for module, function in FLOWS.values()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
