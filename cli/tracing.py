"""Traces to an OpenTelemetry collector, where the operator names one. A photo is one trace, whose id is the job's.

The processes need not tell each other anything for that: the bot, the worker and the delivery all know the job.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from magicmemory.core.errors import OperatorError
from magicmemory.core.metrics import Span, no_span
from magicmemory.core.settings import Settings

# Where OTLP/HTTP takes traces, below a collector's address.
PATH: Final = "/v1/traces"
NANOSECONDS: Final = 1_000_000_000


@contextmanager
def traced(settings: Settings, process: str, version: str) -> Iterator[Span]:
    """Yield what sends a photo's times to the collector; it does nothing where `MAGIC_OTEL_ENDPOINT` is empty.

    Raises:
        OperatorError: it is set, and the extra `otel` is not installed.
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
            "MAGIC_OTEL_ENDPOINT is set, and OpenTelemetry is not installed: pip install 'magicmemory[otel]'."
        ) from None
    endpoint = settings.otel_endpoint.rstrip("/").removesuffix(PATH) + PATH
    resource = Resource({"service.name": f"magicmemory-{process}", "service.version": version})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    tracer = provider.get_tracer("magicmemory", version)

    def send(name: str, job: str, began: float, ended: float, facts: Mapping[str, str | int]) -> None:
        number = int(job, 16)
        # Nobody sends this parent: it gives its children one trace, whichever process they are of.
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
