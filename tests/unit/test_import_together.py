"""Files of several kinds in one import, whatever they hold."""

import gzip
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.importers.files import kind_of
from services.importers.job import Report, prepare_job
from services.importers.refusals import MapUnusable
from tests.importing import (
    NOW,
    VISITS,
    Importer,
    Line,
    calendar,
    card,
    meeting,
    message,
)
from tests.thoroughness import examples

NAMES = st.sampled_from(
    ["Acme Inc.", "Bo & Co", "ボー株式会社", "ﾎﾞｰ株式会社", "bo-co", ""]
)
PLACES = ["taro@acme.example", "hanako@bo.example", "me@ours.example", "x@else.example"]
ADDRESSES = st.sampled_from(PLACES)
DAYS = st.integers(-40, 40).map(lambda n: NOW + timedelta(days=n))
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=6)


PEOPLE = st.sampled_from(
    [
        ("UID:a", "FN:Taro", "EMAIL:taro@acme.example"),
        ("UID:b", "FN:花子", "EMAIL:hanako@bo.example"),
        ("UID:c", "FN:Me", "EMAIL:me@ours.example"),
        ("UID:d", "FN:", "EMAIL:x@else.example"),
        ("X-NO-UID:1", "FN:Taro", "EMAIL:other@acme.example"),
    ]
)


@st.composite
def cards(draw: st.DrawFn) -> str:
    """Who has which name and address stays; organisations and roles change."""
    return card(*draw(PEOPLE), f"ORG:{draw(NAMES)}", f"TITLE:{draw(TEXTS)}")


@st.composite
def meetings(draw: st.DrawFn) -> str:
    rule = draw(
        st.sampled_from(["X:1", "RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY;COUNT=3"])
    )
    status = draw(st.sampled_from(["X:2", "STATUS:CANCELLED", "CLASS:PRIVATE"]))
    start = f"DTSTART:{draw(DAYS):%Y%m%dT%H%M%SZ}"
    lines = (start, rule, status, f"SEQUENCE:{draw(st.integers(0, 3))}")
    who = "\n".join(f"ATTENDEE:mailto:{one}" for one in draw(st.lists(ADDRESSES)))
    return meeting(*lines, uid=draw(st.sampled_from("ab")), who=who or "X:3")


@st.composite
def messages(draw: st.DrawFn) -> str:
    at = f"{draw(DAYS):%d %b %Y %H:%M:%S +0000}"
    id_ = draw(st.sampled_from(["<1>", "<2>", "<3>"]))
    to = ", ".join(draw(st.lists(ADDRESSES)))
    return message(sender=draw(ADDRESSES), to=to, at=at, id_=id_)


FILES = st.fixed_dictionaries(
    {
        "a.vcf": st.lists(cards(), min_size=1, max_size=6).map("".join),
        "b.ics": st.lists(meetings(), min_size=1, max_size=5).map(
            lambda entries: calendar(*entries)
        ),
        "c.mbox": st.lists(messages(), min_size=1, max_size=5).map("".join),
    }
)


def without_answers(report: Report) -> Line:
    whole = report.whole()
    told = whole.as_json()
    return {"rows": told["rows"], "made": whole.events, "known": whole.known}


