"""What can go wrong with a request, in the fixed words of `rejections.reason`."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

# Scrapy's error → our reason. The first that fits counts.
REASONS: tuple[tuple[type[Exception], str], ...] = (
    (DownloadTimeoutError, "timeout"),
    (CannotResolveHostError, "dns"),
    (DownloadCancelledError, "too_large"),
    (ResponseDataLossError, "truncated"),
    (UnsupportedURLSchemeError, "scheme_refused"),
    (DownloadConnectionRefusedError, "connection_failed"),
    (DownloadFailedError, "connection_failed"),
    (OSError, "connection_failed"),
)
# The server wants to give this to nobody, or not to us. It is asked no second time: blocked is a state, not a problem to be solved.
REFUSED_STATUSES = frozenset((401, 403, 451))
# Reasons that say something of a whole host: an address that meets them was not sent, and waits for the next run.
OF_THE_HOST = frozenset(("robots_unreachable", "crawl_delay_too_long"))
# Modules whose errors mean that the certificate or the handshake was not good.
TLS_MODULES = ("OpenSSL", "service_identity", "cryptography")
DETAIL_CHARS_MAX = 300


class FetchFailed(IgnoreRequest):
    """A request that we end ourselves: it is not sent, or its answer is not taken. `reason` is a word of `rejections.reason`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class HostLeftAlone(FetchFailed):
    """A request that is not sent because its host is left alone: it asked for a pause, or it was given up. The address waits for the next run."""


def reason_of(error: BaseException) -> tuple[str, str]:
    """(reason, detail for people) of anything that ends a request. A mistake of ours is called internal_error, so that it shows."""
    if isinstance(error, FetchFailed):
        return error.reason, error.detail
    chain = list(causes(error))
    # Twisted packs the reason into lists; the last one is what happened on the wire.
    detail = " ".join(str(chain[-1]).split())[:DETAIL_CHARS_MAX] or type(chain[-1]).__name__
    if any(type(cause).__module__.startswith(TLS_MODULES) for cause in chain):
        return "tls", detail
    reason = next((reason for kind, reason in REASONS if isinstance(error, kind)), None)
    if reason is None and type(error).__module__.startswith(("twisted.", "scrapy.")):
        reason = "connection_failed"
    if reason == "too_large":
        return reason, "the body is larger than the limit"
    return (reason, detail) if reason else ("internal_error", f"{type(error).__name__}: {detail}")


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and the reasons that Twisted packs into it."""
    yield error
    for failure in getattr(error, "reasons", None) or ():
        value = getattr(failure, "value", failure)
        if isinstance(value, BaseException):
            yield from causes(value)
    if error.__cause__ is not None:
        yield from causes(error.__cause__)
