"""Rows that are copied as text come back as they were."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.projections.engine.copying import copy_rows
from tests.servers import Database

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
awkward = st.sampled_from(["", "\\N", "\\", "\t", "a\nb", "\r", '"', "{}", ",", "東"])
zones = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
rows = st.lists(
    st.tuples(
        st.integers(-(2**63), 2**63 - 1),
        texts | awkward,
        st.none() | texts | awkward,
        st.booleans(),
        st.decimals(allow_nan=False, allow_infinity=False, places=9),
        st.dates(),
        st.datetimes(
            min_value=datetime(2, 1, 1),  # noqa: DTZ001 (the zone comes next to it)
            max_value=datetime(9998, 1, 1),  # noqa: DTZ001
            timezones=zones,
        ),
        st.none() | st.just(datetime(2020, 2, 29, 1, 2, 3, 4, UTC)),
        st.lists(texts | awkward, max_size=3),
    ),
    max_size=8,
)
TABLE = (
    "CREATE TEMP TABLE copied (a bigint, b text, c text, d boolean, e numeric, f date,"
    " g timestamptz, h timestamptz, i text[], n serial)"
)
Row = tuple[int, str, str | None, bool, Decimal, date, datetime, Any, list[str]]


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows)
def test_whatever_is_copied_is_read_back(
    empty_database: Database, given_rows: list[Row]
) -> None:
    with psycopg.connect(empty_database.owner_dsn) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute(TABLE)
        copy = "COPY copied (a, b, c, d, e, f, g, h, i) FROM STDIN"
        copy_rows(connection, copy, given_rows)
        query = "SELECT a, b, c, d, e, f, g, h, i FROM copied ORDER BY n"
        assert connection.execute(query).fetchall() == given_rows
        connection.rollback()
