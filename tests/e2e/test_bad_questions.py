"""Questions that make no sense: refused, never a failure, and without an echo."""

from itertools import product

import httpx2
import pytest

from tests.e2e.asking import flaw_of, problem
from tests.e2e.bad_values import MARKER

DATED = ("/v1/balances", "/v1/offers", "/v1/commitments", "/v1/partners")
LISTS = (*DATED, "/v1/events")
BAD_TEXTS = (f"%00{MARKER}", "", "a" * 4001 + MARKER)
BAD_NUMBERS = (
    "0",
    "-1",
    "1001",
    "1.5",
    MARKER,
    "",
    "9" * 400,
    "NaN",
    "\uff11",
    "%00",
    "1e2",
)
BAD_TIMES = (
    *("2014-13", "2014-02-30", "0000", "2014-03-05T10:00:00", MARKER, "", "%00", "now"),
    *(
        "2014-03-05T10:00:00%2B25:00",
        "2014-W10",
        "%ED%A0%80",
        "\uff12\uff10\uff11\uff14",
        "20140305",
    ),
)
BAD_POSITIONS = (
    "position:",
    "position:-1",
    "position:x",
    "position:1.5",
    "position:01x",
)
ANY_ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def complaints(client: httpx2.Client, questions: list[str]) -> list[str]:
    """What is wrong with the answers to questions that are all invalid."""
    found = []
    for question in questions:
        answer = client.get(question)
        flaw = flaw_of(answer, "invalid")
        echo = f"echoes {answer.text[:200]}" if MARKER in answer.text else None
        found += [f"{question[:100]}: {flaw or echo}"] if flaw or echo else []
    return found


@pytest.mark.parametrize("path", LISTS)
def test_a_limit_is_1_to_1000(client: httpx2.Client, path: str) -> None:
    questions = [f"{path}?limit={value}" for value in BAD_NUMBERS]
    assert not complaints(client, questions)
    for value in (1, 1000):
        assert client.get(f"{path}?limit={value}").status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_is_one_that_the_list_gave(client: httpx2.Client, path: str) -> None:
    values = (MARKER, "%00", "", "e30", "W10", "bnVsbA", "!!!", "a" * 5000, "%ED%A0%80")
    assert not complaints(client, [f"{path}?cursor={value}" for value in values])


@pytest.mark.parametrize("path", LISTS)
def test_unknown_and_repeated_parameters_are_invalid(
    client: httpx2.Client, path: str
) -> None:
    repeated = f"{path}?limit=1&limit=2"
    assert not complaints(client, [f"{path}?{MARKER}=1", f"{path}?limits=1", repeated])


@pytest.mark.parametrize("path", [*DATED, "/v1/partners/{partner}/balance"])
def test_as_of_takes_dates_and_instants_only(
    client: httpx2.Client, partner: str, path: str
) -> None:
    asked = path.format(partner=partner)
    assert not complaints(client, [f"{asked}?as_of={time}" for time in BAD_TIMES])


@pytest.mark.parametrize("path", ["/v1/balances", "/v1/partners/{partner}/balance"])
def test_known_at_takes_dates_instants_and_positions_only(
    client: httpx2.Client, partner: str, path: str
) -> None:
    asked = path.format(partner=partner)
    times = (*BAD_TIMES, *BAD_POSITIONS, f"position:{10**18}", "position:" + "9" * 400)
    assert not complaints(client, [f"{asked}?known_at={time}" for time in times])


@pytest.mark.parametrize("path", [*LISTS, f"/v1/events/{ANY_ID}"])
def test_waiting_takes_sensible_numbers_only(client: httpx2.Client, path: str) -> None:
    waits = [f"{path}?wait={value}" for value in ("31", "30.1", "-1", "x", "", "1e9")]
    nowhere = ("-1", "x", "1.5", "", "9" * 400)
    positions = [f"{path}?min_position={value}" for value in nowhere]
    assert not complaints(client, [*waits, *positions, f"{path}?wait=NaN"])


def test_filters_of_the_log_take_their_own_kind_only(client: httpx2.Client) -> None:
    dates = ("occurred_from", "occurred_to", "recorded_from", "recorded_to")
    texts = ("recorded_by", "correlation", "source_system", "source_ref")
    questions = [
        *(f"{name}={value}" for name, value in product(dates, BAD_TIMES)),
        *(f"{name}={value}" for name, value in product(texts, BAD_TEXTS)),
        *(f"causation={value}" for value in (MARKER, "%00", "", "1")),
        *(f"partner={value}" for value in ("%00", "", "A" + MARKER, "a" * 65)),
        *(f"order={value}" for value in (MARKER, "", "id", "%2Bposition")),
    ]
    assert not complaints(client, [f"/v1/events?{each}" for each in questions])


@pytest.mark.parametrize(
    "path",
    [
        *("/v1/partners/{}", "/v1/partners/{}/balance", "/v1/partners/{}/postings"),
        *("/v1/events/{}", "/v1/schemas/{}"),
    ],
)
@pytest.mark.parametrize(
    "name",
    [
        *(
            MARKER,
            "%00",
            f"{MARKER}%00",
            "%ED%A0%80",
            "%FF",
            "%F0%9F%98%80",
            "-",
        ),
        *("A" * 300, "%0a", "_ledgers", "'%20OR%201=1", ANY_ID, ANY_ID.upper()),
    ],
)
def test_nothing_is_found_under_a_senseless_name(
    client: httpx2.Client, path: str, name: str
) -> None:
    answer = client.get(path.format(name))
    flaws = [flaw_of(answer, "not-found"), flaw_of(answer, "invalid")]
    assert None in flaws, flaws
    assert MARKER not in answer.text


def test_a_question_that_is_not_utf_8_is_no_failure(client: httpx2.Client) -> None:
    for query in ("partner=%ED%A0%80", "type=%FF", "correlation=%C0%80", "%FF=1"):
        assert client.get(f"/v1/events?{query}").status_code in {200, 422}


def test_no_path_is_found_by_a_slash_too_many(client: httpx2.Client) -> None:
    for path in ("/v1//events", "/v1/events//x", "//v1/events", "/v1"):
        problem(client.get(path), "not-found")
