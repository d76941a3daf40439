import json
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from typer import Typer
from typer.testing import CliRunner

from services.cli.import_ import import_file
from services.importers.account import Account, AccountUnbalanced
from services.importers.outcomes import Skipped
from services.importers.plan import Plan, prepare_import
from services.importers.rows import Row
from services.importers.run import dry_run, run_import
from services.importers.sending import SendingFailed, chunks, entry

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = """
name = "Calls"
system = "calls"
ref = "{id}"
partner = { name = "{who}" }
[[skip]]
rule = "not answered"
when = { answered = "no" }
[[event]]
type = "ContactMade"
occurred_at = "{on}"
data = { by = "us", channel = "phone", minutes = "{minutes:int}" }
"""
ROWS = """id,on,who,answered,minutes
1,2014-03-05,Bo,yes,5
2,2014-03-06,Al,no,
3,2014-03,Al,yes,
4,2014-04-31,Al,yes,
5,2014-05-01,Refused,yes,
"""
SUMS = {"read": 5, "with_events": 3, "with_refused_events": 1}


class Ledger:
    """A ledger as its contract describes it, for one test."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, str], dict[str, object]] = {}
        self.sizes: list[int] = []
        self.failures: list[Callable[[httpx2.Request], httpx2.Response]] = []
        self.pauses: list[float] = []

    def client(self) -> httpx2.Client:
        transport = httpx2.MockTransport(self.answer)
        return httpx2.Client(transport=transport, base_url="http://ledger.test")

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return self._identified(request)
        lines = [json.loads(line) for line in request.content.splitlines()]
        self.sizes.append(len(lines))
        if self.failures:
            return self.failures.pop(0)(request)
        return httpx2.Response(200, json=self.record(lines))

    def record(self, lines: list[dict[str, object]]) -> dict[str, object]:
        counts = {"recorded": 0, "replayed": 0, "refused": 0}
        problems = []
        for number, line in enumerate(lines, start=1):
            counts[outcome := self._append(line)] += 1
            if outcome == "refused":
                problem = {"code": "conflict", "detail": "It is closed."}
                problems.append({"line": number, "problem": problem})
        return {**counts, "problems": problems, "position": len(self.events)}

    def _append(self, line: dict[str, object]) -> str:
        source = line["source"]
        assert isinstance(source, dict)
        key = (source["system"], source["ref"])
        if key in self.events:
            return "replayed" if self.events[key] == line else "refused"
        if line["partner"] == "refused" and line["type"] == "ContactMade":
            return "refused"
        self.events[key] = line
        return "recorded"

    def _identified(self, request: httpx2.Request) -> httpx2.Response:
        """Pages of one, as if there were many."""
        chosen = [e for e in self.events.values() if e["type"] == "PartnerIdentified"]
        at = int(request.url.params.get("cursor", "0"))
        path = f"/v1/events?type=PartnerIdentified&cursor={at + 1}"
        more = at + 1 < len(chosen)
        link = {"Link": f'<{path}>; rel="next"'} if more else {}
        return httpx2.Response(200, json={"items": chosen[at : at + 1]}, headers=link)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    (tmp_path / "calls.toml").write_text(CALLS, "utf-8")
    (tmp_path / "calls.csv").write_text(ROWS, "utf-8")
    return prepare_import(tmp_path / "calls.toml", [tmp_path / "calls.csv"])


def run(ledger: Ledger, plan: Plan) -> Account:
    with ledger.client() as client:
        return run_import(client, plan, pause=ledger.pauses.append)


def test_every_row_and_every_event_is_accounted_for(ledger: Ledger, plan: Plan) -> None:
    answer = run(ledger, plan).as_json()
    rows, events = answer["rows"], answer["events"]
    assert isinstance(rows, dict)
    assert isinstance(events, dict)
    assert {name: rows[name] for name in SUMS} == SUMS
    assert rows["skipped"] == {"not answered": 1}
    assert rows["refused"] == {
        "unreadable date": {
            "count": 1,
            "examples": ["calls.csv row 4: '2014-04-31' is no date of a known form"],
        }
    }
    assert (events["made"], events["recorded"], events["replayed"]) == (6, 5, 0)
    assert events["refused"] == {
        "conflict": {
            "count": 1,
            "examples": ["calls.csv row 5, ContactMade: It is closed."],
        }
    }


def test_importing_again_records_nothing(ledger: Ledger, plan: Plan) -> None:
    first = run(ledger, plan)
    again = run(ledger, plan)
    assert (again.recorded, again.replayed) == (0, first.recorded)
    assert again.position == first.position


def test_a_partner_of_another_import_is_not_introduced_again(
    ledger: Ledger, plan: Plan
) -> None:
    run(ledger, plan)
    other = prepare_import(_changed(plan, 'system = "other"'), plan.files)
    account = run(ledger, other)
    assert account.events == {"ContactMade": 3}
    assert account.refused.counts == {"conflict": 1}


def test_a_dry_run_tells_the_same_of_the_rows_and_sends_nothing(
    ledger: Ledger, plan: Plan
) -> None:
    dry, real = dry_run(plan), run(ledger, plan)
    assert (dry.rows, dry.mapped, dry.skipped) == (real.rows, real.mapped, real.skipped)
    assert dry.events == real.events
    assert dry.recorded == 0


def test_a_lost_answer_is_asked_for_again_and_nothing_is_recorded_twice(
    ledger: Ledger, plan: Plan
) -> None:
    def record_and_vanish(request: httpx2.Request) -> httpx2.Response:
        ledger.record([json.loads(line) for line in request.content.splitlines()])
        raise httpx2.ReadError("connection reset")

    ledger.failures = [record_and_vanish]
    account = run(ledger, plan)
    assert (account.recorded, account.replayed) == (0, 5)
    assert len(ledger.events) == 5


@pytest.mark.parametrize(
    ("status", "code"),
    [(503, "outcome-unknown"), (503, "unavailable"), (429, "too-many"), (502, "")],
)
def test_a_passing_problem_is_waited_for(
    ledger: Ledger, plan: Plan, status: int, code: str
) -> None:
    body = {"code": code} if code else "<html>"
    ledger.failures = [lambda _: httpx2.Response(status, json=body)] * 3
    assert run(ledger, plan).recorded == 5
    assert ledger.pauses == [0.1, 0.2, 0.4]


def test_a_problem_that_stays_ends_the_import(ledger: Ledger, plan: Plan) -> None:
    ledger.failures = [lambda _: httpx2.Response(503, json={"code": "unavailable"})] * 9
    with pytest.raises(SendingFailed, match="gave up after 8 tries"):
        run(ledger, plan)


def test_a_wrong_key_ends_the_import_at_once(ledger: Ledger, plan: Plan) -> None:
    problem = {"code": "unauthorized", "detail": "No such key."}
    ledger.failures = [lambda _: httpx2.Response(401, json=problem)]
    with pytest.raises(SendingFailed, match="401 unauthorized: No such key"):
        run(ledger, plan)
    assert ledger.pauses == []


@pytest.mark.parametrize("body", [{}, {"recorded": 1, "replayed": 0, "refused": 0}])
def test_an_answer_that_does_not_add_up_is_not_believed(
    ledger: Ledger, plan: Plan, body: dict[str, int]
) -> None:
    ledger.failures = [lambda _: httpx2.Response(200, json=body)]
    with pytest.raises(SendingFailed, match=r"no ledger|but 1 were answered"):
        run(ledger, plan)


def test_batches_stay_within_both_limits() -> None:
    entries = [entry("row", {"type": "T", "n": "x" * n}) for n in (1, 1, 50, 1, 1, 1)]
    sizes = [
        [len(chunk), sum(len(one.body) for one in chunk)]
        for chunk in chunks(entries, lines=2, size=80)
    ]
    assert [count for count, _ in sizes] == [2, 1, 2, 1]
    assert all(size <= 80 for _, size in sizes)


def test_many_rows_are_sent_in_batches_of_two_thousand(
    ledger: Ledger, tmp_path: Path, plan: Plan
) -> None:
    rows = "".join(f"{n},2014,Bo,yes,1\n" for n in range(4_500))
    (tmp_path / "calls.csv").write_text("id,on,who,answered,minutes\n" + rows, "utf-8")
    assert run(ledger, plan).recorded == 4_501
    assert ledger.sizes == [2_000, 2_000, 501]


def test_an_account_that_loses_a_row_fails_loudly() -> None:
    account = Account()
    account.enter(Skipped(Row("f", 1, {}), "rule"))
    account.check()
    account.rows += 1
    with pytest.raises(AccountUnbalanced, match="2 rows, but 1 accounted for"):
        account.check()
    account.rows -= 1
    account.events["ContactMade"] += 1
    with pytest.raises(AccountUnbalanced, match="1 events, but 0 accounted for"):
        account.check()


def _changed(plan: Plan, system: str) -> Path:
    path = plan.files[0].with_name("other.toml")
    path.write_text(CALLS.replace('system = "calls"', system), "utf-8")
    return path


def command(*words: str) -> tuple[int, str, str]:
    app = Typer()
    app.command("import")(import_file)
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.stdout, result.stderr


def test_the_command_shows_the_account_of_a_dry_run(plan: Plan) -> None:
    file, toml = str(plan.files[0]), str(plan.files[0].with_suffix(".toml"))
    code, shown, _ = command(file, "--map", toml, "--dry-run")
    assert code == 1
    assert "not answered" in shown
    assert "unreadable date" in shown
    code, shown, _ = command(file, "--map", toml, "--dry-run", "--json")
    assert json.loads(shown)["rows"]["read"] == 5


def test_the_command_says_what_to_do_when_no_ledger_answers(plan: Plan) -> None:
    file, toml = str(plan.files[0]), str(plan.files[0].with_suffix(".toml"))
    code, _, said = command(
        file, "--map", toml, "--url", "http://127.0.0.1:1", "--key", "k"
    )
    assert code == 1
    assert "start it with `alliance-ledger serve`" in said


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--set", "owner"], "write NAME=VALUE"),
        (["--set", "owner=Bo"], "no parameter 'owner'"),
        (["--url", "http://127.0.0.1:1"], "give a key with --key"),
    ],
)
def test_a_wrong_use_of_the_command_is_one_sentence(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, words: list[str], reason: str
) -> None:
    monkeypatch.chdir(plan.files[0].parent)
    monkeypatch.delenv("LEDGER_KEY", raising=False)
    code, _, said = command("calls.csv", "--map", "calls.toml", *words)
    assert code == 2
    assert reason in said
    assert "Traceback" not in said
