"""Charts as SVG: pure functions of what is shown, readable without colour or script."""

from services.projections.pages.charts.bars import butterfly, funnel
from services.projections.pages.charts.months import stacked
from services.projections.pages.charts.wheel import wheel

__all__ = ["butterfly", "funnel", "stacked", "wheel"]