@settings(max_examples=examples(90), deadline=None)
@given(files=FILES, later=FILES)
def test_importing_again_records_nothing_and_a_dry_run_tells_the_truth(
    files: dict[str, str | bytes], later: dict[str, str | bytes]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        importer = Importer(Path(folder))
        for some in (files, later):
            expected = importer.told(some, dry=True)
            before = len(importer.log.events)
            report = importer.told(some)
            made = report.whole().events.total()
            assert without_answers(expected) == without_answers(report)
            assert len(importer.log.events) - before == made
            assert report.whole().recorded == made
            again = importer.told(some)
            assert again.whole().events.total() == 0
            assert again.whole().replayed == 0


@settings(max_examples=examples(150), deadline=None)
@given(
    files=FILES,
    damage=st.lists(
        st.tuples(st.integers(0, 3000), st.binary(max_size=3), st.integers(0, 9)),
        min_size=1,
        max_size=4,
    ),
)
def test_damaged_files_are_told_of_and_never_stop_an_import(
    files: dict[str, str | bytes], damage: list[tuple[int, bytes, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        damaged: dict[str, str | bytes] = {}
        for name, text in files.items():
            octets = text.encode() if isinstance(text, str) else text
            for at, what, instead in damage:
                cut = at % len(octets)
                octets = octets[:cut] + what + octets[cut + instead :]
                octets = octets or b" "
            damaged[name] = octets
        importer = Importer(Path(folder))
        report = importer.told(damaged)
        assert len(report.accounts) == 3
        assert report.whole().rows >= len(report.accounts) - len(report.broken)


def test_tables_and_the_others_share_their_partners(tmp_path: Path) -> None:
    """The table's partner is the card's; the mail's is the table's."""
    domains = '[domains]\n"bo.example" = "bo-co"\n'
    importer = Importer(tmp_path, map=VISITS + '[us]\ndomains = ["ours.example"]\n')
    importer.map += domains
    report = importer.told(
        {
            "mail.mbox": message(sender="x@bo.example"),
            "visits.csv": "id,on,who\n1,2014,Bo & Co\n2,2015,Acme Inc.\n",
            "contacts.vcf": card("UID:1", "FN:Taro", "ORG:Acme Inc."),
        }
    )
    assert [one.name for one in report.accounts] == [
        "contacts.vcf",
        "visits.csv",
        "mail.mbox",
    ]
    told = [(one["type"], one["partner"]) for one in importer.log.events]
    assert told == [
        ("PartnerIdentified", "acme-inc"),
        ("PersonAdded", "acme-inc"),
        ("PartnerIdentified", "bo-co"),
        ("ContactMade", "bo-co"),
        ("ContactMade", "acme-inc"),
        ("ContactMade", "bo-co"),
    ]


def test_the_account_adds_up_file_by_file(tmp_path: Path) -> None:
    importer = Importer(tmp_path)
    report: Line = importer.run(
        vcf=card("UID:1", "FN:Taro", "ORG:Acme Inc.") + card("UID:2", "FN:Mother"),
        mbox=message() + message(id_="<2>"),
    ).as_json()
    told = [
        (one["file"], one["kind"], one["rows"]["read"], one["events"]["recorded"])
        for one in report["files"]
    ]
    assert told == [("file.vcf", "contacts", 2, 2), ("file.mbox", "mail", 2, 2)]
    assert report["events"]["recorded"] == 4
    assert report["unknown"] == {"organisations": {}, "domains": {}}


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("Contacts.VCF", b"", "contacts"),
        ("c.vcard", b"", "contacts"),
        ("c.ics.gz", b"", "calendar"),
        ("All mail.mbox", b"", "mail"),
        ("Inbox", b"From x Thu Nov  5 10:00:00 2026\n", "mail"),
        ("book", b"BEGIN:VCARD\n", "contacts"),
        ("calendar", b"begin:vcalendar\r\n", "calendar"),
        ("visits", b"id,on\n", "table"),
        ("visits.txt", b"From here\n", "table"),
    ],
)
def test_a_file_is_of_the_kind_that_it_is_named_or_begins_as(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert kind_of(tmp_path / name) == kind


def test_gzipped_files_are_read_alike(tmp_path: Path) -> None:
    importer = Importer(tmp_path)
    whole = gzip.compress(message().encode())
    importer.told({"mail.mbox.gz": whole})
    assert len(importer.log.of("ContactMade")) == 1
    report = importer.told({"mail.mbox.gz": whole[:-9]})
    assert report.broken[0].startswith("mail.mbox.gz: ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[us]\ndomain = ["a"]', "us.domain"),
        ('[domains]\n"a" = "No Id"', "domains.a"),
        ('[calendar]\nchannel = "pigeon"', "calendar.channel"),
        ('[contacts]\nencoding = "klingon"', "no encoding"),
        ("[calendar]\nahead_days = 0", "ahead_days"),
        ('name = "half a map"', "system"),
        ("[us", "map.toml"),
    ],
)
def test_a_mistake_in_a_map_is_named(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(MapUnusable, match=reason):
        Importer(tmp_path, map=text).run(mbox=message())


@pytest.mark.parametrize(("suffix", "needs"), [("vcf", True), ("mbox", False)])
def test_a_missing_package_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, *, needs: bool
) -> None:
    """As where the extra is not installed; mail needs no package."""
    for name in [n for n in sys.modules if n.startswith("services.importers.c")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [n for n in sys.modules if n.partition(".")[0] == "icalendar"]:
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / f"a.{suffix}").write_text("")
    if needs:
        with pytest.raises(MapUnusable, match=r"pip install 'alliance-ledger"):
            prepare_job(None, [tmp_path / f"a.{suffix}"], {})
    else:
        assert prepare_job(None, [tmp_path / f"a.{suffix}"], {}).files


def test_a_table_needs_a_map_and_the_others_do_not(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n")
    (tmp_path / "a.vcf").write_text(card("FN:A"))
    with pytest.raises(MapUnusable, match=r"a\.csv is a table: say with --map"):
        prepare_job(None, [tmp_path / "a.csv"], {})
    with pytest.raises(MapUnusable, match="--set chooses for tables"):
        prepare_job(None, [tmp_path / "a.vcf"], {"a": "b"})
    assert prepare_job(None, [tmp_path / "a.vcf"], {}).plan is None
