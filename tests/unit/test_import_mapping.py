import gzip
from pathlib import Path

import pytest

from services.importers.mapping import KnownPartner, RowMapper
from services.importers.outcomes import (
    Collapsed,
    EventLine,
    Mapped,
    Outcome,
    Refused,
    Skipped,
)
from services.importers.plan import Plan, prepare_import
from services.importers.refusals import FileUnusable, MapUnusable
from services.importers.rows import read_rows

VISITS = """
name = "Visits"
system = "visits:{owner:slug}"
ref = "{id}"
[parameters.owner]
about = "whose book this is"
[columns]
amount = "How much"
[partner]
between = ["who", "whom"]
us = "{owner}"
[tables.acts]
"visited" = { act = "visit", from = "guest" }
"hosted" = { act = "visit", from = "host" }
"gave" = { act = "gift", from = "" }
"said" = { act = "talk", from = "" }
[fields]
act = { text = "{what}", table = "acts", column = "act" }
from = { text = "{what}", table = "acts", column = "from" }
[[skip]]
rule = "only talk"
when = { act = "talk" }
[[collapse]]
rule = "told by the other side too"
when = { act = "visit" }
key = "{on} {partner}"
[[event]]
type = "ContactMade"
when = { from = "guest" }
occurred_at = "{on}"
data = { by = "{by}", channel = "in_person" }
[[event]]
type = "ContactMade"
when = { from = "host" }
occurred_at = "{on}"
data = { by = "{by_other}", channel = "in_person" }
[[event]]
type = "ResourceCommitted"
when = { act = "gift" }
occurred_at = "{on}"
[event.data]
commitment = "{id:id}"
by = "{by}"
kind = "money"
quantity = { amount = "{amount}", unit = "{unit}" }
[[event]]
type = "HelpDelivered"
when = { act = "gift" }
suffix = "/delivery"
occurred_at = "{on}"
[event.data]
delivery = "{id:id}"
by = "{by}"
kind = "money"
commitment = "{id:id}"
completes = true
quantity = { amount = "{amount}", unit = "{unit}" }
"""
HEADER = "id,on,who,what,whom,How much,unit\n"


def plan(folder: Path, text: str, rows: str, **chosen: str) -> Plan:
    (folder / "map.toml").write_text(text, "utf-8")
    (folder / "rows.csv").write_text(rows, "utf-8")
    return prepare_import(folder / "map.toml", [folder / "rows.csv"], chosen)


def outcomes(folder: Path, *rows: str, text: str = VISITS) -> list[Outcome]:
    ready = plan(folder, text, HEADER + "\n".join(rows), owner="Acme")
    return list(RowMapper(ready).outcomes(read_rows(ready)))


def lines(outcome: Outcome) -> list[EventLine]:
    assert isinstance(outcome, Mapped), outcome
    return list(outcome.lines)


def test_the_partner_is_the_other_party_and_by_says_who_acted(tmp_path: Path) -> None:
    told = outcomes(tmp_path, "1,2014-03,Acme,visited,Bo,,", "2,2014,Bo,visited,Acme,,")
    first, second = lines(told[0])[-1], lines(told[1])[-1]
    assert first["partner"] == second["partner"] == "bo"
    assert (first["data"], second["data"]) == (
        {"by": "us", "channel": "in_person"},
        {"by": "partner", "channel": "in_person"},
    )
    assert (first["occurred_at"], second["occurred_at"]) == ("2014-03", "2014")


def test_a_partner_is_identified_at_its_first_mention_only(tmp_path: Path) -> None:
    told = outcomes(
        tmp_path, "1,2014-03,Acme,visited,Bo & Co,,", "2,2015,Acme,visited,Bo & Co,,"
    )
    assert lines(told[0])[0] == {
        "type": "PartnerIdentified",
        "partner": "bo-co",
        "occurred_at": "2014-03",
        "data": {"name": "Bo & Co"},
        "source": {"system": "visits:acme", "ref": "partner:bo-co"},
    }
    assert [line["type"] for line in lines(told[1])] == ["ContactMade"]


def test_a_mirrored_row_collapses_into_the_first(tmp_path: Path) -> None:
    told = outcomes(
        tmp_path, "1,2014-03-05,Bo,hosted,Acme,,", "2,2014-03-05,Acme,visited,Bo,,"
    )
    assert lines(told[0])[-1]["data"] == {"by": "us", "channel": "in_person"}
    assert isinstance(told[1], Collapsed)
    assert (told[1].rule, told[1].into) == ("told by the other side too", "1")


def test_a_refused_row_does_not_swallow_its_mirror(tmp_path: Path) -> None:
    told = outcomes(
        tmp_path, ",2014-03-05,Bo,hosted,Acme,,", "2,2014-03-05,Acme,visited,Bo,,"
    )
    assert [type(outcome) for outcome in told] == [Refused, Mapped]


