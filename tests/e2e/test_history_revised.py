"""Histories that were corrected, merged, paged or judged by another policy."""

from tests.e2e.acts_story import contact, identify, ledger_of, on
from tests.e2e.asking import head, pointers, problem, record, say
from tests.e2e.history_story import (
    agreement,
    check,
    help_,
    history,
    postings_of,
    stages_of,
)
from tests.running import RunningService


def test_facts_read_as_they_were_known(service: RunningService) -> None:
    with ledger_of(service) as client:
        identify(client, "acme")
        made = record(client, contact("2014-01-05", "acme"))
        gone = record(client, contact("2014-01-06", "acme"))
        why = {"target": made["id"], "reason": "Not so."}
        dated = say(client, "EventCorrected", "acme", occurred_at="2014-03", **why)
        email = {"by": "partner", "channel": "email"}
        said = say(client, "EventCorrected", "acme", data=email, **why)
        say(client, "EventRetracted", "acme", target=gone["id"], reason="Not so.")
        _, now = history(client)["items"]
        assert now["corrected_by"] == [dated["id"], said["id"]]
        assert (now["occurred_at"], now["data"]) == ("2014-03", email)
        assert now["acts_from"] == now["occurred_from"] == "2014-03-01T00:00:00.000000Z"
        assert now["occurred_to"].startswith("2014-03-31")
        for cut in range(1, head(client) + 1):
            check(client, "acme", known_at=f"position:{cut}")
        then = history(client, known_at=f"position:{gone['position']}")["items"]
        assert [i["occurred_at"] for i in then] == ["2013", "2014-01-05", "2014-01-06"]
        assert then[1]["corrected_by"] == []
        undo = {"target": dated["id"], "reason": "It was in January."}
        say(client, "EventRetracted", "acme", **undo)
        _, back = history(client)["items"]
        assert (back["occurred_at"], back["data"]) == ("2014-01-05", email)
        assert back["corrected_by"] == [said["id"]]


def test_merged_partners_have_one_history(service: RunningService) -> None:
    with ledger_of(service) as client:
        identify(client, "acme", "birch")
        record(
            client,
            [
                on("2014-02", help_("HelpOffered", "acme", "2", offer="o")),
                contact("2014-01-05", "birch"),
                contact("2014-01-04", "acme"),
            ],
        )
        before = head(client)
        say(client, "PartnerMerged", "acme", into="birch", reason="Same.")
        say(client, "OfferAccepted", "birch", offer="acme/o")
        items = history(client, "birch")["items"]
        facts = [(i["partner"], i["type"]) for i in items]
        assert facts == [
            ("acme", "PartnerIdentified"),
            ("birch", "PartnerIdentified"),
            ("acme", "ContactMade"),
            ("birch", "ContactMade"),
            ("acme", "HelpOffered"),
            ("acme", "PartnerMerged"),
            ("birch", "OfferAccepted"),
        ]
        assert {p["ref"] for i in items for p in postings_of(i)} == {"acme/o"}
        check(client, "birch")
        gone = client.get("/v1/partners/acme/history")
        assert problem(gone, "not-found")["merged_into"] == "birch"
        for partner in ("acme", "birch"):
            check(client, partner, known_at=f"position:{before}")


def test_partners_that_were_merged_by_mistake_have_histories_of_their_own(
    service: RunningService,
) -> None:
    with ledger_of(service) as client:
        identify(client, "acme", "birch")
        record(client, [contact("2014-01-05", "birch"), contact("2014", "acme")])
        merge = say(client, "PartnerMerged", "acme", into="birch", reason="Same.")
        assert len(history(client, "birch")["items"]) == 5
        undo = {"target": merge["id"], "reason": "Two, after all."}
        say(client, "EventRetracted", "acme", **undo)
        for partner in ("acme", "birch"):
            items = history(client, partner)["items"]
            assert [item["partner"] for item in items] == [partner] * 2
            check(client, partner)


def test_pages_are_of_the_cut_of_the_first(service: RunningService) -> None:
    with ledger_of(service) as client:
        identify(client, "acme")
        record(
            client,
            [agreement("acme"), *(contact(f"2014-05-0{n}", "acme") for n in "123")],
        )
        whole = history(client)
        path = f"/v1/partners/acme/history?limit=1&min_position={head(client)}"
        answer, items = client.get(path), []
        top = answer.json()["position"]
        while True:
            assert answer.status_code == 200, answer.text
            items += answer.json()["items"]
            assert answer.json()["position"] == top
            if "next" not in answer.links:
                break
            record(client, contact("2014-05-04", "acme"))
            answer = client.get(answer.links["next"]["url"])
        assert items == whole["items"]
        assert len(history(client)["items"]) > len(items)


def test_a_policy_says_what_the_facts_made(service: RunningService) -> None:
    with ledger_of(service) as client:
        identify(client, "acme")
        meetings = [contact(day, "acme") for day in ("2014-01-05", "2014-05-01")]
        record(client, [on("2014-03-01", agreement("acme")), *meetings])
        loose = {"contact_days": 2, "require_goal": False}
        policy = say(client, "StagePolicyPublished", "_ledger", **loose)["id"]
        # Beneath the alliance it is earned, and shows when the alliance is over.
        allied = history(client, as_of="2014-06-30")
        assert allied["policy"] == policy
        assert stages_of(allied["items"])[-1]["stage"] == "allied"
        over = history(client, as_of="2014-07-01")
        assert stages_of(over["items"])[-1]["stage"] == "exploring"
        old = history(client, as_of="2014-07-01", policy="v1")
        assert old["policy"] == "v1"
        assert stages_of(old["items"])[-1]["stage"] == "acquainted"
        for name in ("v1", policy):
            check(client, "acme", as_of="2014-07-01", policy=name)
        early = {"policy": policy, "known_at": "position:3"}
        refused = client.get("/v1/partners/acme/history", params=early)
        assert pointers(problem(refused, "invalid")) == ["/query/policy"]
