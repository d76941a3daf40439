"""Messages between us and a partner become contacts, and nothing of what they say."""

from pathlib import Path

import pytest

from services.importers.mail.mailbox import LONGEST, MOST_BYTES
from tests.importing import Importer, card, left_out, message, refused

FROM_US = {"sender": "Me <me@ours.example>", "to": "taro@acme.example"}


@pytest.fixture
def importer(tmp_path: Path) -> Importer:
    return Importer(tmp_path)


def test_a_message_of_a_partner_is_a_contact_that_it_began(importer: Importer) -> None:
    importer.run(mbox=message("Subject: Secret plans"))
    known, made = importer.log.events
    assert known["data"] == {"name": "Acme Inc.", "domains": ["acme.example"]}
    assert known["occurred_at"] == made["occurred_at"] == "2026-11-05T10:00:00+09:00"
    assert made["data"] == {"by": "partner", "channel": "email"}
    assert made["source"] == {"system": "mbox", "ref": "<1@acme.example> acme"}
    assert "Secret" not in str(importer.log.events)


def test_a_message_of_ours_is_a_contact_with_each_partner(importer: Importer) -> None:
    to = '"Yamada, Taro" <taro@acme.example>,\n hanako@bo.example (or x@acme.example)'
    importer.run(mbox=message(sender="Me <me@ours.example>", to=to))
    made = {one["partner"]: one["data"]["by"] for one in importer.log.of("ContactMade")}
    assert made == {"acme": "us", "bo": "us"}


def test_people_who_are_known_by_address_took_part(importer: Importer) -> None:
    people = card(
        "UID:1", "FN:Taro", "ORG:Acme Inc.", "EMAIL:taro@acme.example"
    ) + card("UID:2", "FN:Me", "ORG:Ours", "EMAIL:me@ours.example")
    importer.run(mbox=message("Cc: other@acme.example"), vcf=people)
    theirs, ours = importer.log.data("PersonAdded")
    (made,) = importer.log.data("ContactMade")
    assert made["persons"] == [theirs["person"], ours["person"]]


def test_the_subject_is_kept_as_a_sealed_note_when_the_map_asks(
    importer: Importer,
) -> None:
    importer.map += "[mail]\nkeep_subject = true\n"
    importer.run(mbox=message("Subject: Good\n  day"))
    assert importer.log.data("ContactMade")[0]["note"] == "Good day"


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?iso-2022-jp?B?GyRCOzNFREJATzobKEI=?=", "山田太郎"),
        (b"=?ISO-2022-JP?B?GyhJNjcbKEI=?=", "ｶｷ"),
        (b"=?shift_jis?B?w723ww==?=", "ﾃｽｷﾃ"),
        (b"=?Shift_JIS?Q?=8E=52=FB=FC?=", "山髙"),
        (b"=?utf-8?b?5bGx?= =?utf-8?b?55Sw?=", "山田"),
        ("山田".encode(), "山田"),
        ("山田".encode("iso2022_jp"), "山田"),
        ("山田".encode("cp932"), "�R�c"),
        (b"=?x-nowhere?B?YWJj?=", "abc"),
        (b"=?utf-8?B?a?= after", "=?utf-8?B?a?= after"),
        (b"=?utf-8?Q?=FF?=", "�"),
        (b"=?hex?Q?61?=", "61"),
    ],
)
def test_headers_are_read_in_whatever_they_are_written(
    importer: Importer, raw: bytes, subject: str
) -> None:
    importer.map += "[mail]\nkeep_subject = true\n"
    text = message("Subject: HERE").encode().replace(b"HERE", raw)
    importer.run(mbox=text)
    assert importer.log.data("ContactMade")[0]["note"] == subject


@pytest.mark.parametrize(
    "sender",
    [
        b"=?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <taro@acme.example>",
        "山田 <taro@acme.example>".encode(),
        "山田, 社長".encode("iso2022_jp") + b" <taro@acme.example>",
        b'"evil@ours.example, Taro" <Taro@ACME.example>',
        b"=?utf-8?q?me@ours.example?= <taro@acme.example>",
        b'"taro..yamada"@acme.example',
        b"taro@acme.example (me@ours.example)",
        b'"unbalanced <taro@acme.example>',
    ],
)
def test_only_addresses_say_who_wrote_never_names(
    importer: Importer, sender: bytes
) -> None:
    importer.run(mbox=message(sender="HERE").encode().replace(b"HERE", sender))
    assert importer.log.of("ContactMade")[0]["data"]["by"] == "partner"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (message("List-Id: News <news.acme.example>"), "newsletter or list"),
        (message("Precedence: bulk"), "newsletter or list"),
        (message("List-Unsubscribe: <mailto:x@acme.example>"), "newsletter or list"),
        (message("Auto-Submitted: auto-replied"), "automatic message"),
        (message("X-Autoreply: yes"), "automatic message"),
        (message("Return-Path: <>"), "report of a mail system"),
        (message("Content-Type: multipart/report; boundary=x"),
         "report of a mail system"),
        (message("X-Gmail-Labels: Inbox,Spam"), "spam, draft or deleted"),
        (message("X-Gmail-Labels: =?UTF-8?B?5LiL5pu444GN?="), "spam, draft or deleted"),
        (message(sender="x@else.example"), "nobody of a known partner"),
        (message(to="list@else.example"), "from a partner, but not to us"),
        (message(sender="me@ours.example"), "from us to nobody of a known partner"),
        (message(sender="me@ours.example", to="undisclosed-recipients:;"),
         "from us to nobody"),
    ],
)  # fmt: skip
def test_a_message_is_left_out_for_a_reason(
    importer: Importer, text: str, reason: str
) -> None:
    report = importer.run(mbox=text)
    assert left_out(report) == {reason: 1}
    assert not importer.log.events


