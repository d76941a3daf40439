"""Histories that climb the stages fit the tests; the oracle agrees with itself."""

from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.histories import ZONES
from tests.oracle.because import is_sufficient
from tests.oracle.reading import interval
from tests.oracle.stages import stages, text
from tests.stage_histories import stage_cuts, stage_histories
from tests.thoroughness import examples
from tests.unit.test_histories import recorded

Json = dict[str, Any]
law = settings(max_examples=examples(50), deadline=None)
zones = st.sampled_from(ZONES).map(ZoneInfo)


@law
@given(data=st.data(), history=stage_histories(), zone=zones)
def test_every_row_follows_the_one_before_and_its_evidence_is_sufficient(
    data: st.DataObject, history: list[Json], zone: ZoneInfo
) -> None:
    log = recorded(history, zone)
    as_of, position = data.draw(stage_cuts(history, zone=zone, head=len(log.events)))
    asked: Json = {"position": position, "zone": zone, "partner": "acme"}
    answer = stages(log.events, as_of=interval(as_of, zone)[1], **asked)
    rows = answer["history"]
    event(rows[-1]["stage"] if rows else "nothing")
    assert [row["to"] for row in rows[:-1]] == [row["from"] for row in rows[1:]]
    assert sorted(row["from"] for row in rows) == [row["from"] for row in rows]
    for number in range(len(rows)):
        assert is_sufficient(log.events, rows, number, **asked), rows[number]


@law
@given(data=st.data(), history=stage_histories(), zone=zones)
def test_what_happens_later_changes_nothing_of_what_had_happened(
    data: st.DataObject, history: list[Json], zone: ZoneInfo
) -> None:
    log = recorded(history, zone)
    as_of, position = data.draw(stage_cuts(history, zone=zone, head=len(log.events)))
    then = interval(as_of, zone)[1]
    asked: Json = {"position": position, "zone": zone, "partner": "acme"}
    early = stages(log.events, as_of=then, **asked)["history"]
    late = stages(log.events, as_of=interval("2030", zone)[1], **asked)["history"]
    entered = [row for row in late if row["from"] <= text(then)]
    assert [row | {"to": None} for row in early] == [
        row | {"to": None} for row in entered
    ]
