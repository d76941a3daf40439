"""Batches: what the store takes in, and what the batch endpoint takes in."""

from collections.abc import Iterator
from typing import Final

import psycopg

from benchmarks.facts import PARTNERS, facts, introductions, keyed
from benchmarks.figures import Figure, Scale
from benchmarks.filling import EVENTS_A_BATCH, fill
from benchmarks.histories import Population
from benchmarks.loading import send_batch
from benchmarks.places import place
from benchmarks.processes import served

REQUESTS_A_BATCH: Final = 4
"""The endpoint takes that much longer for a batch than the store."""


def measure(scale: Scale) -> Iterator[Figure]:
    """Events a second in batches of 5,000, each committed."""
    count = scale.batches * EVENTS_A_BATCH
    with place() as here:
        with psycopg.connect(here.service_dsn, autocommit=True) as connection:
            spent = fill(connection, Population(), count)
        yield Figure("store", count / spent, "events/s", at_least=40_000)
    with place() as here, served(here) as system:
        send_batch(system, keyed(introductions(PARTNERS), "partner"))
        requests = max(2, scale.batches // REQUESTS_A_BATCH)
        sent = [facts(PARTNERS, EVENTS_A_BATCH) for _ in range(requests)]
        lines = [keyed(each, str(place)) for place, each in enumerate(sent)]
        spent = sum(send_batch(system, each) for each in lines)
        pace = requests * EVENTS_A_BATCH / spent
        yield Figure("POST /v1/events/batch", pace, "events/s")
