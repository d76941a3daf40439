"""A phone call is recorded in one line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from tests.e2e.asking import Json, fresh, new_partner, read
from tests.running import RunningService
from tests.servers import data_folder


def command(service: RunningService, *arguments: str) -> Result:
    where = ("--url", service.url, "--key", service.key)
    return CliRunner().invoke(app, ["record", *arguments, *where])


def recorded(result: Result) -> list[Json]:
    assert result.exit_code == 0, result.output
    items: list[Json] = json.loads(result.stdout)["items"]
    return items


def test_a_call_of_yesterday_is_recorded_with_what_came_of_it(
    service: RunningService, partner: str
) -> None:
    line = (partner, "call", "20m", "asked our goals", "--by", "partner")
    call, asked = recorded(command(service, *line, "--on", "yesterday", "--json"))
    assert call["data"] == {"by": "partner", "channel": "phone", "minutes": 20}
    assert (asked["type"], asked["data"]) == ("GoalAsked", {"by": "partner"})
    assert asked["causation"] == call["id"]
    assert call["correlation"] == asked["correlation"]
    today = datetime.now(UTC).date()
    days = {(today - timedelta(days=n)).isoformat() for n in (1, 2)}
    assert {call["occurred_at"], asked["occurred_at"]} <= days


def test_a_new_partner_is_met_in_the_same_line(service: RunningService) -> None:
    name = fresh("new firm")
    line = (name, "visit", "goal more members", "--new", "--on", "2014-05", "--json")
    known, met, goal = recorded(command(service, *line))
    assert known["data"] == {"name": name}
    assert met["partner"] == goal["partner"] == known["partner"]
    assert goal["causation"] == met["id"]
    assert met["occurred_at"] == "2014-05"


def test_a_partner_is_found_by_part_of_its_name(service: RunningService) -> None:
    partner = new_partner(service.client)
    read(service.client, "/v1/partners", min_position=10**0)
    (call,) = recorded(command(service, partner[2:], "chat", "--json"))
    assert call["partner"] == partner
    said = command(service, partner, "letter", "--note", "Thank you")
    assert said.exit_code == 0
    assert partner in said.output


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (("nobody-at-all", "call"), 1, "Which partner is it?"),
        (("acme", "fax"), 2, "How were you in touch?"),
        (("acme", "call", "was nice"), 2, "not understood"),
        (("acme", "call", "--by", "me"), 2, "partner"),
        (("acme", "call", "--on", "soon"), 2, "--on"),
        (("acme", "call", "--on", "2014-02-30"), 2, "--on"),
        (("new one", "call", "--new", "--on", "9998"), 1, "future"),
    ],
)
def test_what_cannot_be_recorded_is_told_in_a_sentence(
    service: RunningService, line: tuple[str, ...], code: int, said: str
) -> None:
    result = command(service, *line)
    assert result.exit_code == code
    assert said in result.output
    assert "Traceback" not in result.output


def test_commands_start_the_database_when_nothing_serves(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    visits = tmp_path / "visits.csv"
    visits.write_text("id,on,who\n1,2014-03-05,Acme\n")
    told = 'system = "visits"\nref = "{id}"\n[partner]\nname = "{who}"\n'
    kind = (
        '[[event]]\ntype = "GoalAsked"\noccurred_at = "{on}"\n[event.data]\nby = "us"\n'
    )
    (tmp_path / "visits.toml").write_text(f'name = "Visits"\n{told}{kind}')
    with data_folder() as folder:
        env = {"LEDGER_DATA_DIR": str(folder / "data"), "LEDGER_PORT": "1"}
        table = ("import", str(visits), "--map", str(tmp_path / "visits.toml"))
        lines = (("doctor",), ("record", "Bo", "call", "--new"), table)
        results = [
            CliRunner().invoke(app, [*line, "--json"], env=env) for line in lines
        ]
        assert [result.exit_code for result in results] == [0, 0, 0]
        assert json.loads(results[-1].stdout)["events"]["recorded"] == 2
