"""The keys of a transaction are read at once, and forgotten with what is refused."""

from typing import TYPE_CHECKING, Any, Final, cast

from contracts.canonical import parse_json
from services.foundation.sealing import Keyring, open_token
from services.ledger.privacy.subjects import Private
from services.ledger.privacy.vault import Vault

if TYPE_CHECKING:
    from psycopg import Connection

EVENT: Final = "01a20d0c-db17-72ea-9cd1-1bf27b55c1d6"
KEYRING: Final = Keyring([b"k" * 32])
PEOPLE: Final = [f"person:acme/p{number}" for number in range(50)]


class Asked:
    """Stands for a connection: it has the key of the first of the people."""

    def __init__(self) -> None:
        self.count = 0

    def execute(self, _query: bytes, parameters: Any) -> list[tuple[str, str, bytes]]:
        """The keys among the subjects asked for."""
        self.count += 1
        name, wrapped = KEYRING.wrap("default", PEOPLE[0], b"d" * 32)
        return [(PEOPLE[0], name, wrapped)] * (PEOPLE[0] in parameters["subjects"])


def vault_of(asked: Asked) -> Vault:
    return Vault(cast("Connection[Any]", asked), "default", KEYRING)


def seal(vault: Vault, subject: str) -> str:
    private = Private(subject, ("name",))
    text = vault.seal('{"name":"Hanako"}', EVENT, private, inside=False)
    return str(parse_json(text)["name"])


def test_the_keys_of_many_people_are_asked_for_once() -> None:
    asked = Asked()
    vault = vault_of(asked)
    vault.look_up(PEOPLE)
    tokens = [seal(vault, person) for person in (*PEOPLE, *PEOPLE)]
    seal(vault, f"note:{EVENT}")
    assert asked.count == 1
    assert len(vault.made) == len(PEOPLE[1:]) + 1
    known = vault.known[PEOPLE[0]]
    assert known is not None
    assert open_token(known, "default", tokens[0]) == "Hanako"


def test_nothing_is_asked_when_nothing_personal_is_told() -> None:
    asked = Asked()
    vault_of(asked).look_up(())
    assert asked.count == 0


def test_a_key_that_was_made_for_what_is_refused_is_made_anew() -> None:
    vault = vault_of(Asked())
    vault.look_up(PEOPLE)
    mark = vault.mark()
    seal(vault, PEOPLE[1])
    (first,) = vault.made
    vault.back_to(mark)
    assert vault.made == []
    seal(vault, PEOPLE[1])
    (second,) = vault.made
    assert second[2] != first[2]
