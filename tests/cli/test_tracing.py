"""A photo's times reach an OpenTelemetry collector as one trace: the real SDK, a loopback collector."""

import sys
import time
import uuid
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from magicmemory.cli.tracing import traced
from magicmemory.core.errors import OperatorError
from magicmemory.core.metrics import Metrics
from tests.servers.collector import Collector
from tests.support.harness import settings_for


def test_spans_of_one_job_form_one_trace_across_processes(tmp_path: Path) -> None:
    job, now = uuid.uuid4().hex, time.time()
    with Collector() as collector:
        settings = settings_for(tmp_path, otel_endpoint=f"http://{collector.place}")
        with traced(settings, "telegram", "1.2.3") as span:
            metrics = Metrics("telegram", "1.2.3", span)
            metrics.taken_in("telegram", job, now, now + 0.25)
        with traced(settings, "worker", "1.2.3") as span:
            span("restore", job, now + 1, now + 2, {"model": "lite", "faces": 3})
    assert {path for path, _ in collector.received} == {"/v1/traces"}
    requests = [ExportTraceServiceRequest.FromString(body) for _, body in collector.received]
    resources = [resource for request in requests for resource in request.resource_spans]
    names = [{pair.key: pair.value.string_value for pair in one.resource.attributes} for one in resources]
    assert [one["service.name"] for one in names] == ["magicmemory-telegram", "magicmemory-worker"]
    spans = [span for one in resources for scope in one.scope_spans for span in scope.spans]
    assert [span.name for span in spans] == ["intake", "restore"]
    assert {span.trace_id.hex() for span in spans} == {job}
    assert len({span.parent_span_id for span in spans}) == 1
    assert spans[0].end_time_unix_nano - spans[0].start_time_unix_nano == pytest.approx(0.25e9, rel=1e-3)
    facts = {pair.key: pair.value for pair in spans[1].attributes}
    assert (facts["model"].string_value, facts["faces"].int_value, facts["job"].string_value) == ("lite", 3, job)


def test_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    settings = settings_for(tmp_path, otel_endpoint="http://127.0.0.1:1")
    with pytest.raises(OperatorError, match=r"pip install 'magicmemory\[otel\]'"), traced(settings, "worker", "1"):
        pass


def test_tracing_loads_nothing_without_a_collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with traced(settings_for(tmp_path), "worker", "1") as span:
        span("restore", "0", 0, 1, {})
