"""A connection that is lost at a commit: the answer says what happened."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.ledger.store import recordings as r
from services.ledger.store import writer as writer_module
from services.ledger.store.writer import Writer
from tests.faults.proxy import Cut, Proxy, a_proxy
from tests.faults.writing import (
    a_writer,
    contact,
    head_locked,
    identified,
    keys_stored,
    make_ledgers,
    outcome,
    record,
    recording,
    rows_of,
    whole_log,
)
from tests.servers import Database

every_cut = pytest.mark.parametrize("how", Cut, ids=lambda cut: cut.name.lower())


@pytest.fixture
def proxy(database: Database) -> Iterator[Proxy]:
    make_ledgers(database)
    with a_proxy(database.service_dsn) as made:
        yield made


@pytest.fixture
def writer(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    """A writer through the proxy, on which `acme` is identified; soon impatient."""
    monkeypatch.setattr(writer_module, "PATIENCE", 0.5)
    with a_writer(proxy.dsn) as made:
        record(made, identified("acme"))
        yield made


@every_cut
def test_one_recording_is_answered_as_recorded_and_is_there_once(
    database: Database, proxy: Proxy, writer: Writer, how: Cut
) -> None:
    proxy.cut_next_commit(how)
    found = outcome(writer, contact("acme"), key="k")
    assert proxy.cuts == [how]
    (row,) = rows_of(found)
    assert whole_log(database)[1:] == [row]
    assert outcome(writer, contact("acme"), key="k") == r.Recorded([row], replayed=True)
    assert keys_stored(database) == 1


@every_cut
def test_all_of_a_group_are_answered_as_recorded_and_are_there_once(
    database: Database, proxy: Proxy, writer: Writer, how: Cut
) -> None:
    with ThreadPoolExecutor(16) as clients:
        with head_locked(database):
            waiting = [
                clients.submit(outcome, writer, contact("acme", n), key=f"k{n}")
                for n in range(16)
            ]
            proxy.cut_next_commit(how)
        rows = [row for each in waiting for row in rows_of(each.result())]
    assert proxy.cuts == [how]
    assert whole_log(database)[1:] == sorted(rows)
    assert keys_stored(database) == 16


@every_cut
def test_refusals_of_a_broken_group_are_still_told(
    database: Database, proxy: Proxy, writer: Writer, how: Cut
) -> None:
    proxy.cut_next_commit(how)
    lines = r.Submission(
        "default",
        [
            writing_of("acme", "good"),
            writing_of("nobody", "bad"),
            writing_of("acme", "better"),
        ],
    )
    kinds = [type(each).__name__ for each in writer.append(lines).each]
    assert kinds == ["Recorded", "Refused", "Recorded"]
    assert len(whole_log(database)) == 3


def writing_of(partner: str, key: str) -> r.Recording:
    return recording(contact(partner), key=key)


@every_cut
def test_an_outcome_that_cannot_be_learnt_is_said_to_be_unknown(
    database: Database, proxy: Proxy, writer: Writer, how: Cut
) -> None:
    proxy.cut_next_commit(how, then_away=True)
    with pytest.raises(r.OutcomeUnknown):
        outcome(writer, contact("acme"), key="k")
    with pytest.raises(r.Unavailable):
        outcome(writer, contact("acme", 2), key="another")
    proxy.come_back()
    found = retried(writer, "k")
    assert found.replayed is (how is not Cut.BEFORE_COMMIT)
    assert whole_log(database)[1:] == list(found.rows)
    assert keys_stored(database) == 1


def retried(writer: Writer, key: str) -> r.Recorded:
    """Ask again with the same key until the ledger can be reached."""
    deadline = time.monotonic() + 20
    while True:
        try:
            found = outcome(writer, contact("acme"), key=key)
        except (r.Unavailable, r.OutcomeUnknown):
            assert time.monotonic() < deadline
            continue
        assert isinstance(found, r.Recorded)
        return found


@every_cut
def test_the_states_in_memory_are_right_after_a_loss(
    database: Database, proxy: Proxy, writer: Writer, how: Cut
) -> None:
    proxy.cut_next_commit(how)
    for version in range(1, 4):
        row = record(writer, contact("acme", version), version=version)
        assert row.version == version + 1
    assert [row.version for row in whole_log(database)] == [1, 2, 3, 4]
