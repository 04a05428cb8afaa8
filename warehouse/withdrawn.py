"""Which addresses were withdrawn and stay out: hashes only, which nobody can test an address against without the secret of the data folder."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import NightdeskError
from warehouse.file_copy import flush, rename_durably

KEY_BYTES = 32
# One address whatever its scheme, a www. before it or a slash after it: a definition that changes must not let a withdrawn article in again.
SCHEME_AND_WWW = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
# Stands where an address would: that one was withdrawn must not be told by a row that names it.
UNNAMED = "(withdrawn)"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The hashes of the addresses that stay out, and the secret under which they were made."""

    key: bytes = b""
    hashes: frozenset[str] = frozenset()

    def holds(self, *urls: str) -> bool:
        """Whether one of the addresses (in canonical form) was withdrawn."""
        return bool(self.hashes) and any(address_hash(self.key, url) in self.hashes for url in urls)


def address_hash(key: bytes, url: str) -> str:
    """64 hex digits that stand for the address in this data folder."""
    name = SCHEME_AND_WWW.sub("", url).rstrip("/")
    return hmac.new(key, name.encode(errors="replace"), hashlib.sha256).hexdigest()


def key_of(path: Path, *, is_needed: bool) -> bytes:
    """The secret of a data folder, made where it is not there yet. Raises NightdeskError where hashes were made under one that is gone."""
    if path.exists():
        return path.read_bytes()
    if is_needed:
        raise NightdeskError(f"{path} is gone. Without it withdrawn articles would come in again: restore it from a backup.")
    key = secrets.token_bytes(KEY_BYTES)
    temporary = path.with_name(path.name + ".new")
    temporary.touch(mode=0o600)
    temporary.write_bytes(key)
    rename_into_place(temporary, path)
    return key


def rename_into_place(temporary: Path, path: Path) -> None:
    flush(temporary)
    rename_durably(temporary, path)


def write_list(path: Path, withdrawn: Withdrawn) -> None:
    """The list for a crawl child: the secret, then one hash a line. The folder of a run is closed to other users."""
    path.touch(mode=0o600)
    path.write_text("\n".join([withdrawn.key.hex(), *sorted(withdrawn.hashes)]) + "\n", encoding="ascii")


def read_list(path: Path | None) -> Withdrawn:
    """The list that `write_list` wrote; an empty one where there is no file to read."""
    if path is None:
        return Withdrawn()
    key, *hashes = path.read_text(encoding="ascii").splitlines()
    return Withdrawn(bytes.fromhex(key), frozenset(hashes))
