"""Settings: the one typed place for paths, contact and limits. Built once by the command and passed on.

A value comes from the command line, else from the environment, else from `nightdesk.toml` in the data folder, else it is the default. The file
lies in the data folder and not in the folder that a command is started from: cron, a Prefect worker and a person at a terminal then all work
with the same settings, and whoever backs up the folder has them too.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from warehouse.errors import AskedWrongly

SHIPPED_OUTLETS_DIR = Path(__file__).resolve().parent.parent / "crawlers" / "outlets"


FILE_NAME = "nightdesk.toml"
PREFIX = "NIGHTDESK_"


class SettingsFile(PydanticBaseSettingsSource):
    """The values of `nightdesk.toml` in the data folder that stronger sources name. Raises AskedWrongly for a file that cannot be used."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError("the file is read as a whole")

    def __call__(self) -> dict[str, Any]:
        folder = self.current_state.get("data_dir") or self.settings_cls.model_fields["data_dir"].default
        return read_file(Path(folder) / FILE_NAME)


class Settings(BaseSettings):
    """Everything that can be set from outside. Each name is an environment variable with the prefix NIGHTDESK_, and a key of nightdesk.toml."""

    model_config = SettingsConfigDict(env_prefix="NIGHTDESK_", frozen=True, extra="ignore")

    data_dir: Path = Field(Path("data"), description="Folder of the database, captures and run files; made when missing.")
    outlets_dir: Path = Field(SHIPPED_OUTLETS_DIR, description="Folder with one TOML file an outlet.")
    contact: str = Field("", description="Address or URL put into the User-Agent; needed for any crawl that leaves the machine.")
    now: str = Field("", description="ISO 8601 moment with zone at which the run starts, for replays; empty means the real time.")
    prefect_api_url: str = Field(
        "", validation_alias="PREFECT_API_URL", description="API of a Prefect server; where it answers, runs are shown there. Prefect's own variable."
    )
    proxy_url: str = Field("", description="HTTP proxy for all requests of a crawl; empty means none. It resolves names itself.")
    workers: int = Field(0, ge=0, le=64, description="Child processes that read pages; 0 means one a core.")
    page_cpu_s: int = Field(10, ge=1, description="CPU seconds that one page may cost before it is rejected as extract_timeout.")
    page_memory_mb: int = Field(1500, ge=256, description="Address space of a reading process, MB, above what it holds when idle.")
    pages_per_run: int = Field(500, ge=1, description="Most article pages fetched from one outlet in one run; the rest waits for the next.")
    recheck_days: int = Field(7, ge=0, description="For how many days after publication a known article is asked again for changes.")
    lock_wait_s: float = Field(5.0, ge=0, description="How long a second writer waits for the lock before it gives up with status 75.")
    private_persons: bool = Field(
        False, description="Also stores mentions of private persons of incidents (killed, arrested, families, witnesses), whom an index endangers.",
    )
    ml_model: str = Field(
        "", description="spaCy pipeline that proposes persons and organisations whom the rules do not know (extra `ml`); empty means none.",
    )
    notify: SecretStr = Field(
        SecretStr(""), description="Apprise addresses, separated by spaces, that are told of alarms and of runs that failed; empty means none.",
    )
    keep_runs_days: int = Field(90, ge=1, description="For how many days maintenance keeps the logs and reports of runs; their rows stay.")
    log: Literal["", "text", "json"] = Field(
        "", description="Log lines on stderr, one an outlet and stage with its numbers: text or json; empty means none.",
    )
    metrics_file: str = Field(
        "", description="File that each run writes its numbers to, for the textfile collector of Prometheus; empty means none.",
    )
    keep_spare: bool = Field(
        True, description="Keeps the published file before the last in work/, so that only what changed is written; off: all is copied each time.",
    )
    memory_limit_mb: int = Field(2048, ge=256, description="Memory that DuckDB may use, MB.")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource, file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SettingsFile(settings_cls)

    @property
    def work_dir(self) -> Path:
        return self.data_dir / "work"

    @property
    def work_database(self) -> Path:
        return self.work_dir / "work.duckdb"

    @property
    def spare_database(self) -> Path:
        return self.work_dir / "spare.duckdb"

    @property
    def published_database(self) -> Path:
        return self.data_dir / "news.duckdb"

    @property
    def captures_dir(self) -> Path:
        return self.data_dir / "captures"

    @property
    def briefings_dir(self) -> Path:
        return self.data_dir / "briefings"

    @property
    def runs_dir(self) -> Path:
        return self.data_dir / "runs"


