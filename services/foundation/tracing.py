"""Traces of requests, by FastAPI's own hooks: off unless somebody asks for them."""

from typing import TYPE_CHECKING, Final

from fastapi.telemetry import TelemetryConfig
from typing_extensions import override

from services.foundation.settings import SettingsError

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import Span

OFF: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False}
"""Its spans cost a tenth of a recording."""
ON: Final[TelemetryConfig] = {
    **OFF,
    "tracing": True,
    "operation_spans": False,
    "auto_configure": True,
}
"""Spans go to OTEL_EXPORTER_OTLP_ENDPOINT; metrics stay with Prometheus."""


def trace_requests() -> None:
    """Have what is traced leave out what people ask for.

    Called while the application starts, when the provider of spans is there.
    """
    try:
        from opentelemetry import trace  # noqa: PLC0415 (an extra)
        from opentelemetry.sdk.trace import (  # noqa: PLC0415
            SpanProcessor,
            TracerProvider,
        )
    except ImportError:
        sentence = "LEDGER_TRACING needs the extra: pip install 'alliance-ledger[otel]'"
        raise SettingsError(sentence) from None

    class WithoutValues(SpanProcessor):
        """A query may hold what somebody searches for: only its names are told."""

        @override
        def on_start(
            self,
            span: "Span",
            parent_context: "Context | None" = None,
        ) -> None:
            query = (span.attributes or {}).get("url.query")
            if isinstance(query, str):
                span.set_attribute("url.query", names_of(query))

    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.add_span_processor(WithoutValues())


def names_of(query: str) -> str:
    """The names of a query's parameters, without their values."""
    return "&".join(part.partition("=")[0] for part in query.split("&"))
