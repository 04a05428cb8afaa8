"""What the program has, its documents describe; what they show, it still does."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from crawlers import failures
from crawlers.outlet import REPEATED, TABLES, TOP
from crawlers.report import ALERTS
from flows.cli import cli
from flows.steps.tag import TAGGERS
from warehouse.data_dictionary import data_dictionary, described
from warehouse.db import sql_files
from warehouse.query import open_published
from warehouse.settings import SHIPPED_OUTLETS_DIR, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GLOBAL_OPTIONS = {"--data-dir", "--outlets-dir", "--json", "--help"}
STAGES = {"discover", "fetch", "keep", "extract", "import"}


# ---------------------------------------------------------------- commands and settings


@pytest.mark.parametrize("name", cli.commands)
def test_the_readme_describes_a_command_with_all_its_options(name):
    row = re.search(rf"^\| `nightdesk {name}\b.*$", README, re.M)
    assert row, f"README.md, Commands: there is no row for nightdesk {name}"
    missing = {option for option in long_options(cli.commands[name]) - GLOBAL_OPTIONS if f"`{option}" not in row[0]}
    assert not missing, f"README.md, row of nightdesk {name}: {missing}"


def test_the_readme_describes_the_global_options():
    assert not {option for option in long_options(cli) | GLOBAL_OPTIONS if option not in README}


def test_the_readme_names_no_command_that_is_not_there():
    named = set(re.findall(r"nightdesk (?:--data-dir \S+ |--json )*([a-z]+)\b", "\n".join(code_of(README) + code_of(CONTRIBUTING))))
    assert not named - set(cli.commands)


@pytest.mark.parametrize("name", cli.commands)
def test_the_help_of_a_command_has_an_example(name):
    assert re.search(rf"^ *Example: nightdesk .*\b{name}\b", cli.commands[name].help or "", re.M)


def test_the_readme_lists_every_setting_with_its_default():
    missing = [row for row in settings_rows() if row not in README]
    assert not missing, "README.md, Settings, should have:\n" + "\n".join(missing)


def settings_rows() -> list[str]:
    rows = []
    for name, field in Settings.model_fields.items():
        default = "crawlers/outlets" if field.default == SHIPPED_OUTLETS_DIR else field.default
        shown = f"`{default}`" if str(default) else "empty"
        rows.append(f"| `{field.validation_alias or 'NIGHTDESK_' + name.upper()}` | {shown} | {field.description} |")
    return rows


def long_options(command: click.Command) -> set[str]:
    return {option for parameter in command.params if isinstance(parameter, click.Option) for option in parameter.opts if option.startswith("--")}


def code_of(text: str) -> list[str]:
    """Inline code and fenced blocks."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    return fenced + re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


# ---------------------------------------------------------------- outlets, taggers, reasons


def outlet_keys() -> list[str]:
    return [*TOP, *(f"{table}.{key}" for table, keys in (REPEATED | TABLES).items() for key in keys)]


@pytest.mark.parametrize("key", outlet_keys())
def test_contributing_describes_a_key_of_outlet_files(key):
    assert f"\n| `{key}` |" in CONTRIBUTING


@pytest.mark.parametrize("tagger", TAGGERS, ids=lambda tagger: tagger.__name__)
def test_contributing_describes_a_tagger(tagger):
    assert f"\n| `{tagger.__name__}` | `{tagger.__module__.rsplit('.', 1)[1]}.py` |" in CONTRIBUTING


def test_every_reason_for_a_rejection_is_explained_in_the_readme():
    missing = {reason: where for reason, where in reasons_in_code().items() if f"`{reason}`" not in README}
    assert not missing, f"README.md, What was not taken: {missing}"


def test_the_reasons_that_the_readme_explains_are_those_of_the_code():
    section = README.split("## What was not taken, and why")[1].split("\nAn outlet that could not")[0]
    explained = {word for row in re.findall(r"^\| [a-z, ]+ \| (`.*?) \|", section, re.M) for word in re.findall(r"`([^`]+)`", row)}
    assert explained - set(reasons_in_code()) == set()


def test_the_readme_names_every_alert_of_an_outlet():
    assert not [alert for alert in (*ALERTS, "crawl_failed") if f"`{alert}`" not in README]


