"""Every sentence that a client can be told is there in Japanese."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import ValidationError
from pydantic_core import _pydantic_core as core

from contracts.events import HelpOffered, PartnerIdentified
from contracts.requests import EventRequest, KeyRequest
from contracts.saying import Said
from services.foundation.faults import faults
from services.foundation.languages import ANY_FAULT, JAPANESE, PYDANTIC, say
from services.foundation.problems import Problem
from services.ledger.api.refusing import as_problem, as_service_problem
from services.ledger.rules.refusals import PartnerIsMerged, Refusal
from services.ledger.store.recordings import WriterError

HERE: Final = Path(__file__).parents[2]
SOURCES: Final = [
    path for part in ("contracts", "services") for path in (HERE / part).rglob("*.py")
]


def calls(name: str, path: Path) -> Iterator[ast.Call]:
    """Every call of a function by its name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
            yield node


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    yield kind
    for each in kind.__subclasses__():
        yield from subclasses(each)


def literals() -> Iterator[str]:
    """The templates of all sentences that are written where they are said."""
    for path in SOURCES:
        for call in calls("Said", path):
            if isinstance(call.args[0], ast.Constant):
                yield str(call.args[0].value)


def told() -> set[str]:
    """The names of all sentences but Pydantic's."""
    refusals = {r().sentence.template for r in subclasses(Refusal) if r in PLAIN}
    failures = {as_service_problem(f()).detail for f in subclasses(WriterError)}
    return {*literals(), *refusals, *failures}


PLAIN: Final = set(subclasses(Refusal)) - {PartnerIsMerged}
"""All refusals that need nothing to be made; the other one has a literal."""


def placeholders(template: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(template)} - {None}


def test_every_sentence_is_there_in_japanese_and_no_other() -> None:
    ours = {name for name in JAPANESE if not name.startswith(PYDANTIC)}
    assert ours == told()


def test_every_sentence_of_pydantic_is_there_by_its_name() -> None:
    known = {PYDANTIC + each["type"]: each for each in core.list_all_errors()}
    theirs = {name for name in JAPANESE if name.startswith(PYDANTIC)} - {ANY_FAULT}
    assert theirs <= known.keys()
    for name in theirs:
        values = known[name].get("example_context") or {}
        assert placeholders(JAPANESE[name]) <= values.keys(), name


@pytest.mark.parametrize("english", sorted(told()))
def test_japanese_has_the_same_values_and_is_japanese(english: str) -> None:
    assert placeholders(JAPANESE[english]) == placeholders(english)
    assert not JAPANESE[english].isascii()


def test_a_sentence_that_is_made_elsewhere_has_its_name_in_a_literal() -> None:
    """What is no literal is a docstring above, or was said by our own API before."""
    others = {
        f"{path.relative_to(HERE)}: {ast.unparse(call.args[0])}"
        for path in SOURCES
        for call in calls("Said", path)
        if not isinstance(call.args[0], ast.Constant)
    }
    assert others == {
        "services/foundation/faults.py: str(reason)",
        "services/ledger/api/refusing.py: type(error).__doc__ or ''",
        "services/ledger/rules/refusals.py: (type(self).__doc__ or '').split('\\n')[0]",
        "services/projections/pages/asking.py: body['detail']",
        "services/projections/pages/asking.py: each['reason']",
    }


def test_contracts_refuse_with_sentences_only() -> None:
    for path in (HERE / "contracts").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        said = set(re.findall(r"\b(\w+)(?:: Final)? = Said\(", text))
        said |= set(re.findall(r"\b(\w+): Said\b", text))
        for call in calls("ValueError", path):
            assert {ast.unparse(each) for each in call.args} <= said, path


MARK: Final = "zq7echo"
BODIES: Final = (
    (HelpOffered, {"by": MARK, "kind": MARK.upper(), MARK: 1, "quantity": MARK}),
    (HelpOffered, {"by": "us", "kind": "x", "quantity": {"amount": MARK, "unit": "?"}}),
    (HelpOffered, {"by": "us", "kind": "x", "valid_until": f"2026-02-31{MARK}"}),
    (HelpOffered, {"by": "us", "kind": "x", "valid_until": "2026-02-31"}),
    (PartnerIdentified, {"name": MARK * 1000, "names": {MARK: MARK, "ja": ""}}),
    (PartnerIdentified, {"name": 1, "names": [MARK], "domains": MARK, "kind": MARK}),
    (EventRequest, {"type": [MARK], "occurred_at": MARK, "source": {"system": MARK}}),
    (KeyRequest, {"name": "\0" + MARK, "scopes": [MARK], "requests_per_second": 1e9}),
    (KeyRequest, {"name": "a", "scopes": [], "requests_per_second": 2**70}),
    (KeyRequest, {"name": None, "scopes": ["read"] * 4}),
)


@pytest.mark.parametrize(("model", "content"), BODIES)
def test_what_is_wrong_with_a_body_is_told_in_japanese_without_an_echo(
    model: type[Any], content: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as raised:
        model.model_validate(content)
    problem = Problem("invalid", Said("See errors."), errors=faults(raised.value))
    for language in ("en", "ja"):
        body = problem.body(language)
        assert MARK not in str(body).lower()
        reasons = [fault["reason"] for fault in body["errors"]]
        assert reasons
        assert all(why.isascii() == (language == "en") for why in reasons), reasons


def test_what_pydantic_says_that_nobody_thought_of_is_told_in_general() -> None:
    said = Said.named(PYDANTIC + "of_tomorrow", "should be of tomorrow", {"of": 1})
    assert say(said, "en") == "should be of tomorrow"
    assert say(said, "ja") == JAPANESE[ANY_FAULT]


def test_a_refusal_is_told_in_both_languages() -> None:
    problem = as_problem(PartnerIsMerged("acme-group"))
    told_in = {language: str(problem.body(language)) for language in ("en", "ja")}
    assert "record on the one that stays: acme-group" in told_in["en"]
    assert "統合先に記録してください: acme-group" in told_in["ja"]
