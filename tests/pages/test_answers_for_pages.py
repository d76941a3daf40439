"""What pages ask of the API that others may ask as well."""

from datetime import UTC, date, datetime

from services.projections.answers.calendar_text import Entry, calendar
from tests.running import RunningService

HISTORY = "/v1/partners/asanagi-works/history"


def test_a_history_reads_the_same_from_its_end(story: RunningService) -> None:
    forward = story.client.get(f"{HISTORY}?as_of=2026-01&limit=1000").json()["items"]
    back, path = [], f"{HISTORY}?as_of=2026-01&order=-happened&limit=50"
    while path:
        answer = story.client.get(path)
        back += answer.json()["items"]
        path = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
    assert back[::-1] == forward


def test_partners_are_narrowed_to_some_that_are_named(story: RunningService) -> None:
    asked = {"partner": ["tidal-commons", "asanagi-works", "nobody"], "q": "works"}
    items = story.client.get("/v1/partners", params=asked).json()["items"]
    assert [item["partner"] for item in items] == ["asanagi-works"]


def test_a_calendar_is_read_by_others_whatever_is_in_it() -> None:
    name = "Kelp, Kiln; & \\ 朝凪製作所" * 5
    entries = [
        Entry("a", date(2026, 3, 5), name, "http://here/a"),
        Entry("b", datetime(2026, 3, 5, 10, tzinfo=UTC), "two\nlines", "http://here/b"),
    ]
    text = calendar("Reminders", entries, datetime(2026, 3, 1, tzinfo=UTC))
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    unfolded = text.replace("\r\n ", "").split("\r\n")
    written = name.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    assert f"SUMMARY:{written}" in unfolded
    assert "SUMMARY:two\\nlines" in unfolded
    assert "DTSTART;VALUE=DATE:20260305" in unfolded
    assert "DTSTART:20260305T100000Z" in unfolded
    assert "DTEND:20260305T110000Z" in unfolded


def test_no_other_secret_opens_a_calendar(story: RunningService) -> None:
    for token in (story.key, "al-feed.default." + "A" * 43, "al-feed", "", "\x00"):
        answer = story.client.get("/v1/next-contacts.ics", params={"token": token})
        assert answer.status_code in {401, 422}
