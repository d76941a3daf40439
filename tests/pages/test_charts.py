"""Charts tell what they show: in words, to scale, and safe from what is in them."""

from decimal import Decimal
from xml.etree import ElementTree as ET

from services.projections.pages.charts import butterfly, funnel, stacked, wheel
from services.projections.pages.charts.bars import Part, Wings
from services.projections.pages.charts.months import Layer
from services.projections.pages.charts.wheel import Spoke, lines_of

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 (we made it)


def wide(bar: ET.Element) -> float:
    return float(bar.attrib["width"])


def test_a_bar_is_as_long_as_its_amount() -> None:
    parts = [Part(Decimal(30), "acknowledged", "a"), Part(Decimal(10), "promised", "p")]
    chart = drawn(butterfly("t", "d", [Wings("hour", parts, [])]))
    first, second = chart.findall("rect")
    assert wide(first) == 3 * wide(second)
    assert wide(first) + wide(second) < 180


def test_nothing_given_or_received_draws_no_bar() -> None:
    none = [Part(Decimal(0), "acknowledged", "a")]
    chart = drawn(butterfly("t", "d", [Wings("hour", none, none)]))
    assert chart.findall("rect") == []


def test_the_longest_step_of_a_funnel_is_what_was_made() -> None:
    chart = drawn(funnel("t", "d", [("made", 8, "made"), ("open", 2, "open")]))
    made, still_open = chart.findall("rect")
    assert wide(made) == 4 * wide(still_open)


def test_columns_of_stages_stand_on_one_another() -> None:
    layers = [Layer("helping", "helping", [1]), Layer("allied", "allied", [3])]
    low, high = drawn(stacked("t", "d", ["May 2026"], layers)).findall("rect")
    top = float(high.attrib["y"]) + float(high.attrib["height"])
    assert top == float(low.attrib["y"])


def test_a_wheel_has_a_spoke_for_each_act() -> None:
    spokes = [Spoke("in touch", 9), Spoke("attempts", 1, thin=True)]
    chart = drawn(wheel("t", "d", spokes))
    assert [line.attrib["class"] for line in chart.findall("line")] == [
        "spoke",
        "spoke thin",
    ]


def test_long_words_stand_on_two_lines() -> None:
    assert lines_of("asked for goals 2") == ("asked for", "goals 2")
    assert lines_of("考え方への姿勢 6") == ("考え方への姿勢", "6")
    assert lines_of("offers 5") == ("offers 5",)


def test_names_cannot_break_out_of_a_chart() -> None:
    chart = wheel("<script>", "&", [Spoke('"><img src=x>', 1)])
    told = drawn(chart)
    assert told.findtext("title") == "<script>"
    assert "<img" not in chart