def reasons_in_code() -> dict[str, str]:
    """Every reason that the code can give for a rejection, with a place where it does."""
    found = {reason: "crawlers/failures.py" for _, reason in failures.REASONS} | dict.fromkeys(("tls", "internal_error"), "crawlers/failures.py")
    for path in code_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for reason in reasons_of(node):
                found.setdefault(reason, f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


# Where the reason stands among the arguments of a call.
REASON_AT = {"Rejected": 1, "Rejection": 4, "FetchFailed": 0, "reject": 2, "reject_all": 1, "refuse": 0, "fail": 1}


def reasons_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        at = 1 if name == "give_up" and len(node.args) == 4 else REASON_AT.get(name)
        reasons = [node.args[at]] if at is not None and len(node.args) > at else []
        # RobotsAnswer(failure=(reason, detail)): what robots.txt itself came to.
        tuples = [each for keyword in node.keywords if keyword.arg == "failure" for each in ast.walk(keyword.value) if isinstance(each, ast.Tuple)]
        return [word for each in (*reasons, *(pair.elts[0] for pair in tuples)) if (word := literal(each))]
    if isinstance(node, ast.Tuple) and len(node.elts) == 3 and literal(node.elts[0]) in STAGES and literal(node.elts[1]) not in {None, "dedupe"}:
        return [literal(node.elts[1])]
    return []


def literal(node: ast.AST) -> str | None:
    """The text of a literal; what is filled in becomes <status>."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "<status>" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def code_files() -> list[Path]:
    found = [path for folder in ("crawlers", "flows", "warehouse") for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "sample_world" not in path.parts)


# ---------------------------------------------------------------- tables, views, checks, queries


def test_every_table_column_and_view_has_a_comment(demo_world):
    with open_published(demo_world.database) as connection:
        everything = described(connection)
    assert {each.kind for each in everything} == {"table", "view"}
    assert not [each.name for each in everything if not each.comment]
    assert not [f"{each.name}.{column.name}" for each in everything if each.kind == "table" for column in each.columns if not column.comment]


def test_the_readme_names_every_table_and_view(demo_world):
    with open_published(demo_world.database) as connection:
        names = [each.name for each in described(connection)]
    assert not [name for name in names if f"\n| `{name}` |" not in README]


def test_the_data_dictionary_gives_columns_types_and_grain(demo_world):
    with open_published(demo_world.database) as connection:
        text = data_dictionary(connection)
    assert "\n### figures\n\nOne row per number in the body that counts people or things.\n" in text
    assert "\n| `published_on` | DATE | Day of publication in the outlet's own zone. |\n" in text
    assert "\n### coverage_daily\n\nOne row per outlet, language and publication day.\n" in text
    assert text.index("## Tables") < text.index("### articles\n") < text.index("## Views") < text.index("### articles_original\n")


@pytest.mark.parametrize(("folder", "name"), [(folder, name) for folder in ("checks", "views") for name in sql_files(folder)])
def test_a_check_or_view_says_in_its_first_line_what_it_is(folder, name):
    assert re.match(r"-- [A-Z].{20,}", sql_files(folder)[name].splitlines()[0])


def test_the_readme_lists_every_worked_query_with_its_question():
    rows = [f"| `{name}.sql` | {text.splitlines()[0].removeprefix('-- ')} |" for name, text in sql_files("queries").items()]
    missing = [row for row in rows if row not in README]
    assert not missing, "README.md, Ask it, should have:\n" + "\n".join(missing)


# ---------------------------------------------------------------- what the README shows


def shown_queries() -> list[tuple[str, str]]:
    """(command, what it printed) of the console blocks."""
    return re.findall(r'^```console\n\$ ([^"`]*"[^"]*")\n(.*?)^```', README, re.M | re.S)


def test_the_readme_shows_a_query():
    assert len(shown_queries()) == README.count("```console") >= 1


@pytest.mark.parametrize(("command", "printed"), shown_queries(), ids=range(len(shown_queries())))
def test_the_query_of_the_readme_gives_what_the_readme_shows(command, printed, demo_world):
    program, *words = shlex.split(command)
    assert program == "nightdesk"
    # Without settings of the person who runs the tests, and without a width of their terminal.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_")) and name != "COLUMNS"}
    call = [sys.executable, "-m", "flows.cli", "--data-dir", str(demo_world.data_dir), *words]
    done = subprocess.run(call, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, printed), done.stderr


def test_the_demo_runs_the_queries_that_it_prints(demo_world):
    for name in re.findall(r"warehouse/queries/(\w+)\.sql", demo_world.output):
        assert f"-- {sql_files('queries')[name].splitlines()[0].removeprefix('-- ')}" in demo_world.output


@pytest.mark.parametrize("document", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_files_that_a_document_names_are_there(document):
    named = re.findall(r"(?<![\w/<])((?:crawlers|flows|warehouse|tests|\.ci)/[\w./-]*\w/?)", " ".join(code_of(document)))
    assert named
    invented = {"crawlers/outlets/example_daily.toml", "tests/steps/test_tag_"}
    assert not [path for path in named if path not in invented and not (ROOT / path).exists()]


def test_links_inside_the_readme_lead_somewhere():
    headings = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^## (.+)$", README, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) == headings


# ---------------------------------------------------------------- what no file may hold


def test_no_file_names_a_machine_path_or_a_package_registry():
    # Put together here, so that this file does not hold them.
    forbidden = re.compile("|".join(re.escape(first + rest) for first, rest in (
        ("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/"), ("/Us", "ers/"), ("py", "pi.org"), ("python", "hosted.org"), ("registry.", "npmjs"),
        ("--index", "-url"), ("--extra-index", "-url"),
    )))
    found = {path: forbidden.findall(path.read_text(encoding="utf-8")) for path in text_files()}
    assert not {str(path.relative_to(ROOT)): words for path, words in found.items() if words}


def text_files() -> list[Path]:
    """Every file of the project, tracked or about to be, that is text."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:1024]]