def test_a_row_makes_several_events_with_refs_of_their_own(tmp_path: Path) -> None:
    (told,) = outcomes(tmp_path, "7,2014,Acme,gave,Bo,1234567.891,GHC")
    committed, delivered = lines(told)[1:]
    assert committed["source"] == {"system": "visits:acme", "ref": "7"}
    assert delivered["source"] == {"system": "visits:acme", "ref": "7/delivery"}
    assert delivered["data"] == {
        "delivery": "7",
        "by": "us",
        "kind": "money",
        "commitment": "7",
        "completes": True,
        "quantity": {"amount": "1234567.891", "unit": "GHC"},
    }


def test_a_row_without_amount_has_no_quantity(tmp_path: Path) -> None:
    (told,) = outcomes(tmp_path, "7,2014,Acme,gave,Bo,,USD")
    assert "quantity" not in str(lines(told))


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("1,2014,Acme,said,Bo,,", "only talk"),
        ("1,2014,Al,visited,Bo,,", "neither side is us"),
        ("1,2014,Acme,visited,Acme,,", "both sides are us"),
        ("1,2014,Acme,visited,,,", "no partner named"),
    ],
)
def test_a_row_is_skipped_under_the_name_of_its_rule(
    tmp_path: Path, row: str, rule: str
) -> None:
    (told,) = outcomes(tmp_path, row)
    assert isinstance(told, Skipped)
    assert told.rule == rule


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("1,2014,Acme,danced,Bo,,", "value not in table"),
        ("1,14/3,Acme,visited,Bo,,", "unreadable date"),
        ("1,,Acme,visited,Bo,,", "no date"),
        (",2014,Acme,visited,Bo,,", "no ref"),
        ("1,2014,Acme,gave,Bo,1e6,USD", "unreadable amount"),
        ("1,2014,Acme,gave,Bo,-5,USD", "negative amount"),
        ("1,2014,Acme,gave,Bo,5,D", "unknown unit"),
        ("1,2014,Acme,gave,Bo,5,", "invalid event"),
        ("1,2014,Acme", "broken row"),
        ("1,2014,Acme,visited,Bo,,,,", "broken row"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_by_name(
    tmp_path: Path, row: str, rule: str
) -> None:
    (told,) = outcomes(tmp_path, row)
    assert isinstance(told, Refused)
    assert told.rule == rule


def test_a_row_that_no_rule_covers_is_refused_not_lost(tmp_path: Path) -> None:
    text = VISITS.replace('when = { act = "talk" }', 'when = { act = "song" }')
    (told,) = outcomes(tmp_path, "1,2014,Acme,said,Bo,,", text=text)
    assert isinstance(told, Refused)
    assert told.rule == "no rule of the map"


def test_a_repeated_ref_is_refused_or_numbered(tmp_path: Path) -> None:
    rows = ("1,2014,Acme,visited,Bo,,", "1,2015,Acme,visited,Bo,,")
    refused = outcomes(tmp_path, *rows)[1]
    assert isinstance(refused, Refused)
    assert refused.rule == "repeated ref"
    numbered = outcomes(tmp_path, *rows, text='repeats = "number"\n' + VISITS)[1]
    assert lines(numbered)[0]["source"] == {"system": "visits:acme", "ref": "1~2"}


def test_a_partner_that_the_ledger_knows_keeps_its_id(tmp_path: Path) -> None:
    ready = plan(tmp_path, VISITS, HEADER + "1,2014,Acme,visited,Bo,,", owner="Acme")
    known = {"bo-1234": KnownPartner("Bo", {}), "bo": KnownPartner("BO", {})}
    (told,) = RowMapper(ready, known).outcomes(read_rows(ready))
    assert [(line["type"], line["partner"]) for line in lines(told)] == [
        ("ContactMade", "bo-1234")
    ]


GRANTS = """
name = "Grants"
system = "grants"
ref = "{row}"
order = { first = { kind = "promise" }, by = "{on}" }
[numbers]
decimal = ","
thousands = "."
[dates]
formats = ["%d.%m.%Y"]
[partner]
name = "{to}"
identified = { kind = "nonprofit", country = "{country}" }
ids = { "Bo e.V." = "bo" }
[[event]]
type = "ResourceCommitted"
when = { kind = "promise" }
lacks = "{partner}"
introduces = "{partner}"
occurred_at = "{on}"
[event.data]
commitment = "c"
by = "us"
kind = "money"
quantity = { amount = "{sum}", unit = "EUR" }
[[event]]
type = "CommitmentChanged"
when = { kind = "promise" }
needs = "{partner}"
occurred_at = "{on}"
data = { commitment = "c", delta = "{sum}", reason = "more or less" }
[[event]]
type = "HelpDelivered"
when = { kind = "paid", sum = { above = "0" } }
needs = "{partner}"
occurred_at = "{on}"
[event.data]
by = "us"
kind = "money"
commitment = "c"
quantity = { amount = "{sum}", unit = "EUR" }
[[event]]
type = "HelpDelivered"
when = { kind = "paid", sum = { below = "0" } }
occurred_at = "{on}"
[event.data]
by = "partner"
kind = "money"
quantity = { amount = "{sum:abs}", unit = "EUR" }
"""


def test_rows_in_order_can_build_on_what_others_introduced(tmp_path: Path) -> None:
    rows = """on;to;country;kind;sum
6.3.2014;Bo e.V.;DE;paid;1.000,50
5.3.2014;Bo e.V.;DE;promise;-0,25
1.3.2014;Bo e.V.;DE;promise;2.000
7.3.2014;Bo e.V.;DE;paid;-3,00
"""
    ready = plan(tmp_path, 'delimiter = ";"\n' + GRANTS, rows)
    made = [
        line
        for outcome in RowMapper(ready).outcomes(read_rows(ready))
        for line in lines(outcome)
    ]
    assert [(line["type"], line["source"]) for line in made] == [
        ("PartnerIdentified", {"system": "grants", "ref": "partner:bo"}),
        ("ResourceCommitted", {"system": "grants", "ref": "3"}),
        ("CommitmentChanged", {"system": "grants", "ref": "2"}),
        ("HelpDelivered", {"system": "grants", "ref": "1"}),
        ("HelpDelivered", {"system": "grants", "ref": "4"}),
    ]
    assert made[0]["data"] == {
        "name": "Bo e.V.",
        "kind": "nonprofit",
        "country": "DE",
    }
    assert made[2]["data"] == {
        "commitment": "c",
        "delta": "-0.25",
        "reason": "more or less",
    }
    assert [line["occurred_at"] for line in made[1:]] == [
        "2014-03-01",
        "2014-03-05",
        "2014-03-06",
        "2014-03-07",
    ]
    assert made[4]["data"] == {
        "by": "partner",
        "kind": "money",
        "quantity": {"amount": "3.00", "unit": "EUR"},
    }


def test_a_gzipped_tab_separated_file_is_read_alike(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('format = "tsv"\n' + VISITS, "utf-8")
    text = (HEADER + "1,2014,Acme,visited,Bø,,\n").replace(",", "\t")
    (tmp_path / "rows.tsv.gz").write_bytes(gzip.compress(text.encode()))
    ready = prepare_import(
        tmp_path / "map.toml", [tmp_path / "rows.tsv.gz"], {"owner": "Acme"}
    )
    (told,) = RowMapper(ready).outcomes(read_rows(ready))
    assert lines(told)[0]["data"] == {"name": "Bø"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"id,on\n1,2014\n", "no column"),
        (b"", "no header"),
        (HEADER.encode() + b"1,2014,Acme,visited,B\xff,,\n", "utf-8"),
        (HEADER.encode() + b'1,2014,Acme,"visited,Bo,,\n', "unexpected end"),
        (HEADER.replace("unit", "id").encode(), "no column|two columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    ready = plan(tmp_path, VISITS, "", owner="Acme")
    ready.files[0].write_bytes(content)
    with pytest.raises(FileUnusable, match=f"rows.csv.*({reason})"):
        list(read_rows(ready))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('rule = "only talk"', 'rool = "only talk"', "rool"),
        ("{owner:slug}", "{owner:slugg}", "no filter 'slugg'"),
        ('key = "{on} {partner}"', 'key = "{on"', "unbalanced braces"),
        ('table = "acts", column = "act"', 'table = "deeds"', "no table 'deeds'"),
        ('column = "act"', 'column = "deed"', "has no 'deed'"),
        ("ContactMade", "ContactMaid", "no event type 'ContactMaid'"),
        ('text = "{what}"', 'text = "{partner}"', "before it is known"),
        ('us = "{owner}"', "", "needs `name`, or `between`"),
        ("completes = true", "completes = 1.5", "a float is not exact"),
        ("[columns]", '[dates]\nformats = ["%d/%Y"]\n[columns]', "may use %Y"),
        ('act = "talk" }', 'act = { above = "x" } }', "must be a number"),
        ('act = "talk" }', 'act = { matches = "(" } }', "no regular expression"),
        ("[columns]", "[columns", "map.toml"),
        ("[columns]", '[columns]\nby = "unit"', "fills in"),
    ],
)
def test_a_mistake_in_a_map_is_named(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    assert old in VISITS
    with pytest.raises(MapUnusable, match=reason):
        plan(tmp_path, VISITS.replace(old, new, 1), HEADER, owner="Acme")


def test_a_parameter_has_to_be_chosen_and_known(tmp_path: Path) -> None:
    with pytest.raises(MapUnusable, match="--set owner=…: whose book this is"):
        plan(tmp_path, VISITS, HEADER)
    with pytest.raises(MapUnusable, match="no parameter 'color'; the map has: owner"):
        plan(tmp_path, VISITS, HEADER, owner="Acme", color="red")


def test_two_events_of_a_row_need_refs_of_their_own(tmp_path: Path) -> None:
    text = VISITS.replace('suffix = "/delivery"\n', "")
    with pytest.raises(MapUnusable, match="different `suffix`es"):
        outcomes(tmp_path, "7,2014,Acme,gave,Bo,1,USD", text=text)
