"""The Grafana dashboard asks for metrics that there are."""

import json
import re
from pathlib import Path
from typing import Final

import pytest
from prometheus_client import REGISTRY

from services.cli.running import one_port

DASHBOARD: Final = Path(__file__).parents[2] / "docs/grafana/alliance-ledger.json"
METRIC: Final = re.compile(r"ledger_[a-z_]+")


def expressions() -> list[str]:
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


@pytest.fixture(scope="module")
def known() -> set[str]:
    """What /metrics can tell, by every name that a sample of it may have."""
    one_port()
    names = {family.name: family.type for family in REGISTRY.collect()}
    ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
    return {name + end for name, kind in names.items() for end in ends.get(kind, ("",))}


@pytest.mark.parametrize("expression", expressions())
def test_every_metric_of_the_dashboard_exists(known: set[str], expression: str) -> None:
    asked = set(METRIC.findall(expression))
    assert asked
    assert asked <= known


def test_every_metric_of_ours_is_on_the_dashboard(known: set[str]) -> None:
    asked = {name for each in expressions() for name in METRIC.findall(each)}
    ends = r"_(total|bucket|sum|count|created)$"
    ours = {re.sub(ends, "", name) for name in known if name.startswith("ledger_")}
    left_out = ours - {re.sub(ends, "", name) for name in asked}
    # How much is folded shows in what projections lack; how many ledgers, in nothing.
    assert left_out <= {"ledger_folded_events", "ledger_audits_ledgers"}
