"""Hosts of addresses: which spellings mean the same one. Pure."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
# Hosts that differ only in these first labels show the same articles (seen at DMG and most of its peers).
ALIAS_LABELS = ("www.", "mail.", "m.")


def bare_host(host: str) -> str:
    """The host in lower case without www., mail. or m. in front."""
    host = host.lower().rstrip(".")
    label = next((label for label in ALIAS_LABELS if host.startswith(label) and "." in host[len(label):]), None)
    return bare_host(host[len(label):]) if label else host


def is_same_site(host: str, other: str) -> bool:
    """Whether the hosts are one, or one lies below the other: sitemaps.example.org and www.example.org, but not two names below .org."""
    shorter, longer = sorted((bare_host(host), bare_host(other)), key=len)
    return shorter == longer or ("." in shorter and longer.endswith(f".{shorter}"))


def base_of(url: str) -> str:
    """Scheme and host, with the port where there is one, and without a user name."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def host_key(host: str) -> tuple[str, int | None]:
    """(bare host, port or None) of `host` or `host:port`."""
    parts = urlsplit(f"//{host}")
    return bare_host(parts.hostname or ""), parts.port


def web_parts(url: str) -> SplitResult | None:
    """The parts of an http(s) address, or None for anything else."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises ValueError for a port that is no number
    except ValueError:
        return None
    return parts if parts.scheme in DEFAULT_PORTS and parts.hostname else None


def port_of(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None


def keys_of(parts: SplitResult) -> tuple[tuple[str, int | None], ...]:
    """The keys under which a definition may name the host of this address: with its port, and for any port."""
    host = bare_host(parts.hostname or "")
    # A definition's https homepage without a port also stands for http and for odd ports of the same host.
    return (host, port_of(parts) or DEFAULT_PORTS[parts.scheme]), (host, None)
