"""The command `nightdesk`. Each command reads its options, calls one job and prints what came out; libraries are loaded when they are needed."""

from __future__ import annotations

import dataclasses
import errno
import gc
import json
import os
import shlex
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from warehouse.errors import HOW_TO_GO_ON, AskedWrongly, NightdeskError

if TYPE_CHECKING:
    from flows.progress import Progress
    from flows.running import Summary
    from flows.searching import Found
    from warehouse.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
# Rows and libraries are ten thousands of objects of which nearly none are in cycles: with Python's own threshold of 700 a night of 1,000 pages
# spent .23 of 6.3 CPU seconds of this process on the search for cycles.
GC_OBJECTS = 50_000
OUTLET = click.option("--outlet", "outlet_ids", multiple=True, metavar="ID", help="Only this outlet; may be given several times.")


@dataclasses.dataclass(slots=True)
class Context:
    """The global options, given before or after the command's name; the later one wins."""

    data_dir: Path | None = None
    outlets_dir: Path | None = None
    as_json: bool = False

    def settings(self) -> Settings:
        """Settings from the environment, overruled by the options. Raises AskedWrongly for values that cannot be used."""
        from warehouse.settings import settings_with

        return settings_with(self.data_dir, self.outlets_dir)

    def progress(self) -> Progress:
        from flows.progress import Progress

        return Progress(quiet=self.as_json)


