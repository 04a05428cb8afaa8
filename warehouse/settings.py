"""Settings: the one typed place for paths, contact and limits. Built once by the command and passed on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from warehouse.errors import AskedWrongly

SHIPPED_OUTLETS_DIR = Path(__file__).resolve().parent.parent / "crawlers" / "outlets"


class Settings(BaseSettings):
    """Everything that can be set from outside. Each name is an environment variable with the prefix NIGHTDESK_."""

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
    notify: SecretStr = Field(
        SecretStr(""), description="Apprise addresses, separated by spaces, that are told of alarms and of runs that failed; empty means none.",
    )
    memory_limit_mb: int = Field(2048, ge=256, description="Memory that DuckDB may use, MB.")

    @property
    def work_dir(self) -> Path:
        return self.data_dir / "work"

    @property
    def work_database(self) -> Path:
        return self.work_dir / "work.duckdb"

    @property
    def published_database(self) -> Path:
        return self.data_dir / "news.duckdb"

    @property
    def captures_dir(self) -> Path:
        return self.data_dir / "captures"

    @property
    def runs_dir(self) -> Path:
        return self.data_dir / "runs"


def settings_with(data_dir: Path | None = None, outlets_dir: Path | None = None) -> Settings:
    """The settings of the environment, overruled by what is given; both folders absolute, as child processes may have another working folder.

    Raises AskedWrongly, naming each variable, for values that cannot be used.
    """
    given: dict[str, Any] = {name: value for name, value in (("data_dir", data_dir), ("outlets_dir", outlets_dir)) if value}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        faults = "; ".join(f"NIGHTDESK_{str(each['loc'][0]).upper()} = {each['input']!r}: {each['msg']}" for each in error.errors())
        raise AskedWrongly(f"Settings that cannot be used: {faults}.") from None
    return settings.model_copy(update={"data_dir": settings.data_dir.resolve(), "outlets_dir": settings.outlets_dir.resolve()})
