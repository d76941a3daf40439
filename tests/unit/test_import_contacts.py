"""Address books become partners and their people."""

from pathlib import Path

import pytest

from services.importers.content_lines import LONGEST
from tests.importing import Importer, card, left_out, refused

TARO = card("UID:urn:uuid:1", "FN:Taro Yamada", "ORG:Acme Inc.;Sales", "TITLE:Head")


@pytest.fixture
def importer(tmp_path: Path) -> Importer:
    return Importer(tmp_path)


def test_a_card_of_a_new_organisation_makes_a_partner_and_a_person(
    importer: Importer,
) -> None:
    importer.run(
        vcf=card(
            "UID:urn:uuid:7",
            "FN:Hanako Satō",
            "ORG:New\\, Fine & Co.;Sales",
            "TITLE:Head of\\nSales",
            "EMAIL;TYPE=work:hanako@new.example",
            "TEL;VALUE=uri:tel:+81-75-000",
        )
    )
    known, person = importer.log.events
    assert known["data"] == {"name": "New, Fine & Co."}
    assert known["source"] == {"system": "vcard", "ref": "partner:new-fine-co"}
    assert person["partner"] == known["partner"] == "new-fine-co"
    assert person["source"] == {"system": "vcard", "ref": "urn:uuid:7"}
    assert person["data"].pop("person").startswith("c-")
    assert person["data"] == {
        "side": "partner",
        "name": "Hanako Satō",
        "role": "Head of Sales",
        "email": "hanako@new.example",
        "phone": "+81-75-000",
    }


def test_the_id_of_a_person_tells_nothing_of_the_person(importer: Importer) -> None:
    importer.run(vcf=TARO)
    assert "taro" not in str(importer.log.data("PersonAdded")[0]["person"]).lower()


def test_a_partner_is_found_by_any_name_that_it_ever_had(importer: Importer) -> None:
    importer.log.record(
        {"type": "PartnerIdentified", "partner": "x1", "data": {"name": "Old Co"}}
    )
    importer.log.record(
        {"type": "PartnerRenamed", "partner": "x1", "data": {"name": "アクメ　BO"}}
    )
    for number, name in enumerate(("old co", "ｱｸﾒ BO", "アクメ bo")):
        importer.run(vcf=card(f"UID:{number}", f"FN:P{number}", f"ORG:{name}"))
    assert len(importer.log.of("PartnerIdentified")) == 1
    assert {one["partner"] for one in importer.log.of("PersonAdded")} == {"x1"}


def test_people_of_a_merged_partner_are_added_to_the_survivor(
    importer: Importer,
) -> None:
    for id_ in ("old", "new"):
        importer.log.record(
            {"type": "PartnerIdentified", "partner": id_, "data": {"name": id_}}
        )
    merged = {"into": "new", "reason": "the same"}
    importer.log.record({"type": "PartnerMerged", "partner": "old", "data": merged})
    importer.run(vcf=card("UID:1", "FN:P", "ORG:Old"))
    assert importer.log.of("PersonAdded")[0]["partner"] == "new"


def test_two_partners_of_one_name_are_never_guessed_between(importer: Importer) -> None:
    for id_ in ("a", "b"):
        importer.log.record(
            {"type": "PartnerIdentified", "partner": id_, "data": {"name": "Same"}}
        )
    report = importer.run(vcf=card("UID:1", "FN:P", "ORG:Same"))
    assert left_out(report) == {"two partners have this name": 1}


def test_the_map_says_which_partner_an_organisation_is(importer: Importer) -> None:
    importer.map = '[organisations]\n"Acme K.K." = "acme"\n"Bank" = ""\n'
    report = importer.run(
        vcf=card("UID:1", "FN:P", "ORG:Acme K.K.") + card("UID:2", "FN:Q", "ORG:Bank")
    )
    assert [one["partner"] for one in importer.log.events] == ["acme", "acme"]
    assert importer.log.data("PartnerIdentified") == [{"name": "Acme K.K."}]
    assert left_out(report) == {"set aside by the map": 1}