def settings_with(data_dir: Path | None = None, outlets_dir: Path | None = None) -> Settings:
    """The settings of environment and file, overruled by what is given; both folders absolute, as child processes may have another working folder.

    Raises AskedWrongly, naming each variable, for values that cannot be used.
    """
    given: dict[str, Any] = {name: value for name, value in (("data_dir", data_dir), ("outlets_dir", outlets_dir)) if value}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        faults = "; ".join(f"{place_of(str(each['loc'][0]), given)} = {shown_input(each)}: {each['msg']}" for each in error.errors())
        raise AskedWrongly(f"Settings that cannot be used: {faults}.") from None
    return settings.model_copy(update={"data_dir": settings.data_dir.resolve(), "outlets_dir": settings.outlets_dir.resolve()})


def place_of(name: str, given: dict[str, Any]) -> str:
    """Where a value that cannot be used was written: the environment variable, or the key and the settings file."""
    variable = variable_of(name)
    if variable.upper() in {each.upper() for each in os.environ}:
        return variable
    folder = given.get("data_dir") or os.environ.get(variable_of("data_dir")) or Settings.model_fields["data_dir"].default
    key = next((each for each, field in Settings.model_fields.items() if name in (each, field.validation_alias)), name)
    return f"{key} in {Path(folder) / FILE_NAME}"


def shown_input(fault: Any) -> str:
    """The value that was given, unless it may be a secret."""
    return "(a secret)" if fault["loc"][0] == "notify" else repr(fault["input"])


def variable_of(name: str) -> str:
    """The environment variable of a setting; an unknown name as it is."""
    field = Settings.model_fields.get(name)
    if field is None:
        return name
    return field.validation_alias if isinstance(field.validation_alias, str) else PREFIX + name.upper()


def read_file(path: Path) -> dict[str, Any]:
    """{field, or its alias: value} of a settings file; empty where there is none. Raises AskedWrongly for what is no setting."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AskedWrongly(f"{path} cannot be read as settings: {error}.") from None
    known = [name for name in Settings.model_fields if name != "data_dir"]
    for key in found:
        if key == "data_dir":
            raise AskedWrongly(f"{path}: data_dir cannot stand in the folder that it names. Use --data-dir or NIGHTDESK_DATA_DIR.")
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            raise AskedWrongly(f"{path}: {key} is no setting." + (f" Did you mean {near[0]}?" if near else f" Known are {', '.join(known)}."))
    aliases = {name: field.validation_alias for name, field in Settings.model_fields.items() if isinstance(field.validation_alias, str)}
    return {aliases.get(key, key): value for key, value in found.items()}


def source_of(settings: Settings, name: str) -> str:
    """command line, environment, nightdesk.toml or default: where the value of a setting comes from."""
    file = read_file(settings.data_dir / FILE_NAME)
    variable = variable_of(name)
    is_set, in_file = variable in {each.upper() for each in os.environ}, name in file or variable in file
    elsewhere = getattr(Settings(data_dir=settings.data_dir), name) if name != "data_dir" else Settings().data_dir
    value = getattr(settings, name)
    if (value != elsewhere.resolve()) if isinstance(elsewhere, Path) else (value != elsewhere):
        return "command line"
    return "environment" if is_set else FILE_NAME if in_file else "default"
