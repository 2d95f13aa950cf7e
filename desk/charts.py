"""Charts of the dashboard as inline SVG: x in percent of the width, y in pixels, text of constant size.

Coordinates are strings, because templates format numbers with the decimal comma of the language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.formats import date_format, number_format

from desk.dashboard import Count, Dashboard
from kit.periods import ROMAN
from reports.surveys.regulation import GRADES

LEFT, RIGHT = 7.0, 85.0
"""First and last x of a line chart, in percent. Labels need the rest."""

BOTTOM, TOP = 204, 14
"""The y of the lowest and highest value, in pixels."""

LABEL_HEIGHT = 14
"""Pixels that two labels at the ends of lines need between them."""


@dataclass(frozen=True)
class Point:
    x: str
    y: str
    text: str = ""


type Chart = dict[str, Any]
"""The shapes of one chart, by the names in its template. `grid` has the heights with their values."""


MAX_TICKS = 12
"""Labels that fit below a chart. If there are more parts, only every second or third one has a label."""


def flow_chart(dashboard: Dashboard) -> Chart:
    """Return a line chart of arrivals and completions by week or month."""
    parts = dashboard.parts
    most = _round_up(max(max(part.arrived, part.closed) for part in parts))
    xs = _spread(len(parts))
    ends = [_y(value, 0, most) for value in (parts[-1].arrived, parts[-1].closed)]
    if abs(ends[0] - ends[1]) < LABEL_HEIGHT:
        middle, upper = sum(ends) / 2, 0 if ends[0] <= ends[1] else 1
        ends = [middle + LABEL_HEIGHT / 2 * (-1 if index == upper else 1) for index in (0, 1)]
    arrived = [Point(at(x), at(_y(part.arrived, 0, most))) for x, part in zip(xs, parts, strict=True)]
    closed = [Point(at(x), at(_y(part.closed, 0, most))) for x, part in zip(xs, parts, strict=True)]
    step = -(-len(parts) // MAX_TICKS)
    names = [
        date_format(part.since, "M" if dashboard.in_months else "j M") if number % step == 0 else ""
        for number, part in enumerate(parts)
    ]
    return {
        "lines": [_line(arrived, at(ends[0] + 4)), _line(closed, at(ends[1] + 4))],
        "ticks": [Point(at(x), "222", name) for x, name in zip(xs, names, strict=True)],
        "grid": _grid(0, most, 5),
    }


def _line(points: Sequence[Point], end_y: str) -> Chart:
    return {"points": points, "segments": list(pairwise(points)), "end_y": end_y}


def index_chart(dashboard: Dashboard) -> tuple[Chart, list[Chart]]:
    """Draw the satisfaction index by quarters, oldest first, before the bands of its grades."""
    quarters = dashboard.index[::-1]
    known = [quarter.index for quarter in quarters if quarter.index is not None]
    lowest = 60 if min(known, default=60) >= 60 else 25
    xs = _spread(len(quarters))
    points = [
        Point(at(x), at(_y(float(quarter.index), lowest, 100)), number_format(quarter.index, 2))
        for x, quarter in zip(xs, quarters, strict=True)
        if quarter.index is not None
    ]
    bands, upper = [], 100.0
    for grade in GRADES.values():
        lower = max(float(grade.lowest), lowest)
        if lower < upper:
            y, height = _y(upper, lowest, 100), _y(lower, lowest, 100) - _y(upper, lowest, 100)
            place = {"y": at(y), "height": at(height), "text_y": at(y + LABEL_HEIGHT)}
            bands.append({"name": grade.letter, **place})
        upper = lower
    ticks = [
        Point(at(x), "222", f"{ROMAN[quarter.period.since.month // 3]}/{quarter.period.year % 100:02}")
        for x, quarter in zip(xs, quarters, strict=True)
    ]
    line = _line(points, at(float(points[-1].y) + 4) if points else "")
    return {"lines": [line], "ticks": ticks, "grid": _grid(lowest, 100, 4 if lowest == 60 else 3)}, bands


def duration_chart(dashboard: Dashboard) -> Chart:
    """Draw the minutes of the consultations in nine bars; the fifth ends at the promise."""
    promised = dashboard.promised
    edges = [0, *(round(promised * part / 6) for part in (2, 3, 4, 5, 6, 7, 8, 9))]
    counts = [0] * len(edges)
    for minutes, count in dashboard.flow.minutes.items():
        counts[next((i for i, upper in enumerate(edges[1:]) if minutes <= upper), len(edges) - 1)] += count
    # The label of the promise needs the space above the highest bar.
    most, left, width = _round_up(max(counts) * 6 // 5 + 1), 8.0, (99.0 - 8.0) / len(edges)
    bars = []
    for number, count in enumerate(counts):
        x, y = left + width * number, _y(count, 0, most)
        upper = edges[number + 1] if number + 1 < len(edges) else None
        label = f"{edges[number]}–{upper}" if upper else f">{edges[number]}"
        bars.append(
            {
                "label": label,
                "count": count,
                "x": at(x + width * 0.12),
                "width": at(width * 0.76),
                "y": at(y),
                "height": at(BOTTOM - y),
                "middle": at(x + width / 2),
                "text_y": at(y - 5),
                "is_late": edges[number] >= promised,
            }
        )
    grid = _grid(0, most, 2 if most % 2 == 0 else 1)
    return {"bars": bars, "grid": grid, "promise_x": at(left + width * 5)}


def stacked_bar(count: Count, longest: int) -> Chart:
    """Return the widths of open cases in time and late, in percent of the longest bar."""
    share = 100 / max(longest, 1)
    return {"in_time": at((count.open - count.late) * share), "late": at(count.late * share)}


def at(place: float) -> str:
    return f"{place:.2f}".rstrip("0").rstrip(".")


def _y(value: float, lowest: float, most: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * (value - lowest) / (most - lowest)


def _spread(count: int) -> list[float]:
    step = (RIGHT - LEFT) / max(count - 1, 1)
    return [LEFT + step * number for number in range(count)]


def _round_up(value: int) -> int:
    """Return the end of an axis: a round number, not below `value`, that five divides if it is large."""
    for power in (1, 10, 100, 1_000, 10_000, 100_000):
        for base in (5, 10, 20, 30, 40):
            if value <= base * power:
                return base * power
    return value


def _grid(lowest: int, most: int, lines: int) -> list[Point]:
    values = [lowest + (most - lowest) * number // lines for number in range(lines + 1)]
    return [Point("", at(_y(value, lowest, most)), number_format(value)) for value in values]
