"""A key asks as often as its rate says, and a little more at once."""

from services.foundation.access.rates import MOST_BUCKETS, Rates


def test_a_rate_lets_two_seconds_worth_pass_at_once_and_then_says_when() -> None:
    rates = Rates()
    assert [rates.take("a", 2, 10.0) for _ in range(5)] == [0, 0, 0, 0, 1]
    assert rates.take("a", 2, 10.4) == 1
    assert rates.take("a", 2, 10.6) == 0


def test_a_slow_rate_says_how_many_seconds_to_wait() -> None:
    rates = Rates()
    assert [rates.take("a", 1, 0.0) for _ in range(3)] == [0, 0, 1]
    assert rates.take("a", 1, 1.0) == 0


def test_what_one_asks_takes_nothing_from_another() -> None:
    rates = Rates()
    for _ in range(10):
        rates.take("a", 1, 0.0)
    assert rates.take("b", 1, 0.0) == 0


def test_a_rest_never_saves_up_more_than_the_burst() -> None:
    rates = Rates()
    rates.take("a", 1, 0.0)
    assert [rates.take("a", 1, 1_000.0) for _ in range(3)] == [0, 0, 1]


def test_many_names_do_not_fill_memory() -> None:
    rates = Rates()
    for number in range(MOST_BUCKETS + 5):
        rates.take(str(number), 1, 0.0)
    assert len(rates.buckets) <= MOST_BUCKETS