def test_only_known_organisations_when_the_map_wants_no_new_ones(
    importer: Importer,
) -> None:
    importer.map += "[contacts]\nnew_partners = false\n"
    report = importer.run(vcf=TARO + card("UID:2", "FN:Q", "ORG:Dentist & Son"))
    assert [one["partner"] for one in importer.log.events] == ["acme", "acme"]
    assert dict(report.unknown.organisations) == {"Dentist & Son": 1}


def test_a_card_without_organisation_is_left_out_and_says_where(
    importer: Importer,
) -> None:
    report = importer.run(vcf=TARO + card("UID:2", "FN:Mother"))
    assert left_out(report) == {"no organisation": 1}
    account = report.whole().as_json()
    assert "file.vcf line 8" in str(report.accounts[0].skipped_examples)
    assert account["rows"] == {
        "read": 2,
        "with_events": 1,
        "with_refused_events": 0,
        "collapsed": {},
        "skipped": {"no organisation": 1},
        "refused": {},
    }


def test_a_card_of_a_known_domain_needs_no_organisation(importer: Importer) -> None:
    importer.run(vcf=card("UID:1", "FN:Taro", "EMAIL:Taro@Mail.Acme.example"))
    known, person = importer.log.events
    assert (known["data"]["name"], person["partner"]) == ("Acme Inc.", "acme")
    assert known["data"]["domains"] == ["acme.example"]


@pytest.mark.parametrize(
    "lines",
    [
        ("KIND:org", "FN:City Hall", "ORG:City Hall"),
        ("KIND:org", "FN:City Hall"),
        ("X-ABShowAs:COMPANY", "N:;;;;", "FN:City Hall", "ORG:City Hall"),
        ("N:;;;;", "FN:City Hall", "ORG:City Hall"),
        ("ORG:City Hall",),
    ],
)
def test_the_card_of_an_organisation_makes_a_partner_alone(
    importer: Importer, lines: tuple[str, ...]
) -> None:
    importer.run(vcf=card("UID:city", *lines))
    (known,) = importer.log.events
    assert known["data"] == {"name": "City Hall"}
    assert known["source"] == {"system": "vcard", "ref": "city"}


def test_a_group_of_cards_is_neither_person_nor_organisation(
    importer: Importer,
) -> None:
    report = importer.run(vcf=card("UID:1", "KIND:group", "FN:Friends", "ORG:Acme"))
    assert left_out(report) == {"neither a person nor an organisation": 1}


def test_our_own_colleagues_are_people_of_ours(importer: Importer) -> None:
    importer.map = importer.map.replace("[us]", '[us]\nnames = ["Ours Ltd."]')
    importer.run(
        vcf=card("UID:1", "FN:Me", "ORG:Acme Inc.", "EMAIL:me@ours.example")
        + card("UID:2", "FN:You", "ORG:OURS ltd.")
    )
    assert [one["partner"] for one in importer.log.events] == ["_ledger", "_ledger"]
    assert {data["side"] for data in importer.log.data("PersonAdded")} == {"us"}


def test_importing_a_changed_card_corrects_what_was_recorded(
    importer: Importer,
) -> None:
    importer.run(vcf=TARO)
    importer.run(vcf=TARO.replace("Head", "President"))
    importer.run(vcf=TARO.replace("Head", "President"))
    (correction,) = importer.log.of("EventCorrected")
    (added,) = importer.log.of("PersonAdded")
    assert correction["data"]["target"] == added["id"]
    assert correction["data"]["data"] == {**added["data"], "role": "President"}
    assert correction["source"]["ref"] == "urn:uuid:1~2"
    importer.run(vcf=TARO)
    assert [one["source"]["ref"] for one in importer.log.of("EventCorrected")] == [
        "urn:uuid:1~2",
        "urn:uuid:1~3",
    ]


