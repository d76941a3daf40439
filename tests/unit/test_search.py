"""A search finds a name however either of them was typed."""

import unicodedata
from collections.abc import Iterable, Mapping

import pytest

from services.projections.answers.called import Called
from services.projections.answers.told_people import ADDED, Telling, ToldPeople


def as_stored(names: Iterable[str]) -> Mapping[str, str]:
    return {name: name for name in names}


SAME = [
    ("Ärger & Söhne", "ÄRGER"),
    ("Ärger & Söhne", unicodedata.normalize("NFD", "ärger")),
    (unicodedata.normalize("NFD", "Ärger & Söhne"), "ärger"),
    ("Straße GmbH", "STRASSE"),
    ("ｱｸﾒ商事", "アクメ"),
    ("🤝 Friends", "🤝"),
]


@pytest.mark.parametrize(("name", "typed"), SAME)
def test_a_partner_is_found_however_its_name_is_typed(name: str, typed: str) -> None:
    called = Called()
    called.take("p", (name,), 1)
    called.take("other", ("Someone else",), 2)
    assert called.find(typed, as_stored, {}) == {"p"}
    assert called.find(typed, as_stored, {"other": (name,)}) == {"p", "other"}


@pytest.mark.parametrize(("name", "typed"), SAME)
def test_a_person_is_found_however_the_name_is_typed(name: str, typed: str) -> None:
    people = ToldPeople()
    people.take(Telling(1, "e", "acme", ADDED, {"name": name}))
    assert [found.name for found in people.find(typed, as_stored, 1)] == [name]


def test_names_typed_in_two_ways_stand_side_by_side() -> None:
    called = Called()
    for place, name in enumerate(("Özil", "Zoe", unicodedata.normalize("NFD", "Özil"))):
        called.take(f"p{place}", (name,), place)
    order = called.order(as_stored, {}, descending=False)
    assert list(order.partners) == ["p1", "p0", "p2"]
