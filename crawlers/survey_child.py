"""The child that looks at a site: `python -m crawlers.survey_child JOB.json`. Light, so that the parent can import it."""

from __future__ import annotations

import sys
from pathlib import Path

from crawlers.job import Job, read_job
from crawlers.parent import ParentWatch
from warehouse.errors import NightdeskError

# Every request counts: robots.txt, redirects and repeats too. At five seconds between them a look takes two minutes at most.
REQUESTS_MAX = 25


def report_path(job: Job) -> Path:
    """Where the look writes what it found, as one JSON object."""
    return job.runs_dir / job.run_id / "survey.json"


def main(arguments: list[str] | None = None) -> int:
    """0 when the look came to its end, whatever it found; 1 when it was interrupted; 2 for a job that is none."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m crawlers.survey_child JOB.json\n")
        return 2
    try:
        job = read_job(Path(arguments[0]))
        parent = ParentWatch(job.parent_pid)
        from crawlers.lanes import crawl  # Scrapy and its reactor

        return crawl(job, parent, SPIDER_LOADER_CLASS="crawlers.survey_spider.SurveyLoader")
    except NightdeskError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status


if __name__ == "__main__":
    sys.exit(main())
