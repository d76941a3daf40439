"""The tree is that of RFC 9162, by its known vectors and by a second implementation."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ledger.integrity.merkle import (
    EMPTY,
    Frontier,
    complete_root,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    root_from_inclusion,
    root_of,
)
from services.ledger.integrity.tiles import GrowingTiles, Tile, TiledTree
from tests.independent_proofs import hash_leaf, mth, root_by_path, roots_by_path

INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
L0 = ROOTS[1]
L1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
L23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
L4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
L45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
L67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
L4567 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
INCLUSION = [
    (0, 1, []),
    (0, 8, [L1, L23, L4567]),
    (5, 8, [L4, L67, ROOTS[4]]),
    (2, 3, [ROOTS[2]]),
    (1, 5, [L0, L23, L4]),
]
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [L1, L23, L4567]),
    (6, 8, [L45, L67, ROOTS[4]]),
    (2, 5, [L23, L4]),
]
KNOWN = [leaf_hash(each) for each in INPUTS]


def node_of(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    return lambda level, index: complete_root(
        leaves[index << level : (index + 1) << level]
    )


def some_leaves(count: int) -> list[bytes]:
    return [sha256(str(number).encode()).digest() for number in range(count)]


LEAVES = some_leaves(600)
HEADS = [EMPTY]
FRONTIER = Frontier()
for each in LEAVES:
    FRONTIER.append(each)
    HEADS.append(FRONTIER.root())
SIZES = st.integers(1, len(LEAVES))


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_known_vectors(size: int) -> None:
    assert root_of(0, size, node_of(KNOWN)).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_proofs_are_those_of_the_known_vectors(
    index: int, size: int, path: list[str]
) -> None:
    made = inclusion_proof(index, size, node_of(KNOWN))
    assert [each.hex() for each in made] == path
    root = root_from_inclusion(KNOWN[index], index, size, made)
    assert root == bytes.fromhex(ROOTS[size])


@pytest.mark.parametrize(("older", "newer", "path"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_known_vectors(
    older: int, newer: int, path: list[str]
) -> None:
    made = consistency_proof(older, newer, node_of(KNOWN))
    assert [each.hex() for each in made] == path


def test_a_second_implementation_has_the_same_roots() -> None:
    assert hash_leaf(b"x") == leaf_hash(b"x")
    for size in (0, 1, 2, 3, 7, 8, 255, 256, 257, 600):
        assert HEADS[size] == mth(LEAVES[:size])


@given(SIZES, st.data())
def test_a_second_implementation_accepts_every_inclusion_proof(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(index, size, node_of(LEAVES))
    assert root_by_path(LEAVES[index], index, size, path) == HEADS[size]
    assert root_from_inclusion(LEAVES[index], index, size, path) == HEADS[size]
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert root_from_inclusion(LEAVES[other], index, size, path) != HEADS[size]


@given(SIZES, st.data())
def test_a_second_implementation_accepts_every_consistency_proof(
    newer: int, data: st.DataObject
) -> None:
    older = data.draw(st.integers(1, newer))
    path = consistency_proof(older, newer, node_of(LEAVES))
    told = roots_by_path(older, newer, path, HEADS[older])
    assert told == (HEADS[older], HEADS[newer])
    assert is_consistent((older, HEADS[older]), (newer, HEADS[newer]), path)


@given(SIZES, st.data())
def test_no_other_history_is_consistent(newer: int, data: st.DataObject) -> None:
    older = data.draw(st.integers(1, newer))
    path = consistency_proof(older, newer, node_of(LEAVES))
    wrong = sha256(b"another history").digest()
    assert not is_consistent((older, wrong), (newer, HEADS[newer]), path)
    if older < newer:
        assert not is_consistent((older, HEADS[older]), (newer, wrong), path)
        assert not is_consistent((older, HEADS[older]), (newer, HEADS[newer]), path[1:])


@given(st.lists(st.integers(1, 300), min_size=1, max_size=5), st.data())
def test_tiles_answer_for_every_subtree_however_they_grew(
    steps: list[int], data: st.DataObject
) -> None:
    held: dict[Tile, bytes] = {}

    def read(tile: Tile) -> bytes:
        return held.get(tile, b"")

    size = 0
    for step in steps:
        leaves = LEAVES[size : size + step]
        held.update(GrowingTiles(size, read).grown(leaves))
        size += len(leaves)
    index = data.draw(st.integers(0, size - 1))
    tree = TiledTree(read)
    assert root_of(0, size, tree.node) == HEADS[size]
    assert inclusion_proof(index, size, tree.node) == inclusion_proof(
        index, size, node_of(LEAVES)
    )
    with pytest.raises(LookupError):
        tree.node(0, size)


@pytest.mark.parametrize("path", [[], [EMPTY], [EMPTY] * 20])
def test_a_proof_of_another_shape_proves_nothing(path: list[bytes]) -> None:
    assert root_from_inclusion(LEAVES[3], 3, 600, path) != HEADS[600]
    assert root_from_inclusion(LEAVES[3], 600, 600, path) is None
    assert not is_consistent((3, HEADS[3]), (600, HEADS[600]), path)