def keep(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    """A callback that notes a global option where it was given."""

    def note(context: click.Context, _: click.Parameter, value: Any) -> None:
        if value:
            setattr(context.ensure_object(Context), name, value)

    return note


def global_options(command: Command) -> Command:
    """Adds the global options to a command or to the group."""
    for option in (
        click.option("--json", "as_json", is_flag=True, expose_value=False, callback=keep("as_json"),
                     help="Result as JSON on stdout, talk on stderr."),
        click.option("--outlets-dir", type=click.Path(path_type=Path), expose_value=False, callback=keep("outlets_dir"), metavar="DIR",
                     help="Outlet definitions (default: those shipped; env NIGHTDESK_OUTLETS_DIR)."),
        click.option("--data-dir", type=click.Path(path_type=Path), expose_value=False, callback=keep("data_dir"), metavar="DIR",
                     help="Data folder (default: ./data; env NIGHTDESK_DATA_DIR)."),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@global_options
@click.version_option(package_name="nightdesk")
def cli() -> None:
    """Nightly news ingestion: politely collected, cleaned, deduplicated, tagged, ready to query in one DuckDB file.

    Example: nightdesk demo && nightdesk sql "select headline from articles_original"
    """


def talk(text: str) -> None:
    """A line for people, on stderr, so that stdout holds data only."""
    click.echo(text, err=True)


def give(context: Context, summary: Summary) -> None:
    """Prints how a run ended and leaves with its exit status."""
    from flows import report

    click.echo(report.as_json(summary) if context.as_json else report.as_text(summary, width=terminal_width()))
    sys.exit(summary.exit_status)


def terminal_width() -> int:
    return max(80, min(160, shutil.get_terminal_size((110, 24)).columns))


# ---------------------------------------------------------------- runs


@cli.command()
@global_options
@click.pass_obj
def demo(context: Context) -> None:
    """Runs the whole nightly job on bundled sample outlets, served on loopback: no network, no configuration.

    Example: nightdesk --data-dir demo_data demo
    """
    from flows import early

    early.begin(crawls=True)
    from flows import demo as sample
    from flows import report

    settings = context.settings()
    talk(f"Sample outlets with invented news, into {settings.data_dir}. Without a Prefect server.")
    summaries = sample.demo(settings, progress=context.progress(), say=talk)
    worst = max(summary.exit_status for summary in summaries)
    if context.as_json:
        nights = [json.loads(report.as_json(summary)) for summary in summaries]
        click.echo(json.dumps({"nights": nights, "exit_status": worst}, indent=1, ensure_ascii=False))
        sys.exit(worst)
    for number, summary in enumerate(summaries, start=1):
        click.echo(f"\nNight {number}\n{report.as_text(summary, width=terminal_width())}")
    click.echo("\nThree queries worth running:")
    for query in sample.worked_queries():
        click.echo(f"\n-- {query.question}\nnightdesk{data_dir_words(settings)} sql \"$(cat {sample.query_file(query.name)})\"")
        click.echo(result_as_text(settings, query.sql))
    sys.exit(worst)


def data_dir_words(settings: Settings) -> str:
    return "" if settings.data_dir == Path("data").resolve() else f" --data-dir {settings.data_dir}"


@cli.command()
@OUTLET
@global_options
@click.pass_obj
def nightly(context: Context, outlet_ids: tuple[str, ...]) -> None:
    """Crawls the enabled outlets and brings what is new into the published file.

    Example: nightdesk nightly --outlet dmg_en
    """
    from flows import early

    early.begin(crawls=True)
    from flows import jobs

    settings, progress = context.settings(), context.progress()
    run_job(context, settings, "nightly", lambda: jobs.nightly(settings, outlet_ids, progress=progress), outlets=list(outlet_ids) or None)


def run_job(context: Context, settings: Settings, flow: str, plain: Callable[[], Summary], **parameters: Any) -> None:
    """Runs the job as a Prefect flow where a server is there to look on, else plainly, and leaves with its exit status."""
    if with_server(settings):
        from flows.prefect_steps import run_flow

        give(context, run_flow(flow, settings, context.progress(), plain, **parameters))
    give(context, plain())


def with_server(settings: Settings) -> bool:
    """Whether a Prefect server is there to follow the run; says so either way. The results are the same."""
    if not settings.prefect_api_url:
        talk("Without a Prefect server.")
        return False
    from flows.prefect_steps import server_answers

    answers = server_answers(settings.prefect_api_url)
    talk(f"With the Prefect server at {settings.prefect_api_url}." if answers
         else f"Without a Prefect server: {settings.prefect_api_url} does not answer.")
    return answers


@cli.command()
@OUTLET
@click.option("--from", "first", metavar="DATE", help="First publication day, 2026-03-01.")
@click.option("--to", "last", metavar="DATE", help="Last publication day.")
@click.option("--warc", "warcs", is_flag=True, help="Read the WARC files that follow instead of crawling.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@global_options
@click.pass_obj
def backfill(context: Context, outlet_ids: tuple[str, ...], first: str | None, last: str | None, warcs: bool, paths: tuple[Path, ...]) -> None:
    """Brings in a past date range from the outlets, or pages from WARC files. A repeat does nothing.

    Example: nightdesk backfill --outlet dmg_en --from 2025-11-01 --to 2025-11-30
    """
    from flows import early

    early.begin(crawls=not (warcs or paths))
    from flows import jobs
    from flows.collect import Window

    settings, progress = context.settings(), context.progress()
    if warcs or paths:
        if not (warcs and paths) or outlet_ids or first or last:
            raise AskedWrongly("Give either --warc PATH..., or --outlet ID --from DATE --to DATE.")
        read_warcs = partial(jobs.backfill_warc, settings, list(paths), progress=progress)
        run_job(context, settings, "backfill-warc", read_warcs, paths=[str(path.resolve()) for path in paths])
    if not (outlet_ids and first and last):
        raise AskedWrongly("Give --outlet ID --from DATE --to DATE, or --warc PATH...")
    window = Window(day_of("--from", first), day_of("--to", last))
    if window.first > window.last:
        raise AskedWrongly(f"--from {first} lies after --to {last}.")
    crawl_window = partial(jobs.backfill_dates, settings, outlet_ids, window, progress=progress)
    run_job(context, settings, "backfill", crawl_window, outlets=list(outlet_ids), first=window.first, last=window.last)


def day_of(option: str, text: str) -> date:
    from warehouse.clock import YEARS

    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise AskedWrongly(f"{option} {text}: this is not a date. Write it like 2026-03-01.") from None
    if day.year not in YEARS:
        raise AskedWrongly(f"{option} {text}: the year must lie between {YEARS[0]} and {YEARS[-1]}.")
    return day


@cli.command(name="import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE.jsonl...")
@global_options
@click.pass_obj
def import_(context: Context, files: tuple[Path, ...]) -> None:
    """Takes articles that were extracted elsewhere, one JSON object a line, and dedupes, tags and loads them.

    Example: nightdesk import older_articles.jsonl
    """
    from flows import early

    early.begin(crawls=False)
    from flows import jobs

    talk("Without a Prefect server: an import is short and is not a flow.")
    give(context, jobs.import_files(context.settings(), list(files), progress=context.progress()))


@cli.command()
@OUTLET
@click.option("--from", "first", metavar="DATE", help="First day of capture, UTC.")
@click.option("--to", "last", metavar="DATE", help="Last day of capture, UTC.")
@click.option("--steps", default="extract,dedupe,tag", show_default=True, help="Steps to run again, separated by commas.")
@click.option("--dry-run", is_flag=True, help="Only print what would change, field by field.")
@global_options
@click.pass_obj
def reprocess(context: Context, outlet_ids: tuple[str, ...], first: str | None, last: str | None, steps: str, dry_run: bool) -> None:
    """Runs steps again over the kept captures, without the network.

    Example: nightdesk reprocess --outlet dmg_en --dry-run
    """
    from flows import early

    early.begin(crawls=False)
    from flows import reprocess_job
    from flows.layout import counted, differing

    names = tuple(name.strip() for name in steps.split(",") if name.strip())
    asked = reprocess_job.Asked(outlet_ids, day_of("--from", first) if first else None, day_of("--to", last) if last else None, names)
    settings, progress = context.settings(), context.progress()
    if not dry_run:
        plain = partial(reprocess_job.reprocess, settings, asked, progress=progress)
        run_job(context, settings, "reprocess", plain, outlets=list(outlet_ids) or None, first=asked.first, last=asked.last, steps=list(names))
    found = reprocess_job.differences(settings, asked, progress=progress)
    if context.as_json:
        click.echo(json.dumps([dataclasses.asdict(each) for each in found], ensure_ascii=False, indent=1))
        return
    for each in found:
        click.echo("\n".join([each.url, f"  {each.field}", *(f"    {line}" for line in differing(each.before, each.after))]))
    fields = ", ".join(f"{name} {count:,}" for name, count in Counter(each.field for each in found).most_common())
    articles = counted(len({each.article_id for each in found}), "article")
    click.echo(f"{counted(len(found), 'field')} of {articles} would change{f': {fields}' if found else ''}. Without --dry-run they do.")


@cli.command()
@global_options
@click.pass_obj
def maintain(context: Context) -> None:
    """Reads kept pages again, writes the database anew where much of it is empty, removes old files of runs, and publishes.

    Example: nightdesk maintain
    """
    from flows import maintenance_job

    settings, progress = context.settings(), context.progress()
    run_job(context, settings, "maintenance", lambda: maintenance_job.maintain(settings, progress=progress))


# ---------------------------------------------------------------- looking


# A query may begin with a comment, and a comment begins with what looks like an option.
@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("query", required=False)
@click.option("--dictionary", is_flag=True, help="Instead of a query: what every table, view and column means, as Markdown.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json", "parquet"]), help="Form of the result (default: table).")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the result here instead of to stdout.")
@global_options
@click.pass_obj
def sql(context: Context, query: str | None, dictionary: bool, form: str | None, out: Path | None) -> None:
    """One read-only query on the published file, in a connection that can read nothing else.

    Example: nightdesk sql "select outlet_id, count(*) from articles group by all"
    """
    from flows import results
    from warehouse.query import run_query

    settings = context.settings()
    if dictionary == bool(query) or (dictionary and form):
        raise AskedWrongly("Give one query, or --dictionary without a query and without --format.")
    if dictionary or not query:
        give_dictionary(context, settings, out)
        return
    found = run_query(settings.published_database, query, memory_limit_mb=settings.memory_limit_mb)
    chosen = form or ("json" if context.as_json else results.form_of(out))
    if out:
        results.write_file(found, chosen, out)
        talk(f"{found.num_rows} rows in {out}.")
    elif chosen == "parquet":
        raise AskedWrongly("--format parquet needs --out FILE.")
    else:
        click.echo(results.as_text(found, chosen, width=terminal_width()), nl=False)


def give_dictionary(context: Context, settings: Settings, out: Path | None) -> None:
    """The data dictionary of the published file: Markdown, or JSON with --json; into a file or onto stdout."""
    from flows.results import write_text
    from warehouse.data_dictionary import data_dictionary, described
    from warehouse.query import open_published

    with open_published(settings.published_database) as connection:
        text = as_json_lines(described(connection)) if context.as_json else data_dictionary(connection)
    if out:
        write_text(text, out)
        talk(f"The data dictionary is in {out}.")
    else:
        click.echo(text, nl=False)


def as_json_lines(records: list[Any]) -> str:
    """A list of records as a JSON array, one object a table."""
    return json.dumps([dataclasses.asdict(each) for each in records], ensure_ascii=False, indent=1) + "\n"


def result_as_text(settings: Settings, query: str) -> str:
    from flows import results
    from warehouse.query import run_query

    return results.as_text(run_query(settings.published_database, query), "table", width=terminal_width())


@cli.command()
@click.argument("article_id")
@global_options
@click.pass_obj
def show(context: Context, article_id: str) -> None:
    """One article for reading. Takes its id, the first digits of it, or any of its addresses.

    Example: nightdesk show 4de64327
    """
    from flows import showing

    found = showing.show(context.settings(), article_id)
    click.echo(showing.as_json(found) if context.as_json else showing.as_text(found, width=terminal_width()))


@cli.command()
@click.argument("article_id")
@global_options
@click.pass_obj
def why(context: Context, article_id: str) -> None:
    """Where every field and tag of an article came from, down to the kept bytes, which are read and hashed again.

    Example: nightdesk why 4de64327
    """
    from flows import evidence

    chain = evidence.why(context.settings(), article_id)
    click.echo(evidence.as_json(chain) if context.as_json else evidence.as_text(chain, width=terminal_width()))
    sys.exit(chain.exit_status)


@cli.command()
@click.argument("words", nargs=-1, metavar="WORDS...")
@OUTLET
@click.option("--from", "first", metavar="DATE", help="First publication day, 2026-03-01.")
@click.option("--to", "last", metavar="DATE", help="Last publication day.")
@click.option("--language", "languages", multiple=True, metavar="CODE", help="Only this language: en, my; may be given several times.")
@click.option("--limit", type=int, default=10, show_default=True, metavar="N", help="Most hits shown.")
@click.option("--newest", is_flag=True, help="The newest first, instead of those that fit best.")
@click.option("--all", "every_copy", is_flag=True, help="Each copy as a hit of its own, instead of under its original.")
@click.option("--rebuild", is_flag=True, help="Build the search index anew from the published file first.")
@global_options
@click.pass_obj
def search(
    context: Context, words: tuple[str, ...], outlet_ids: tuple[str, ...], first: str | None, last: str | None, languages: tuple[str, ...],
    limit: int, newest: bool, every_copy: bool, rebuild: bool,
) -> None:
    """Ranked full-text search in English and Burmese. All words must be found; several within quotation marks are a phrase; OR and NOT combine.

    Example: nightdesk search "air strike" rathedaung --from 2025-11-01
    """
    from flows import searching

    settings = context.settings()
    if rebuild:
        articles = searching.build_index(settings)
        talk(f"The search index was built anew: {articles:,} articles.")
        if not words:
            return
    options = searching.Options(
        outlet_ids, languages, day_of("--from", first) if first else None, day_of("--to", last) if last else None, limit, newest, every_copy,
    )
    if options.first and options.last and options.first > options.last:
        raise AskedWrongly(f"--from {first} lies after --to {last}.")
    if not 1 <= limit <= searching.LIMIT_MAX:
        raise AskedWrongly(f"--limit {limit}: give a number from 1 to {searching.LIMIT_MAX}.")
    give_hits(context, searching.search_for(settings, words, options, say=talk))


def give_hits(context: Context, found: Found) -> None:
    """The hits on stdout; how many there are, and what the query left out, beside them."""
    from flows import searching

    if context.as_json:
        click.echo(searching.as_json(found), nl=False)
    elif found.hits:
        bold = sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")
        click.echo(searching.as_text(found, width=terminal_width(), bold=bold) + "\n")
    talk(searching.closing_line(found))
    for note in found.notes:
        talk(note)


@cli.command()
@click.option("--date", "day", metavar="DATE", help="Day of news, 2026-03-01 (default: the one that the last nightly run worked for).")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write here; .html, .md or .json say the form.")
@click.option("--format", "form", type=click.Choice(["html", "markdown", "json"]), help="Form of the page (default: html).")
@global_options
@click.pass_obj
def briefing(context: Context, day: str | None, out: Path | None, form: str | None) -> None:
    """The morning page: what came in, what was copied from whom, where it happened, what changed and what is broken. One HTML file, no network.

    Example: nightdesk briefing --date 2026-03-03 --out march_3.html
    """
    from flows.briefing import making

    settings = context.settings()
    content = making.read_content(settings, day_of("--date", day) if day else None)
    chosen = form or (making.form_of(out) if out else "json" if context.as_json else "html")
    page = making.FORMS[chosen](content)
    if not out and chosen != "html":
        click.echo(page, nl=False)
        return
    talk_or_give = talk if context.as_json else click.echo
    talk_or_give(making.as_text(content, making.write(page, out or making.page_path(settings, content.day))))


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--csv", "with_csv", is_flag=True, help="Also every table as CSV that spreadsheets can open safely.")
@click.option("--json-ld", "with_json_ld", is_flag=True, help="Also every article as a schema.org NewsArticle.")
@global_options
@click.pass_obj
def export(context: Context, folder: Path, with_csv: bool, with_json_ld: bool) -> None:
    """A frozen release to cite: Parquet per table, and a manifest with hashes, the moment it stands for, and what each column means.

    Example: nightdesk export release_2026_03
    """
    from flows import exporting

    release = exporting.export(context.settings(), folder, with_csv=with_csv, with_json_ld=with_json_ld)
    click.echo(exporting.as_json(release) if context.as_json else exporting.as_text(release))


@cli.command()
@click.argument("url")
@click.option("--yes", is_flag=True, help="Do not ask.")
@global_options
@click.pass_obj
def forget(context: Context, url: str, yes: bool) -> None:
    """Withdraws an article everywhere: rows, kept pages, search index, reports of runs. Only a hash stays, which keeps it out. Cannot be undone.

    Example: nightdesk forget https://www.example.org/news/1 --yes
    """
    from flows import forgetting

    if not yes:
        if not sys.stdin.isatty():
            raise AskedWrongly("This cannot be undone, so it has to be confirmed. Give --yes.")
        click.confirm(f"Withdraw {url} for good, with every version and kept page of it?", abort=True, err=True)
    done = forgetting.forget(context.settings(), url, progress=context.progress())
    click.echo(forgetting.as_json(done) if context.as_json else forgetting.as_text(done, width=terminal_width()))
    sys.exit(done.exit_status)


@cli.command()
@click.option("--all", "whole", is_flag=True, help="Read every kept page and every block of the databases, not a sample.")
@click.option("--dry-run", is_flag=True, help="Repair nothing; say what would be repaired.")
@click.option("--restore", is_flag=True, help="Go back to the published file and take in what was kept since.")
@click.option("--rebuild", is_flag=True, help="Make a new database from the captures alone, beside the old one, and compare the two.")
@click.option("--swap", is_flag=True, help="With --rebuild: put it in the place of the old one and publish.")
@global_options
@click.pass_obj
def doctor(context: Context, whole: bool, dry_run: bool, restore: bool, rebuild: bool, swap: bool) -> None:
    """Examines the machine, the data folder and the last runs, says what to do, and repairs what is safe to repair.

    Example: nightdesk doctor --dry-run
    """
    from flows import doctor as examining

    if restore + rebuild + (whole or dry_run) > 1 or (swap and not rebuild):
        raise AskedWrongly("Give one of --restore, --rebuild, and --all or --dry-run. --swap belongs to --rebuild.")
    if restore or rebuild:
        mend(context, swap=swap, whole=rebuild)
    health = examining.doctor(context.settings(), whole=whole, dry_run=dry_run, progress=context.progress())
    click.echo(examining.as_json(health) if context.as_json else examining.as_text(health, width=terminal_width()))
    sys.exit(health.exit_status)


def mend(context: Context, *, swap: bool, whole: bool) -> NoReturn:
    """Goes back to the published file, or rebuilds all from the captures, and leaves with how that ended."""
    from flows import rebuilding

    settings, progress, width = context.settings(), context.progress(), terminal_width()
    if whole:
        rebuilt = rebuilding.rebuild(settings, swap=swap, progress=progress)
        click.echo(rebuilding.as_json(rebuilt) if context.as_json else rebuilding.rebuilt_as_text(rebuilt, width=width))
        sys.exit(rebuilt.exit_status)
    restored = rebuilding.restore(settings, progress=progress)
    click.echo(rebuilding.as_json(restored) if context.as_json else rebuilding.restored_as_text(restored, width=width))
    sys.exit(restored.exit_status)


@cli.command()
@click.argument("file_or_url")
@click.option("--outlet", "outlet_id", required=True, metavar="ID", help="Outlet whose rules are used.")
@click.option("--url", metavar="URL", help="Address of the page, where a file does not say it.")
@global_options
@click.pass_obj
def inspect(context: Context, file_or_url: str, outlet_id: str, url: str | None) -> None:
    """Dry run on one page: what would be extracted and tagged. Nothing is stored.

    Example: nightdesk inspect saved_page.html --outlet dmg_en
    """
    from flows import inspection

    found = inspection.inspect_page(context.settings(), file_or_url, outlet_id, url)
    click.echo(inspection.as_json(found) if context.as_json else inspection.as_text(found, width=terminal_width()))
    sys.exit(found.exit_status)


@cli.command()
@click.argument("action", type=click.Choice(["list", "check", "new"]), default="list")
@click.argument("url", required=False)
@click.option("--id", "outlet_id", metavar="OUTLET_ID", help="With new: the outlet's id and file name (default: made of host and language).")
@click.option("--dry-run", is_flag=True, help="With new: print the definition instead of writing it.")
@global_options
@click.pass_obj
def outlets(context: Context, action: str, url: str | None, outlet_id: str | None, dry_run: bool) -> None:
    """The outlets and their state (list), all faults of all definitions (check), or a definition made by looking at a site (new URL).

    Example: nightdesk outlets new https://www.example.org/ --id example_en
    """
    if action == "new":
        new_outlet(context, url, outlet_id, dry_run)
    if url or outlet_id or dry_run:
        raise AskedWrongly(f"URL, --id and --dry-run belong to `nightdesk outlets new`, not to `nightdesk outlets {action}`.")
    from flows import outlet_listing

    settings = context.settings()
    found = outlet_listing.check(settings) if action == "check" else outlet_listing.listing(settings)
    click.echo(outlet_listing.as_json(found) if context.as_json else outlet_listing.as_text(found, width=terminal_width()))
    sys.exit(found.exit_status)


def new_outlet(context: Context, url: str | None, outlet_id: str | None, dry_run: bool) -> NoReturn:
    """Looks at a site, writes or prints its definition, and leaves."""
    from flows import outlet_writing

    if not url:
        raise AskedWrongly("Name the site: nightdesk outlets new https://www.example.org/")
    new = outlet_writing.new_outlet(context.settings(), url, outlet_id, dry_run=dry_run, progress=context.progress())
    if context.as_json:
        click.echo(outlet_writing.as_json(new))
    elif dry_run and not new.is_refused:
        click.echo(new.found["definition"], nl=False)
        talk(outlet_writing.as_text(new, width=terminal_width()))
    else:
        click.echo(outlet_writing.as_text(new, width=terminal_width()))
    sys.exit(new.exit_status)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where the server listens. It asks nobody who they are.")
@click.option("--port", type=click.IntRange(1, 65535), default=4200, show_default=True, metavar="N", help="Its port.")
@click.option("--print", "form", type=click.Choice(["systemd", "compose"]), help="Print a unit or a compose file for this schedule, and do nothing.")
@global_options
@click.pass_obj
def schedule(context: Context, host: str, port: int, form: str | None) -> None:
    """Runs every night by itself: a Prefect server, a worker and the deployments of prefect.yaml, until it is stopped.

    Example: nightdesk schedule --port 4300
    """
    from flows import scheduling

    if form:
        click.echo(scheduling.printed(form, context.settings(), host, port), nl=False)
        return
    sys.exit(scheduling.schedule(context.settings(), host=host, port=port, say=talk))


class WithoutPandas(MetaPathFinder):
    """Lets no import find pandas, as if it were not installed.

    Where it is, DuckDB and pyarrow load it to ask of each value that they are handed whether it is one of pandas' own. No command has such a value,
    and loading it takes longer than most queries.
    """

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:  # noqa: ARG002 - the form that Python asks for
        if fullname == "pandas":
            raise ModuleNotFoundError("no command of nightdesk uses pandas", name=fullname)


def main() -> None:
    """Runs the command. Every error becomes one sentence on stderr and the exit status of the contract."""
    context = Context()
    try:
        # A run sets handlers of its own later; these are for the seconds in which the libraries load, and for commands that are no runs.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.default_int_handler)
        sys.meta_path.insert(0, WithoutPandas())
        gc.set_threshold(GC_OBJECTS)
        cli.main(standalone_mode=False, obj=context)
    except click.exceptions.Abort:
        stop(HOW_TO_GO_ON, 1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except NightdeskError as error:
        stop(str(error), error.exit_status)
    except KeyboardInterrupt:
        stop(HOW_TO_GO_ON, 1)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - whatever is left: written down whole, told in one sentence
        stop(f"{sentence_of(error)}{note_error(context, error)}", 1)


NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def sentence_of(error: Exception) -> str:
    """What happened and what to do, for an error that nobody foresaw."""
    first = next(iter(str(error).strip().splitlines()), "")
    of_database = type(error).__module__.split(".")[0] in ("duckdb", "_duckdb")
    if (isinstance(error, OSError) and error.errno in NO_SPACE) or (of_database and os.strerror(errno.ENOSPC) in str(error)):
        return f"The disk is full ({first}). Free some space and run the same command again."
    if isinstance(error, MemoryError):
        return "The memory ran out. Close other programs, or set NIGHTDESK_WORKERS lower, and run the same command again."
    if isinstance(error, OSError):
        return f"The system refused: {first}. Mend that and run the same command again."
    if of_database:
        return f"The database failed: {first} What was loaded stays; run the same command again to go on."
    return f"unexpected error: {type(error).__name__}: {first.rstrip('.')}."


def note_error(context: Context, error: Exception) -> str:
    """Writes the traceback to the errors.log of the data folder and says where it is; says nothing where that is not possible."""
    try:
        path = context.settings().runs_dir / "errors.log"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(path, "a", encoding="utf-8", errors="backslashreplace") as file:
            # What is to be forgotten must not be written down.
            words = "forget" if "forget" in sys.argv else shlex.join(sys.argv[1:])
            file.write(f"{datetime.now(UTC).isoformat()} {words}\n{''.join(traceback.format_exception(error))}\n")
    except (OSError, NightdeskError, MemoryError):
        return ""
    return f" It is written down in {path}."


def stop(sentence: str, status: int) -> None:
    talk(f"nightdesk: {sentence}")
    sys.exit(status)


if __name__ == "__main__":
    main()
