"""Whether the read models say of a partner what the log makes of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from contracts.events import RecordedEvent
from services.foundation.event_log import decode
from services.projections.audit.comparing import differences
from services.projections.audit.findings import Bounds, Finding, Found
from services.projections.audit.log_checks import check_versions
from services.projections.audit.reading import (
    Pool,
    Sample,
    Stored,
    one_moment,
    read_sample,
)
from services.projections.audit.refolding import Group
from services.projections.engine.projection import Target
from services.projections.postings.view import REVISIONS


@dataclass(frozen=True, slots=True)
class Partners:
    """Checks partners of a ledger, but for what is beyond the bounds."""

    pool: Pool
    ledger: str
    zone: ZoneInfo
    bounds: Bounds
    found: Found

    def check(self, partner: str) -> Sequence[str]:
        """Refold a partner and compare every row; the streams that were looked at."""
        with one_moment(self.pool) as connection:
            asked = (self.ledger, self.zone, partner, self.bounds.events_a_partner)
            sample = read_sample(connection, *asked)
        if sample is None:
            self.found.looked_at(partners_left_out=1)
            return (partner,)
        events = [decode(row) for row in sample.log]
        self.found.looked_at(partners_left_out=self._is_costly(events))
        self.found.add(*self._findings(sample, events))
        self.found.looked_at(
            partners=len(sample.streams),
            events=len(events),
            rows=sum(len(rows) for s in sample.stored for rows in s.rows.values()),
        )
        return sample.streams

    def _findings(
        self, sample: Sample, events: Sequence[RecordedEvent]
    ) -> Iterator[Finding]:
        for stored in sample.stored:
            if not (stored.model.every_revision and self._is_costly(events)):
                yield from self._differences(sample, stored, events)
        for stream in sample.streams:
            own = [event for event in events if event.partner == stream]
            yield from check_versions(stream, own)
        for name in sample.unknown:
            yield Finding("partner-unknown", "it has rows and no event", name)

    def _is_costly(self, events: Sequence[RecordedEvent]) -> bool:
        revisions = sum(isinstance(event.data, REVISIONS) for event in events)
        return 2 * revisions * len(events) > self.bounds.readings_a_partner

    def _differences(
        self, sample: Sample, stored: Stored, events: Sequence[RecordedEvent]
    ) -> Iterator[Finding]:
        target = Target(self.ledger, self.zone, stored.generation)
        applied = [event for event in events if event.position <= stored.position]
        group = Group(target, sample.streams, applied, sample.judged)
        expected = stored.model.rows(group)
        for table in stored.model.tables:
            found = stored.rows[table.name]
            yield from differences(table, expected[table.name], found)
