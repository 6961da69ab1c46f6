"""Sends traces to an OpenTelemetry collector, if the operator names one. A photo is one trace, whose id is the job's.

The processes need not exchange anything for that: bot, worker and delivery all know the job's id.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from magicmemory.core.errors import OperatorError
from magicmemory.core.metrics import Span, no_span
from magicmemory.core.settings import Settings

# The path of OTLP/HTTP traces, below a collector's address.
PATH: Final = "/v1/traces"
NANOSECONDS: Final = 1_000_000_000


@contextmanager
def traced(settings: Settings, process: str, version: str) -> Iterator[Span]:
    """Yield a `Span` that sends to the collector, or one that does nothing if `MAGIC_OTEL_ENDPOINT` is empty.

    Raises:
        OperatorError: it is set, but the extra `otel` is not installed.
    """
    if not settings.otel_endpoint:
        yield no_span
        return
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise OperatorError(
            "MAGIC_OTEL_ENDPOINT is set, but OpenTelemetry is not installed: pip install 'magicmemory[otel]'."
        ) from None
    endpoint = settings.otel_endpoint.rstrip("/").removesuffix(PATH) + PATH
    resource = Resource({"service.name": f"magicmemory-{process}", "service.version": version})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    tracer = provider.get_tracer("magicmemory", version)

    def send(name: str, job: str, began: float, ended: float, facts: Mapping[str, str | int]) -> None:
        number = int(job, 16)
        # This parent is never sent: it puts the spans of all processes into one trace.
        parent = trace.SpanContext(
            number, number & 0xFFFFFFFFFFFFFFFF or 1, is_remote=True, trace_flags=trace.TraceFlags(1)
        )
        span = tracer.start_span(
            name,
            context=trace.set_span_in_context(trace.NonRecordingSpan(parent)),
            attributes={"job": job, **facts},
            start_time=int(began * NANOSECONDS),
        )
        span.end(int(ended * NANOSECONDS))

    try:
        yield send
    finally:
        provider.shutdown()
