"""The geometry of a Gantt chart: rows with days become bars, ticks and arrows in pixels.

Called by the plan's page, its preview and its paper, which only draw what stands here. A day is the whole day: a bar
ends at the end of its last day, a milestone stands at the end of its day. Rows keep the order given, and each its
height, so that a table beside the chart runs along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from criteria.rules.vocabulary import LabelledEnum

ROW, HEAD = 34, 44
BAR, BASE_DROP, MILESTONE = 12, 16, 8
# Wider than this a browser grows slow and nobody finds anything: the days move closer together.
WIDEST, NARROWEST = 6000, 560
_ARROW = 4
LONGEST_NAME = 44


class Zoom(LabelledEnum):
    """How close one looks; the value is what the address says."""

    WEEK = "tuan", "Tuần"
    MONTH = "thang", "Tháng"
    QUARTER = "quy", "Quý"

    @property
    def pixels(self) -> float:
        """Of one day."""
        return {"tuan": 6.0, "thang": 1.3, "quy": 0.55}[self.value]


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `name`: written over the bar where no table stands beside it. `start` None: a heading without a bar.
    `float_to`: the last day it may finish on. `base`: first and last day in the baseline."""

    key: int
    name: str = ""
    start: date | None = None
    finish: date | None = None
    is_milestone: bool = False
    is_critical: bool = False
    is_summary: bool = False
    progress: int | None = None
    float_to: date | None = None
    base: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """Between two rows by key; drawn from one's end to the other's beginning, save where `from_start`, `to_finish`."""

    before: int
    after: int
    from_start: bool = False
    to_finish: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One row as drawn; lengths in pixels, `top` of the bar itself, `middle` of the row."""

    key: int
    top: int
    middle: int
    left: float
    width: float
    done: float
    is_milestone: bool
    is_critical: bool
    is_summary: bool
    diamond: str
    label_left: float
    label: str
    float_left: float
    float_width: float
    base_left: float
    base_width: float
    base_top: int
    base_diamond: str
    name: str
    name_left: float
    name_anchor: str

    @property
    def stripe_top(self) -> int:
        """Of the stripe that says on a critical bar how much is done."""
        return self.middle - 2


@dataclass(frozen=True, slots=True)
class Tick:
    """A line down the chart with a word on top; `is_major` begins a year."""

    left: float
    word: str
    is_major: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A day to be met, or today: a line with its words. `anchor` keeps the words inside the chart."""

    left: float
    word: str
    anchor: str
    text_left: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything to be drawn; `headings` are the tops of rows without a bar, `lines` the bottoms of all the others."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    headings: tuple[int, ...]
    lines: tuple[int, ...]
    ticks: tuple[Tick, ...]
    years: tuple[Tick, ...]
    arrows: tuple[str, ...]
    today: Mark | None
    targets: tuple[Mark, ...]


class _Scale:
    """Days to pixels. `pixels` of one day; closer together than the zoom asks where the plan is long."""

    def __init__(self, first: date, last: date, pixels: float, *, narrowest: int) -> None:
        self.first, self.last = first, last
        days = (last - first).days + 1
        self.day = max(min(pixels, WIDEST / days), narrowest / days)
        self.width = round(days * self.day)

    def at(self, day: date) -> float:
        """The left edge of a day."""
        return round((day - self.first).days * self.day, 1)

    def after(self, day: date) -> float:
        """Its right edge."""
        return round(((day - self.first).days + 1) * self.day, 1)


def chart_of(
    rows: Sequence[Row], arrows: Sequence[Arrow], today: date, targets: Sequence[tuple[str, date]], zoom: Zoom,
    *, narrowest: int = NARROWEST, span: tuple[date, date] | None = None,
) -> Chart:  # fmt: skip
    """Draw rows under each other. `span`: first and last day to be shown, for pages that must share a scale; without
    it what the rows need. Linear in rows and arrows."""
    first, last = span or span_of(rows, today, [day for _, day in targets])
    scale = _Scale(first, last, zoom.pixels, narrowest=narrowest)
    tops = {row.key: HEAD + place * ROW for place, row in enumerate(rows) if row.start is not None}
    bars = {row.key: _bar(row, tops[row.key], scale) for row in rows if row.key in tops}
    height = HEAD + len(rows) * ROW
    minor, years = _ticks(scale, zoom)
    return Chart(
        width=scale.width, height=height, bars=tuple(bars.values()),
        headings=tuple(HEAD + place * ROW for place, row in enumerate(rows) if row.start is None),
        lines=tuple(HEAD + (place + 1) * ROW for place in range(len(rows))),
        ticks=minor, years=years,
        arrows=tuple(_path(bars[a.before], bars[a.after], a) for a in arrows if a.before in bars and a.after in bars),
        today=_mark(scale, today, f"{today:%d/%m/%Y}", 42) if first <= today <= last else None,
        targets=tuple(
            _mark(scale, day, word, 4 + round(3.3 * len(word))) for word, day in targets if first <= day <= last
        ),
    )  # fmt: skip


