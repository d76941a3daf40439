#!/usr/bin/env python3
"""Tables of the stages that a running ledger derives from one owner's ICEWS 2014.

    icews_2014_stages.py URL KEY

Publishes the policy that fits news, which know nothing of goals, thanks and
principles; publishing it again records nothing.
"""

import sys
from collections import Counter
from typing import Any, Final

import httpx2

Json = dict[str, Any]

DATES: Final = ("2014-06-30", "2014-12-31")
END: Final = DATES[-1]
STAGES: Final = (
    "identified",
    "acquainted",
    "exploring",
    "helping",
    "reciprocal",
    "ready",
    "allied",
    "compounding",
    "ended",
)
POLICY: Final[Json] = {
    "type": "StagePolicyPublished",
    "partner": "_ledger",
    "data": {
        "require_goal": False,
        "require_acknowledgement": False,
        "require_principles": False,
    },
}


class Ledger:
    """A ledger over HTTP, as it is once it has read everything recorded so far."""

    def __init__(self, url: str, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._client = httpx2.Client(base_url=url, headers=headers, timeout=60)
        self._position = 0

    def publish(self) -> None:
        """Publish the policy, once."""
        answer = self._client.post(
            "/v1/events", json=POLICY, headers={"Idempotency-Key": "policy-for-news"}
        )
        answer.raise_for_status()
        newest = self._client.get("/v1/events", params={"order": "-position"})
        self._position = int(newest.raise_for_status().json()["items"][0]["position"])

    def ask(self, path: str, **query: Any) -> Json:
        """A derived answer."""
        query |= {"min_position": self._position, "wait": 30}
        body: Json = self._client.get(path, params=query).raise_for_status().json()
        return body

    def listed(self, path: str, **query: Any) -> list[Json]:
        """All items of a derived list, page by page."""
        query |= {"limit": 1000, "min_position": self._position, "wait": 30}
        url, found = str(httpx2.URL(path, params=query)), []
        while url:
            answer = self._client.get(url).raise_for_status()
            found += answer.json()["items"]
            url = answer.links.get("next", {}).get("url", "")
        return found


def stages(ledger: Ledger) -> dict[str, Counter[str]]:
    """By date, how many partners stood in each stage."""
    return {
        day: Counter(p["stage"] for p in ledger.listed("/v1/partners", as_of=day))
        for day in DATES
    }


def flagged(ledger: Ledger) -> Counter[str]:
    """How many partners had each flag at the end."""
    partners = ledger.listed("/v1/partners", as_of=END)
    return Counter(flag for partner in partners for flag in partner["flags"])


def activity(ledger: Ledger) -> dict[str, tuple[int, int]]:
    """Contact days and deliveries of the year, by partner."""
    days: Counter[str] = Counter()
    for month in ledger.listed("/v1/rhythm", as_of=END):
        days[month["partner"]] += month["contact_days"]
    helps: Counter[str] = Counter()
    for item in ledger.listed("/v1/balances", as_of=END):
        sides = item["given"], item["received"]
        helps[item["partner"]] += sum(int(side["delivered"]) for side in sides)
    return {partner: (days[partner], helps[partner]) for partner in days | helps}


def most_active(ledger: Ledger) -> list[tuple[str, int, int]]:
    """The ten partners with most contact days and deliveries together."""
    found = sorted(activity(ledger).items(), key=lambda one: (-sum(one[1]), one[0]))
    return [(partner, *counts) for partner, counts in found[:10]]


def told(history: list[Json]) -> str:
    """A history in a line: each stage with the month and day on which it began."""
    return ", ".join(f"{row['stage']} {row['from'][5:10]}" for row in history)


def show(ledger: Ledger) -> None:
    """Write the tables as Markdown."""
    show_stages(stages(ledger))
    sys.stdout.write("\n")
    line("flag", END)
    line("---", "--:")
    for flag, count in sorted(flagged(ledger).items()):
        line(flag, count)
    sys.stdout.write("\n")
    show_most_active(ledger)


def show_stages(counts: dict[str, Counter[str]]) -> None:
    """Write how many partners stood in each stage."""
    line("stage", *DATES)
    line("---", *("--:" for _ in DATES))
    for stage in STAGES:
        line(stage, *(counts[day][stage] for day in DATES))
    line("**partners**", *(counts[day].total() for day in DATES))


def show_most_active(ledger: Ledger) -> None:
    """Write the table of the ten, with their histories."""
    line("partner", "contact days", "deliveries", "stages, since", "earned", "flags")
    line("---", "--:", "--:", "---", "---", "---")
    for partner, days, helps in most_active(ledger):
        answer = ledger.ask(f"/v1/partners/{partner}/stages", as_of=END)
        now = answer["current"]
        flags = ", ".join(flag["flag"] for flag in now["flags"])
        line(partner, days, helps, told(answer["history"]), now["earned"], flags)


def line(*cells: object) -> None:
    """A row of a table."""
    sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")


if __name__ == "__main__":
    the_ledger = Ledger(*sys.argv[1:3])
    the_ledger.publish()
    show(the_ledger)
