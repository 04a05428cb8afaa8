"""Importing this module loads what a reading process needs and pays its one-off costs; the fork server does so once for all workers."""

import flows.reading  # noqa: F401 - what the workers run
from flows.steps import extract, tag

extract.warm()
tag.known_entities()