def test_a_list_of_our_own_brings_messages_of_partners(importer: Importer) -> None:
    own = ("List-Id: Sales <sales.ours.example>", "Precedence: list")
    importer.run(mbox=message(*own))
    assert len(importer.log.of("ContactMade")) == 1


def test_our_own_newsletter_is_no_contact_with_everybody(importer: Importer) -> None:
    report = importer.run(mbox=message("List-Id: <news.ours.example>", **FROM_US))
    assert left_out(report) == {"newsletter or list": 1}


def test_what_reached_us_unaddressed_is_known_by_where_it_was_delivered(
    importer: Importer,
) -> None:
    importer.run(mbox=message("Delivered-To: me@ours.example", to="undisclosed:;"))
    assert len(importer.log.of("ContactMade")) == 1


def test_addresses_can_be_set_aside(importer: Importer) -> None:
    importer.map = importer.map.replace(
        "[domains]", '[domains]\n"taro@acme.example" = ""'
    )
    report = importer.run(mbox=message() + message(**FROM_US, id_="<2>"))
    assert left_out(report) == {
        "set aside by the map": 1,
        "from us to those set aside": 1,
    }


def test_domains_that_nothing_tells_of_are_listed(importer: Importer) -> None:
    report = importer.run(mbox=message(sender="x@例え.example"))
    assert dict(report.unknown.domains) == {"xn--r8jz45g.example": 1}


@pytest.mark.parametrize(
    ("at", "when"),
    [
        ("Thu, 5 Nov 2026 10:00:00 -0000", "2026-11-05T10:00:00+00:00"),
        ("5 Nov 26 10:00 EST", "2026-11-05T10:00:00-05:00"),
        ("Thu, 5 Nov 2026 10:00:00 +0900 (JST)", "2026-11-05T10:00:00+09:00"),
    ],
)
def test_dates_are_read_as_mail_writes_them(
    importer: Importer, at: str, when: str
) -> None:
    importer.run(mbox=message(at=at))
    assert importer.log.of("ContactMade")[0]["occurred_at"] == when


def test_a_line_that_begins_with_from_is_no_new_message(importer: Importer) -> None:
    body = "From here 10:00 to 11:00 we met.\n\nFrom: me\n\n"
    report = importer.run(mbox=message() + body + message(id_="<2>"))
    assert report.whole().rows == 2


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_line_ending_is_read(importer: Importer, ending: str) -> None:
    text = (message() + message(id_="<2>")).replace("\n", ending)
    assert importer.run(mbox=text).whole().recorded == 3


def test_a_message_without_id_is_known_by_its_headers(importer: Importer) -> None:
    text = message().replace("Message-ID", "X-Other")
    importer.run(mbox=text)
    assert importer.log.events[-1]["source"]["ref"].startswith("sha256:")
    assert importer.run(mbox=text).whole().recorded == 0


def test_a_mailbox_that_has_grown_adds_only_what_is_new(importer: Importer) -> None:
    importer.run(mbox=message())
    people = card("UID:1", "FN:Taro", "ORG:Acme Inc.", "EMAIL:taro@acme.example")
    report = importer.run(mbox=message() + message(id_="<2>"), vcf=people)
    told = report.accounts[1]
    assert (told.recorded, told.known) == (1, 1)
    assert not importer.log.of("EventCorrected")


@pytest.mark.parametrize(
    ("broken", "rule", "where"),
    [
        (message(at="soon"), "unreadable date", "'soon'"),
        (message(at="Thu, 5 Nov 99999 10:00:00 +0900"), "unreadable date", "99999"),
        (message(at="Thu, 5 Nov 2026 10:00:00 +9999999"), "unreadable date", ""),
        (message(at="Thu, 5 Nov 2027 10:00:00 +0900"), "unreadable date", "to come"),
        (message(sender="Taro"), "unreadable sender", "no address"),
        (message("X: " + "x" * LONGEST), "broken message", "line 6 is longer"),
        (message("X: x\n" + " y\n" * (MOST_BYTES // 3)), "broken message", "headers"),
    ],
)
def test_a_broken_message_is_named_and_the_others_are_imported(
    importer: Importer, broken: str, rule: str, where: str
) -> None:
    report = importer.run(mbox=broken + message(id_="<2>"))
    assert list(refused(report)) == [rule]
    assert where in refused(report)[rule][0]
    assert refused(report)[rule][0].startswith("file.mbox line 1: ")
    assert len(importer.log.of("ContactMade")) == 1


def test_hostile_headers_do_not_make_the_reading_slow(importer: Importer) -> None:
    """Each would take hours if it were searched in all ways."""
    pieces = ('\\"', "(", "<", "=?a?b?", "a", '"a')
    headers = [f"To: {piece * (60_000 // len(piece))}" for piece in pieces]
    report = importer.run(mbox="".join(message(one, id_=one[4:9]) for one in headers))
    assert report.whole().rows == len(pieces)


def test_a_file_that_is_no_mailbox_is_named(importer: Importer) -> None:
    report = importer.run(mbox="Good day.\n")
    assert report.broken == ["file.mbox is no mbox: it does not begin with From"]
    assert importer.run(mbox="").broken == []
