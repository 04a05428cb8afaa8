"""`nightdesk outlets new`: looks at a site through the crawl child and writes the outlet file that its findings make."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawlers.addresses import is_loopback, literal_address
from crawlers.crawl import needs_contact
from crawlers.hosts import web_parts
from crawlers.outlet import OUTLET_ID, FetchRules, Outlet, read_outlet, read_outlets
from crawlers.survey_child import REQUESTS_MAX
from crawlers.survey_place import outlet_id_of
from crawlers.survey_toml import quoted
from flows.collect import STOP_PATIENCE_S, job_of
from flows.progress import Progress
from flows.report import printable, table
from flows.running import clock_of
from warehouse.errors import AskedWrongly, NightdeskError
from warehouse.settings import Settings

PROVISIONAL_ID = "survey"
# Why a site was not looked at, as a sentence; what is not named here is told as the crawl tells it.
REFUSALS = {
    "blocked": "it refuses to be asked ({detail}). That is respected: write to the outlet, or leave it.",
    "robots_disallowed": "its robots.txt forbids the home page. That is respected: ask the outlet for permission.",
    "robots_unreachable": "its robots.txt cannot be read, which forbids everything until it can ({detail}). Try again later.",
    "crawl_delay_too_long": "its robots.txt asks for longer pauses than a run can keep ({detail}). Ask the outlet, or leave it.",
    "http_429": "it asks to be left alone for now (HTTP 429). Try again tomorrow.",
    "retry_after": "it asks to be left alone for now ({detail}). Try again then.",
    "no_page": "the address does not lead to a page of a site ({detail}).",
    "dns": "there is no such host, or the name cannot be looked up ({detail}).",
    "address_refused": "it lies in a private network, which is not asked ({detail}).",
}


@dataclass(frozen=True, slots=True)
class NewOutlet:
    """What a look at a site came to. `path` is None where nothing was written; `found` is the report of the look."""

    url: str
    outlet_id: str
    found: dict[str, Any]
    path: Path | None = None
    also: tuple[str, ...] = ()  # outlets that are defined for the same host

    @property
    def is_refused(self) -> bool:
        return "definition" not in self.found

    @property
    def sources(self) -> list[dict[str, Any]]:
        return list(self.found.get("sources", ()))

    @property
    def exit_status(self) -> int:
        """0 where at least one source is written: without one, somebody has to find one before the outlet is of use."""
        return 0 if any(source["state"] == "good" for source in self.sources) else 1


def new_outlet(settings: Settings, url: str, outlet_id: str | None, *, dry_run: bool, progress: Progress) -> NewOutlet:
    """Looks at the site and writes its definition, or writes nothing where it may not be asked, or with `dry_run`.

    Raises AskedWrongly for an address that is none, an id that is none or taken, and a missing contact; NightdeskError where the look broke off.
    """
    outlet = provisional(url, settings)
    taken = known_outlets(settings)
    if outlet_id:
        refuse_id(settings, outlet_id, dry_run)
    if not settings.contact and needs_contact([outlet], settings.proxy_url):
        raise AskedWrongly(
            "NIGHTDESK_CONTACT is not set. Set it to an e-mail address or the URL of a page about you, so that the outlet can reach you."
        )
    found = look(settings, outlet, progress)
    if "definition" not in found:
        return NewOutlet(url, outlet_id or "", found)
    outlet_id = outlet_id or outlet_id_of(urlsplit(found["homepage"]).hostname or "", found["language"])
    same = tuple(known.outlet_id for known in taken if known.serves(found["homepage"]))
    if dry_run:
        return NewOutlet(url, outlet_id, found, also=same)
    return NewOutlet(url, outlet_id, found, write(settings.outlets_dir, outlet_id, found["definition"]), same)


def provisional(url: str, settings: Settings) -> Outlet:
    """The outlet as which the site is asked, before anything is known of it. Raises AskedWrongly for what is no address of a site.

    An address of this machine may be asked because it was typed as one, and no other private address with it.
    """
    parts = web_parts(url.strip())
    if parts is None:
        hint = f" Write it like https://{url.strip()}" if "://" not in url and "." in url else " Write it with http:// or https://."
        raise AskedWrongly(f"{url}: this is not the address of a site.{hint}")
    if parts.username is not None or "@" in parts.netloc:
        raise AskedWrongly(f"{parts.hostname}: an address with a user name is not asked. Outlets are read as every reader sees them.")
    host = parts.hostname or ""
    homepage = parts._replace(fragment="", path=parts.path or "/").geturl()
    outlet = Outlet(PROVISIONAL_ID, host, homepage, "ZZ", "und", "UTC")
    allowed = (own_address(host),) if is_loopback(host) else ()
    # Requests that do not leave the machine spare nobody.
    delay_s = FetchRules().delay_s if needs_contact([outlet], settings.proxy_url) else 0.0
    return Outlet(PROVISIONAL_ID, host, homepage, "ZZ", "und", "UTC", fetch=FetchRules(delay_s=delay_s, allow_addresses=allowed))


def own_address(host: str) -> str:
    """The one address of this machine that a host stands for."""
    address = literal_address(host)
    return "127.0.0.1" if address is None else str(address)


def known_outlets(settings: Settings) -> list[Outlet]:
    """The outlets that are defined already. Raises AskedWrongly where the folder is not there."""
    return list(read_outlets(settings.outlets_dir)[0].values())


def refuse_id(settings: Settings, outlet_id: str, dry_run: bool) -> None:
    """Raises AskedWrongly for an id that is none, or whose file is there."""
    if not OUTLET_ID.fullmatch(outlet_id):
        raise AskedWrongly(f"--id {outlet_id}: this is not an outlet id. Use 2 to 40 of a-z, 0-9 and _, such as dmg_en.")
    path = settings.outlets_dir / f"{outlet_id}.toml"
    if not dry_run and path.exists():
        raise AskedWrongly(taken_text(path))


def taken_text(path: Path) -> str:
    return f"{path} is there already and is not overwritten. Name another outlet with --id, or see what is found with --dry-run."


# ---------------------------------------------------------------- the look


def look(settings: Settings, outlet: Outlet, progress: Progress) -> dict[str, Any]:
    """The report of the child. Raises NightdeskError where there is none: the child was killed, or the disk is full."""
    with tempfile.TemporaryDirectory(prefix="nightdesk-survey-") as name:
        folder = Path(name)
        report = folder / "runs" / PROVISIONAL_ID / "survey.json"
        job = write_job(folder, settings, outlet)
        with open(folder / "survey.log", "w+", encoding="utf-8") as log:
            follow(job, log, outlet, progress)
            try:
                found: dict[str, Any] = json.loads(report.read_text("utf-8"))
            except (OSError, ValueError) as error:
                log.seek(0)
                last = next(iter(reversed(log.read().strip().splitlines())), str(error))
                why = f"the look ended without a report ({printable(last)[:300]}). Run the same command again."
                raise NightdeskError(f"{outlet.homepage}: {why}") from error
    return found


def write_job(folder: Path, settings: Settings, outlet: Outlet) -> Path:
    """The job of the child, with the provisional definition in a folder of its own."""
    outlets, runs = folder / "outlets", folder / "runs" / PROVISIONAL_ID
    outlets.mkdir()
    runs.mkdir(parents=True)
    (outlets / f"{PROVISIONAL_ID}.toml").write_text(provisional_text(outlet), encoding="utf-8")
    aside = settings.model_copy(update={"data_dir": folder, "outlets_dir": outlets})
    job = runs / "crawl.json"
    job.write_text(json.dumps(job_of(aside, PROVISIONAL_ID, clock_of(settings).offset_s, [PROVISIONAL_ID])), encoding="utf-8")
    return job


def provisional_text(outlet: Outlet) -> str:
    values = {"name": outlet.name, "homepage": outlet.homepage, "country": outlet.country, "language": outlet.language, "time_zone": outlet.time_zone}
    lines = [f"{key} = {quoted(value)}" for key, value in values.items()]
    blocks = ", ".join(map(quoted, outlet.fetch.allow_addresses))
    return "\n".join([*lines, "[fetch]", f"delay_s = {outlet.fetch.delay_s!r}", f"allow_addresses = [{blocks}]", ""])


def follow(job: Path, log: Any, outlet: Outlet, progress: Progress) -> None:
    """Runs the child to its end and shows how far it is. It is stopped when this ends before it."""
    command = [sys.executable, "-m", "crawlers.survey_child", str(job)]
    with (
        progress.bar(f"looking at {outlet.canonical_host}", REQUESTS_MAX) as bar,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True) as child,
    ):
        try:
            lines = child.stdout or ()
            for line in lines:
                if line.startswith('{"sent"'):
                    bar.set(done=int(json.loads(line)["sent"]), of=REQUESTS_MAX)
        finally:
            if child.poll() is None:
                child.terminate()
                try:
                    child.wait(STOP_PATIENCE_S)
                except subprocess.TimeoutExpired:
                    child.kill()


# ---------------------------------------------------------------- the file


def write(folder: Path, outlet_id: str, definition: str) -> Path:
    """Writes the file whole or not at all, and never over another. Raises AskedWrongly where its name is taken."""
    path = folder / f"{outlet_id}.toml"
    open_path = folder / f".{outlet_id}.toml.{os.getpid()}.open"
    try:
        with open(open_path, "w", encoding="utf-8") as file:
            file.write(definition)
            file.flush()
            os.fsync(file.fileno())
        refuse_faulty(outlet_id, definition)
        take_name(open_path, path)
    except FileExistsError:
        raise AskedWrongly(taken_text(path)) from None
    except OSError as error:
        raise NightdeskError(f"{path}: the definition cannot be written ({error.strerror or error}). It is shown with --dry-run.") from error
    finally:
        open_path.unlink(missing_ok=True)
    return path


def take_name(open_path: Path, path: Path) -> None:
    """Gives a whole file its name. Raises FileExistsError where the name is taken, which a rename would not."""
    try:
        os.link(open_path, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(path) from None
        os.replace(open_path, path)


def refuse_faulty(outlet_id: str, definition: str) -> None:
    """Raises NightdeskError for a definition of ours that `outlets check` would not accept: a mistake in this program."""
    with tempfile.TemporaryDirectory(prefix="nightdesk-survey-") as name:
        copy = Path(name) / f"{outlet_id}.toml"
        copy.write_text(definition, encoding="utf-8")
        _, faults = read_outlet(copy)
    if faults:
        raise NightdeskError(f"The definition that was made has faults ({faults[0]}), so it was not written. Please report this; see --dry-run.")


# ---------------------------------------------------------------- telling


def as_json(new: NewOutlet) -> str:
    told = {"url": new.url, "outlet_id": new.outlet_id or None, "file": str(new.path) if new.path else None, "same_host": list(new.also)}
    return json.dumps(told | new.found | {"exit_status": new.exit_status}, ensure_ascii=False, indent=1)


def as_text(new: NewOutlet, *, width: int) -> str:
    """What was found, what to check, and what to do next."""
    if new.is_refused:
        return refusal_text(new)
    rows = [[each["state"], each["kind"], each["articles"], each["newest"], each["url"]] for each in new.sources if each["state"] != "failed"]
    parts = [table(("state", "kind", "articles", "newest", "url"), rows, width=width)] if rows else []
    return "\n".join([*parts, *remarks(new), *next_steps(new)])


def refusal_text(new: NewOutlet) -> str:
    """Why there is no definition, in one sentence."""
    detail = new.found["detail"]
    reason = REFUSALS.get(new.found["state"], "it did not answer with a page ({detail}).").format(detail=printable(detail))
    return f"{printable(new.found['homepage'])}: {reason}\nNothing was written. {counted_requests(new)}"


def remarks(new: NewOutlet) -> list[str]:
    """What a person must know besides the table."""
    said = [counted_requests(new)]
    if new.found["unsure"]:
        said.append(f"Marked CHECK, because the site does not show it surely: {', '.join(new.found['unsure'])}.")
    if new.found["detail"]:
        said.append(f"Not everything was looked at: {printable(new.found['detail'])}.")
    if new.also:
        said.append(f"Defined for the same host already: {', '.join(new.also)}. Two outlets of one host need url_patterns that tell them apart.")
    if new.exit_status:
        said.append("No source gives articles: the definition is not enabled. Find a page that lists articles and add it as [[discover]].")
    return said


def counted_requests(new: NewOutlet) -> str:
    count = new.found["requests"]
    return f"{count} {'request was' if count == 1 else 'requests were'} sent (at most {REQUESTS_MAX})."


def next_steps(new: NewOutlet) -> list[str]:
    if new.path is None:
        return [f"Nothing was written (--dry-run). Without it the definition goes to {new.outlet_id}.toml."]
    example = new.found.get("example_url") or "URL"
    return [f"Written to {new.path}. Read it, then:", f"  nightdesk inspect {printable(example)} --outlet {new.outlet_id}",
            f"  nightdesk nightly --outlet {new.outlet_id}"]
