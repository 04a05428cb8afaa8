"""Looking for copies: the words that flows know, put into the hands of the warehouse."""

from __future__ import annotations

from flows.steps import copies
from warehouse import copy_groups
from warehouse.db import Connection
from warehouse.records import Sketch


def read(text: str) -> tuple[str, int, Sketch]:
    key = copies.text_key(text)
    return key.text_sha256, key.token_count, key.sketch


RECIPE = copy_groups.Recipe(copies.SKETCH_VERSION, read, copies.shingled, copies.likeness)


def group_copies(connection: Connection) -> None:
    """Compares what was loaded since the last time with everything printed within 72 hours of it."""
    copy_groups.group_copies(connection, RECIPE)


def group_all_copies(connection: Connection) -> None:
    """Compares all articles anew."""
    copy_groups.group_all_copies(connection, RECIPE)