def test_a_person_who_went_to_another_partner_is_for_people_to_judge(
    importer: Importer,
) -> None:
    importer.run(vcf=TARO)
    report = importer.run(vcf=TARO.replace("Acme Inc.", "Other"))
    assert left_out(report) == {"now with another partner": 1}


def test_whoever_was_recorded_by_hand_is_not_added_again(importer: Importer) -> None:
    importer.log.record(
        {"type": "PartnerIdentified", "partner": "acme", "data": {"name": "Acme"}}
    )
    by_hand = {"person": "taro", "side": "partner", "name": "T", "email": "T@A.example"}
    importer.log.record({"type": "PersonAdded", "partner": "acme", "data": by_hand})
    report = importer.run(
        vcf=card("UID:1", "FN:Taro", "ORG:Acme Inc.", "EMAIL:t@a.example")
        + card("UID:2", "FN:t", "ORG:Acme")
    )
    assert left_out(report) == {"known already": 2}


def test_an_erased_person_is_not_written_anew(importer: Importer) -> None:
    importer.run(vcf=TARO)
    for one in importer.log.of("PersonAdded"):
        one["data"] |= {"name": "erased", "role": "Head"}
    importer.run(vcf=TARO.replace("Head", "President"))
    assert not importer.log.of("EventCorrected")


def test_of_two_cards_with_one_uid_the_first_counts_every_time(
    importer: Importer,
) -> None:
    both = TARO + TARO.replace("Head", "President")
    importer.run(vcf=both)
    report = importer.run(vcf=both)
    assert report.whole().recorded == 0
    assert left_out(report) == {"another card with the same UID": 1}
    assert importer.log.data("PersonAdded")[0]["role"] == "Head"


def test_a_card_without_uid_is_known_by_what_it_holds(importer: Importer) -> None:
    text = card("FN:Taro", "ORG:Acme Inc.")
    importer.run(vcf=text)
    assert importer.log.events[-1]["source"]["ref"].startswith("sha256:")
    assert importer.run(vcf=text).whole().recorded == 0


def test_names_are_assembled_as_they_are_spoken(importer: Importer) -> None:
    importer.run(
        vcf=card("UID:1", "N:山田;太郎;;;", "ORG:Acme Inc.", version="3.0")
        + card("UID:2", "N:Smith;Jo;B.;Dr.;", "ORG:Acme Inc.", version="3.0")
    )
    assert [data["name"] for data in importer.log.data("PersonAdded")] == [
        "山田 太郎",
        "Jo B. Smith",
    ]


def test_folded_lines_and_every_line_ending_are_read(importer: Importer) -> None:
    folded = "BEGIN:VCARD\r\nUID:1\r\nFN:山\r\n 田\r\nORG:Acme\r\n \t Inc.\r\nEND:VCARD"
    octets = folded.encode().replace("山".encode(), b"\xe5\xb1\r\n \xb1")
    importer.run(vcf=b"\xef\xbb\xbf" + octets)
    importer.run(vcf=octets.replace(b"\r\n", b"\n"))
    (person,) = importer.log.data("PersonAdded")
    assert person["name"] == "山田"


def test_cards_of_old_telephones_are_read(importer: Importer) -> None:
    """vCard 2.1: quoted-printable in Shift_JIS, soft breaks, types without a name."""
    name = (
        "N;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8E=52=93=63;=\r\n=91=BE=98=59"
    )
    how = "CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE"
    half = f"ORG;{how}:=CE=DE=B0=8A=94=8E=AE=89=EF=8E=D0"
    importer.run(
        vcf=card("UID:1", name, half, "EMAIL;PREF;INTERNET:t@x", version="2.1")
    )
    (person,) = importer.log.of("PersonAdded")
    assert person["partner"] == "bo"
    assert person["data"]["name"] == "山田 太郎"


