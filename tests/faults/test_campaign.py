"""Faults at random under load: what a client was told holds, whatever happens.

The seed is printed; FAULT_SEED repeats the order of the faults and the choices of every
client. How threads and processes interleave is up to the machine.
"""

import os
import secrets
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.faults.campaign.campaign import a_campaign
from tests.faults.campaign.faults import KILLS, Fault, faults_of
from tests.faults.campaign.small_disk import smallest_disk

SEED: Final = "FAULT_SEED"

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="finds the processes under /proc"
)


@pytest.mark.timeout(300)
def test_a_short_campaign_loses_doubles_and_invents_nothing(tmp_path: Path) -> None:
    carry_out(tmp_path, kills=len(KILLS), others=1)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_hundred_kills_lose_double_and_invent_nothing(tmp_path: Path) -> None:
    carry_out(tmp_path, kills=100, others=6)


def carry_out(notes: Path, kills: int, others: int) -> None:
    """Each kill about as often as any other, and each other fault so many times."""
    seed = int(os.environ.get(SEED) or secrets.randbelow(10**9))
    started = time.monotonic()
    with smallest_disk() as data:
        faults = order(Random(seed), faults_of(data), kills, others)  # noqa: S311
        print(f"{SEED}={seed}: {[fault.name for fault in faults]}")  # noqa: T201
        with a_campaign(data, notes, seed) as campaign:
            campaign.run(faults)
            campaign.stop_clients()
            seconds = time.monotonic() - started
            found = campaign.judge(data)
    happened = Counter(fault.name for fault in faults)
    print(f"{dict(happened)} in {seconds:.0f} s: {found}")  # noqa: T201


def order(rng: Random, possible: list[Fault], kills: int, others: int) -> list[Fault]:
    deadly = [fault for fault in possible if fault in KILLS]
    rest = [fault for fault in possible if fault not in KILLS] * others
    repeated = deadly * (kills // len(deadly) + 1)
    return rng.sample([*repeated[:kills], *rest], kills + len(rest))
