"""Steps that the tests of the rules share; each rule is tried on variations."""

from typing import Any

from tests.scenario import Step, correction, step

TEN_HOURS = {"amount": "10", "unit": "hour"}


def hours(amount: str) -> dict[str, str]:
    return {"amount": amount, "unit": "hour"}


identified = step("PartnerIdentified", name="Acme")
contacted = step("ContactMade", by="us", channel="phone")

offered = step("HelpOffered", offer="o", by="us", kind="space", quantity=TEN_HOURS)
accepted = step("OfferAccepted", offer="o")
declined = step("OfferDeclined", offer="o")
withdrawn = step("OfferWithdrawn", offer="o")

committed = step(
    "ResourceCommitted", commitment="c", by="us", kind="space", quantity=TEN_HOURS
)
changed = step("CommitmentChanged", commitment="c", delta="5", reason="More room.")
cancelled = step("CommitmentCancelled", commitment="c", reason="Overtaken.")

delivered = step(
    "HelpDelivered", delivery="d", by="us", kind="space", quantity=TEN_HOURS
)
received = delivered.but(by="partner")
on_offer = delivered.but(offer="o")
on_commitment = delivered.but(commitment="c")
acknowledged = step("DeliveryAcknowledged", delivery="d")
disputed = step("DeliveryDisputed", delivery="d", reason="We counted less.")
resolved = step("DisputeResolved", delivery="d", outcome="acknowledged")

goal = step("GoalShared", goal="g", whose="us", statement="More members.")
achieved = step("GoalAchieved", goal="g")
principle = step("PrincipleStated", principle="p", by="us", statement="Time.")
respected = step(
    "PrincipleAcknowledged", principle="p", by="partner", stance="respected"
)
issue = step("IssueRaised", issue="i", by="us", severity="high", statement="Late.")
settled = step("IssueResolved", issue="i")
meeting = step("MeetingScheduled", meeting="m", on="2014-04", channel="video")
called_off = step("MeetingCancelled", meeting="m")

proposed = step(
    "AllianceProposed", alliance="a", by="us", scope="Seminar", asks=[], gives=[]
)
turned_down = step("ProposalDeclined", alliance="a", by="partner", reason="No.")
put_off = step("ProposalDeferred", alliance="a", by="partner", reason="Later.")
agreed = step(
    "AllianceAgreed", alliance="a", name="A", project="Seminar", starts="2014"
)
ended = step("AllianceEnded", alliance="a", by="us", reason="Done.")

hanako = step("PersonAdded", person="hanako", side="partner", name="Hanako")
taro = step("PersonAdded", of="_ledger", person="taro", side="us", name="Taro")
note = step("ContactMade", by="us", channel="phone", note="Likes tea.")


def erased(person: str, *, of: str = "acme") -> Step:
    return step("PersonalDataErased", of=of, person=person, basis="Asked for it.")


def with_data(of: Step, **changes: Any) -> Step:
    """A correction of some members; those that are None are left out."""
    return correction(of, data=dict(of.but(**changes).data))