def test_cards_of_apple_and_google_are_read(importer: Importer) -> None:
    """Groups before names, several types, labels, and what they add of their own."""
    importer.run(
        vcf=card(
            "PRODID:-//Apple Inc.//macOS 14.5//EN",
            "N:Satō;Hanako;;;",
            "FN:Hanako Satō",
            "ORG:Acme Inc.;",
            "item1.EMAIL;type=INTERNET;type=WORK;type=pref:hanako@acme.example",
            "item1.X-ABLabel:_$!<Work>!$_",
            'item2.ADR;TYPE="home,pref":;;1 Street;Kyoto;;;Japan',
            "TEL;type=CELL;type=VOICE:075 000",
            "X-IMAGETYPE:PHOTO",
            "UID:2F5C:ABPerson",
            version="3.0",
        )
    )
    (person,) = importer.log.of("PersonAdded")
    assert (person["partner"], person["source"]["ref"]) == ("acme", "2F5C:ABPerson")
    assert person["data"]["email"] == "hanako@acme.example"
    assert person["data"]["phone"] == "075 000"


def test_a_file_may_be_written_in_another_encoding(importer: Importer) -> None:
    importer.map += '[contacts]\nencoding = "cp932"\n'
    text = card("UID:1", "FN:髙橋", "ORG:ﾎﾞｰ株式会社", version="3.0")
    importer.run(vcf=text.encode("cp932"))
    (person,) = importer.log.of("PersonAdded")
    assert (person["partner"], person["data"]["name"]) == ("bo", "髙橋")


LONG = "x" * (LONGEST + 1)


@pytest.mark.parametrize(
    ("broken", "rule", "where"),
    [
        (b"BEGIN:VCARD\nFN:A\nORG:B\n", "broken card", "BEGIN:VCARD has no END"),
        (b"BEGIN:VCARD\nFN:\xff\nORG:B\nEND:VCARD\n", "unreadable line", "line 2, FN"),
        (b"BEGIN:VCARD\nUID:1\nEND:VCARD\n", "no name", "line 1: the card has neither"),
        (f"BEGIN:VCARD\nFN:{LONG}\nEND:VCARD\n".encode(), "broken card", "line 2 is"),
        (f"BEGIN:VCARD\nFN:{LONG[9:]}\nORG:B\nEND:VCARD\n".encode(),
         "invalid event", ""),
        (b"BEGIN:VCARD\nFN\nORG:B\nEND:VCARD\n", "unreadable line", "line 2, FN"),
        (b"BEGIN:VCARD\nFN:A\0\nORG:B\nEND:VCARD\n", "invalid event", "U+0000"),
        (b"BEGIN:VCARD\nORG;CHARSET=no;ENCODING=QUOTED-PRINTABLE:=41\nEND:VCARD\n",
         "unreadable line", "line 2, ORG"),
    ],
)  # fmt: skip
def test_a_broken_card_is_named_and_the_others_are_imported(
    importer: Importer, broken: bytes, rule: str, where: str
) -> None:
    report = importer.run(vcf=broken + TARO.encode())
    assert list(refused(report)) == [rule]
    assert where in refused(report)[rule][0]
    assert refused(report)[rule][0].startswith("file.vcf line 1: ")
    assert len(importer.log.of("PersonAdded")) == 1


def test_a_photograph_of_any_size_is_passed_over(importer: Importer) -> None:
    photo = "PHOTO;ENCODING=b:" + "A" * 3_000_000
    folded = "LOGO:" + "A" * 70 + ("\n " + "A" * 70) * 40_000
    importer.run(vcf=card("UID:1", "FN:Taro", photo, folded, "ORG:Acme Inc."))
    assert len(importer.log.of("PersonAdded")) == 1


def test_begins_without_end_do_not_pile_up(importer: Importer) -> None:
    report = importer.run(vcf="".join(f"BEGIN:X{n}\n" for n in range(50_000)) + TARO)
    assert report.whole().rows + len(report.broken) == 1


def test_a_file_that_holds_no_card_does_not_stop_the_others(importer: Importer) -> None:
    report = importer.told({"none.vcf": "Good day.", "some.vcf": TARO})
    assert report.broken == ["none.vcf holds no vCard"]
    assert len(importer.log.of("PersonAdded")) == 1