def span_of(rows: Sequence[Row], today: date, more: Sequence[date] = ()) -> tuple[date, date]:
    """From the first of a month to the end of one, around everything that is drawn, with room for words at the end."""
    days = [today, *more]
    for row in rows:
        days += [day for day in (row.start, row.finish, row.float_to) if day]
        days += row.base or ()
    last = max(days) + timedelta(days=max(20, (max(days) - min(days)).days // 25))
    return min(days).replace(day=1), _next_month(last) - timedelta(days=1)


def _bar(row: Row, top: int, scale: _Scale) -> Bar:
    assert row.start is not None and row.finish is not None
    middle = top + ROW // 2 - 2
    right = scale.after(row.finish)
    left = right if row.is_milestone else scale.at(row.start)
    width = 0.0 if row.is_milestone else max(2.0, round(right - left, 1))
    edge = right + (MILESTONE if row.is_milestone else 0)
    reach = scale.after(row.float_to) if row.float_to and row.float_to > row.finish else edge
    base_left, base_right = (scale.at(row.base[0]), scale.after(row.base[1])) if row.base else (0.0, 0.0)
    backward = left > scale.width / 2
    return Bar(
        key=row.key, top=middle - BAR // 2, middle=middle, left=left, width=width,
        done=round(width * (row.progress or 0) / 100, 1), is_milestone=row.is_milestone, is_critical=row.is_critical,
        is_summary=row.is_summary, diamond=_diamond(right, middle, MILESTONE) if row.is_milestone else "",
        label_left=round(max(edge, reach) + 6, 1), label=f"{row.finish:%d/%m}" if row.is_milestone else "",
        float_left=edge, float_width=round(max(0.0, reach - edge), 1),
        base_left=base_left, base_width=round(base_right - base_left, 1), base_top=middle - BAR // 2 + BASE_DROP,
        base_diamond=_diamond(base_right, middle, MILESTONE - 2) if row.base and row.is_milestone else "",
        name=_cut(row.name), name_left=right if backward else left, name_anchor="end" if backward else "start",
    )  # fmt: skip


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def _diamond(left: float, middle: int, half: int) -> str:
    return f"M{left:g} {middle - half}l{half} {half}l-{half} {half}l-{half} -{half}z"


def _path(before: Bar, after: Bar, arrow: Arrow) -> str:
    """Out of one bar, down (or up) beside it, into the other one with a small head."""
    left = before.left if arrow.from_start else before.left + before.width + (MILESTONE if before.is_milestone else 0)
    right = after.left + after.width if arrow.to_finish else after.left
    right += (MILESTONE if arrow.to_finish else -MILESTONE) if after.is_milestone else 0
    down = after.middle > before.middle
    turn = left - 6 if arrow.from_start else left + 4
    if turn <= right - 2 and not arrow.to_finish:
        bend, head = f"H{turn:.1f}V{after.middle}H{right:.1f}", f"m-{_ARROW} -3l{_ARROW} 3l-{_ARROW} 3"
        return f"M{left:.1f} {before.middle}{bend}{head}"
    if arrow.to_finish:
        beside = max(turn, right + 8)
        return f"M{left:.1f} {before.middle}H{beside:.1f}V{after.middle}H{right:.1f}m{_ARROW} -3l-{_ARROW} 3l{_ARROW} 3"
    edge = after.middle - BAR // 2 if down else after.middle + BAR // 2
    head = f"m-3 {-_ARROW if down else _ARROW}l3 {_ARROW if down else -_ARROW}l3 {-_ARROW if down else _ARROW}"
    return f"M{left:.1f} {before.middle}H{turn:.1f}V{edge}{head}"


def _mark(scale: _Scale, day: date, word: str, half: int) -> Mark:
    """`half`: half the width of the words, which stay inside the chart."""
    left = scale.after(day)
    return Mark(left, word, "middle", min(max(left, half), scale.width - half))


# ---------- ticks ----------


def _ticks(scale: _Scale, zoom: Zoom) -> tuple[tuple[Tick, ...], tuple[Tick, ...]]:
    minor = {Zoom.WEEK: _weeks, Zoom.MONTH: _months, Zoom.QUARTER: _quarters}[zoom](scale)
    return tuple(_spaced(minor)), tuple(_years(scale))


def _spaced(ticks: Iterator[Tick]) -> Iterator[Tick]:
    """Ticks whose words do not run into each other; every line stays."""
    free = -1.0
    for tick in ticks:
        shown = tick.left >= free
        free = tick.left + 8 + 7 * len(tick.word) if shown else free
        yield tick if shown else Tick(tick.left, "", tick.is_major)


def _weeks(scale: _Scale) -> Iterator[Tick]:
    day = scale.first - timedelta(days=scale.first.weekday())
    while day <= scale.last:
        if day >= scale.first:
            yield Tick(scale.at(day), f"{day:%d/%m}", is_major=day.day <= 7)
        day += timedelta(days=7)


def _months(scale: _Scale) -> Iterator[Tick]:
    day = scale.first
    while day <= scale.last:
        yield Tick(scale.at(day), f"T{day.month}", is_major=day.month == 1)
        day = _next_month(day)


def _quarters(scale: _Scale) -> Iterator[Tick]:
    return (
        Tick(tick.left, _QUARTERS[tick.word], is_major=tick.is_major)
        for tick in _months(scale) if tick.word in _QUARTERS
    )  # fmt: skip


_QUARTERS: Mapping[str, str] = {"T1": "Q1", "T4": "Q2", "T7": "Q3", "T10": "Q4"}


def _years(scale: _Scale) -> Iterator[Tick]:
    """The first year always, the others where they begin."""
    yield Tick(0.0, str(scale.first.year), is_major=True)
    for year in range(scale.first.year + 1, scale.last.year + 1):
        yield Tick(scale.at(date(year, 1, 1)), str(year), is_major=True)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
