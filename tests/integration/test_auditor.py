"""Who makes self-audits, and when; what is told of them."""

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from services.projections.audit import metrics, results
from services.projections.audit.audit import Interrupted
from services.projections.audit.auditor import Auditor
from tests.integration.test_self_audit import QUICK, tamper
from tests.rebuilding import ACTS, Story


def auditor(story: Story, every: timedelta = timedelta()) -> Auditor:
    return Auditor(story.books.pool, every, QUICK)


def latest(story: Story) -> results.Result | None:
    with story.books.pool.connection() as connection:
        return results.latest(connection, story.name)


def test_what_is_asked_for_is_made_once_and_kept(story: Story) -> None:
    with story.books.pool.connection() as connection:
        asked = results.request(connection, story.name, seed=11)
        assert results.request(connection, story.name, seed=12) == asked
    auditor(story).look()
    found = latest(story)
    assert found is not None
    assert (found.id, found.seed, found.ok, found.problems) == (asked.id, 11, True, [])
    auditor(story).look()
    assert latest(story) == found


def test_every_ledger_is_audited_once_it_is_due(story: Story) -> None:
    auditor(story, timedelta(hours=1)).look()
    assert latest(story) is None
    tamper(story, "UPDATE ledgers SET created_at = created_at - interval '2 hours'")
    auditor(story, timedelta(hours=1)).look()
    found = latest(story)
    assert found is not None
    auditor(story, timedelta(hours=1)).look()
    assert latest(story) == found


def test_one_ledger_is_audited_by_one_worker_at_a_time(story: Story) -> None:
    with story.books.pool.connection() as connection:
        asked = results.request(connection, story.name)
    with story.reading() as other, other.transaction():
        assert results.claim(other, story.name) == asked
        auditor(story).look()
        assert latest(story) is None
    auditor(story).look()
    assert latest(story) is not None


def test_an_audit_that_is_interrupted_is_made_by_somebody_else(story: Story) -> None:
    with story.books.pool.connection() as connection:
        results.request(connection, story.name)
    stopped = auditor(story)
    stopped.stop()
    with pytest.raises(Interrupted):
        stopped.look()
    assert latest(story) is None
    auditor(story).look()
    assert latest(story) is not None


def shown(name: str) -> float:
    value = REGISTRY.get_sample_value(f"ledger_audits_{name}")
    assert value is not None
    return value


def test_the_metrics_tell_of_the_newest_audit(story: Story) -> None:
    metrics.refresh(story.books.pool)
    assert shown("ledgers") == 0
    tamper(story, "UPDATE acts SET in_person = NOT in_person")
    with story.books.pool.connection() as connection:
        results.request(connection, story.name)
    auditor(story).look()
    metrics.refresh(story.books.pool)
    assert (shown("ledgers"), shown("failing")) == (1, 1)
    assert shown("problems") == len(story.rows(ACTS, 1)["acts"])
    assert 0 <= shown("age_seconds") < 60
