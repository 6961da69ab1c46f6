"""Sends logged errors with their tracebacks to Sentry, if the operator sets a DSN.

No local variables, request bodies or IP addresses are sent, and every text goes through the redactor.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from magicmemory.core.errors import OperatorError
from magicmemory.core.logs import subject
from magicmemory.core.redaction import Redactor
from magicmemory.core.settings import BadSettings, Settings

if TYPE_CHECKING:
    from sentry_sdk.types import Breadcrumb, BreadcrumbHint, Event, Hint

# How long the end of the process waits for unsent errors, seconds.
FLUSH_S: Final = 3.0


@contextmanager
def errors_sent(settings: Settings, process: str, version: str, redact: Redactor) -> Iterator[None]:
    """Send errors that are logged inside, if `MAGIC_SENTRY_DSN` is set.

    Raises:
        OperatorError: it is set, but the extra `sentry` is not installed.
        BadSettings: it is not a DSN.
    """
    if settings.sentry_dsn is None:
        yield
        return
    try:
        import sentry_sdk
        from sentry_sdk.integrations.dedupe import DedupeIntegration
        from sentry_sdk.integrations.logging import LoggingIntegration
        from sentry_sdk.utils import BadDsn
    except ImportError:
        raise OperatorError(
            "MAGIC_SENTRY_DSN is set, but sentry-sdk is not installed: pip install 'magicmemory[sentry]'."
        ) from None

    def scrub(event: "Event", hint: "Hint") -> "Event":
        now = subject()
        event.setdefault("tags", {}).update({"process": process, "job": now.job, "platform": now.platform})
        cleaned: Event = _cleaned(event, redact)
        return cleaned

    def scrub_crumb(crumb: "Breadcrumb", hint: "BreadcrumbHint") -> "Breadcrumb":
        cleaned: Breadcrumb = _cleaned(crumb, redact)
        return cleaned

    try:
        sentry_sdk.init(
            dsn=settings.sentry_dsn.get_secret_value(),
            release=f"magicmemory@{version}",
            # The defaults would send the command line, the request and the user, and trace each HTTP call.
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[LoggingIntegration(), DedupeIntegration()],
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            before_send=scrub,
            before_breadcrumb=scrub_crumb,
        )
    except BadDsn:
        raise BadSettings(
            "MAGIC_SENTRY_DSN cannot be used: copy the DSN from your Sentry project's settings."
        ) from None
    try:
        yield
    finally:
        sentry_sdk.get_client().close(FLUSH_S)
        sentry_sdk.get_global_scope().set_client(None)


def _cleaned(value: Any, redact: Redactor) -> Any:
    """A copy with every text redacted; bytes are removed."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _cleaned(inner, redact) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(inner, redact) for inner in value]
    return None if isinstance(value, bytes | bytearray | memoryview) else value
