"""The plan as its page shows it: filtered, in groups, each commune as one row until it is opened, with the finding in
words. The same rows stand in the table, the chart, the workbook and the paper. Asks nothing of the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from criteria.rules.words import folded
from plans.queries.planned import End, Plan, PlannedTask
from plans.rules.gantt import Arrow
from plans.rules.gantt import Row as ChartRow
from plans.rules.network import LinkKind
from plans.rules.statuses import Status
from plans.rules.vocabulary import PlanLevel

LEVELS = {"huyen": "Khung huyện", "xa": "Các xã", "ca-nhan": "Cá nhân"}
LITTLE_FLOAT = 10
MOST_ROWS = 400
SHORT_TITLE = 70


@dataclass(frozen=True)
class Chosen:
    """The filters of the address: `level` a key of LEVELS, `commune` a slug, `department` a code."""

    level: str = "huyen"
    commune: str = ""
    department: str = ""
    critical: bool = False
    little: bool = False
    drifted: bool = False
    words: str = ""

    @property
    def narrows(self) -> bool:
        """It asks for single tasks: then every commune is open."""
        return bool(self.department or self.critical or self.little or self.drifted or self.words)


@dataclass(frozen=True)
class Line:
    """One row of table and chart. `task` None: a commune in one row. `float`: working days toward the end looked from,
    None where it does not hang on it or is done."""

    key: int
    title: str
    who: str
    start: date
    finish: date
    drift: int | None
    float: int | None
    is_critical: bool
    state: str
    is_late: bool
    is_done: bool
    progress: int | None = None
    task: PlannedTask | None = None
    slug: str = ""
    baseline: tuple[date, date] | None = None

    @property
    def is_milestone(self) -> bool:
        return self.task is not None and self.task.is_milestone

    @property
    def float_words(self) -> str:
        if self.is_done:
            return "xong"
        if self.is_critical:
            return f"{self.float or 0} găng"
        return "–" if self.float is None else f"{self.float} ngày"

    @property
    def drift_words(self) -> str:
        if not self.drift:
            return "–" if self.drift is None else "0"
        return f"trễ {self.drift}" if self.drift > 0 else f"sớm {-self.drift}"


@dataclass(frozen=True)
class Group:
    title: str
    lines: list[Line]
    slug: str = ""


@dataclass(frozen=True)
class Board:
    """`left_out`: rows beyond MOST_ROWS. `numbers`: of every quick filter, how many rows it would show."""

    plan: Plan
    chosen: Chosen
    end: End | None
    groups: list[Group]
    numbers: Mapping[str, int]
    left_out: int = 0
    lines: list[Line] = field(default_factory=list)

    @cached_property
    def headline(self) -> str:
        return headline(self.plan, self.end)

    @property
    def sub(self) -> str:
        critical = [task for task in self.plan.critical if not task.is_done and not task.is_milestone]
        if not critical:
            return "Không có việc chưa xong nào trên đường găng."
        where = f" đến “{_short(self.end.title)}”" if self.end else ""
        return f"{len(critical)} việc trên đường găng{where}. Rút ngắn việc khác không kéo gần ngày về đích."


def board_of(plan: Plan, chosen: Chosen, end: End | None, most: int | None = MOST_ROWS) -> Board:
    """The rows that the filters ask for, at most `most` of them (None: all)."""
    tasks = [task for task in plan.tasks if _is_wanted(plan, task, chosen)]
    groups = list(_groups(plan, chosen, tasks))
    lines = [line for group in groups for line in group.lines]
    left_out = 0 if most is None else max(0, len(lines) - most)
    if left_out and most is not None:
        groups, lines = list(_first(groups, most)), lines[:most]
    return Board(plan, chosen, end, groups, _numbers(plan, chosen), left_out, lines)


def headline(plan: Plan, end: End | None) -> str:
    """The finding in one sentence."""
    if not plan.tasks:
        return "Kế hoạch chưa có việc nào"
    if end is None:
        late = sum(task.is_late and not task.is_done for task in plan.tasks)
        return f"{len(plan.tasks)} việc trong kế hoạch, {late} việc trễ hạn; chưa có mốc công nhận nào"
    if end.is_reached:
        return f"Đã đạt mốc “{_short(end.title)}” ngày {end.finish:%d/%m/%Y}"
    if end.days_late > 0:
        said = f"Đường găng dài hơn mốc {end.days_late} ngày làm việc"
    elif end.days_late:
        said = f"Đường găng về trước mốc {-end.days_late} ngày làm việc"
    else:
        said = "Đường găng vừa khít mốc"
    step = end.next_step
    return f"{said}; “{_short(step.title)}” là việc đang giữ ngày về đích" if step else said


def chart_rows(board: Board) -> list[ChartRow]:
    """The same rows for the chart: a heading for every group, then its lines. Keys of headings are negative."""
    rows: list[ChartRow] = []
    for place, group in enumerate(board.groups, 1):
        rows.append(ChartRow(key=-place))
        rows += [_chart_row(board.plan, line) for line in group.lines]
    return rows


def arrows_of(plan: Plan, lines: Sequence[Line]) -> list[Arrow]:
    """Links along the critical path, between tasks that are shown; the driving one where a task waits for several."""
    shown = {line.key: line for line in lines if line.is_critical and line.task}
    found = []
    for line in shown.values():
        assert line.task is not None
        drivers = [link for link in line.task.waits_for if link.pk in shown]
        drivers.sort(key=lambda link: shown[link.pk].finish, reverse=True)
        latest = [link for link in drivers if shown[link.pk].finish == shown[drivers[0].pk].finish]
        for link in latest[:3]:
            kind = link.kind
            found.append(Arrow(
                link.pk, line.key, from_start=kind in (LinkKind.SS, LinkKind.SF),
                to_finish=kind in (LinkKind.FF, LinkKind.SF),
            ))  # fmt: skip
    return found


def line_of(task: PlannedTask) -> Line:
    base = (task.baseline_start, task.baseline_finish)
    return Line(
        key=task.pk, title=task.title, who=task.holder, start=task.start, finish=task.finish, drift=task.drift,
        float=task.total_float, is_critical=task.is_critical and not task.is_done, state=task.state.label,
        is_late=task.state is Status.LATE or (task.is_late and not task.is_done), is_done=task.is_done,
        progress=task.progress, task=task,
        baseline=(base[0], base[1]) if base[0] and base[1] else None,
    )  # fmt: skip


def _chart_row(plan: Plan, line: Line) -> ChartRow:
    task, room = line.task, None
    if line.float and line.float > 0 and not line.is_done:
        room = task.latest_finish if task and task.latest_finish else _later(plan, line.finish, line.float)
    return ChartRow(
        key=line.key, name=line.title, start=line.start, finish=line.finish, is_milestone=line.is_milestone,
        is_critical=line.is_critical, is_summary=task is None, progress=100 if line.is_done else line.progress,
        float_to=room if room and room > line.finish else None, base=line.baseline,
    )  # fmt: skip


def _later(plan: Plan, day: date, working: int) -> date:
    while working > 0:
        day += timedelta(days=1)
        working -= plan.is_working(day)
    return day


# ---------- which rows ----------

_TESTS: tuple[tuple[str, Callable[[PlannedTask], bool]], ...] = (
    ("critical", lambda task: task.is_critical and not task.is_done),
    ("little", lambda task: not task.is_done and task.total_float is not None and task.total_float <= LITTLE_FLOAT),
    ("drifted", lambda task: (task.drift or 0) > 0),
)


def _is_wanted(plan: Plan, task: PlannedTask, chosen: Chosen) -> bool:
    if (task.level is PlanLevel.PERSONAL) != (chosen.level == "ca-nhan"):
        return False
    if chosen.level == "xa" and task.unit_code == plan.district_code:
        return False
    if any(getattr(chosen, name) and not test(task) for name, test in _TESTS):
        return False
    return _is_of(task, chosen) and folded(chosen.words) in folded(f"{task.title} {task.subject_label} {task.holder}")


def _is_of(task: PlannedTask, chosen: Chosen) -> bool:
    is_there = not chosen.commune or task.unit_slug == chosen.commune
    return is_there and chosen.department in ("", task.department_code)


def _numbers(plan: Plan, chosen: Chosen) -> dict[str, int]:
    """Of every quick filter how many tasks it shows, beside the other filters that are set."""
    found: dict[str, int] = {}
    for name, _ in _TESTS:
        alone = replace(chosen, **{**{other: False for other, _ in _TESTS}, name: True})
        found[name] = sum(_is_wanted(plan, task, alone) for task in plan.tasks)
    frame = [task for task in plan.tasks if task.level is not PlanLevel.PERSONAL]
    found["huyen"] = sum(task.unit_code == plan.district_code for task in frame)
    found["xa"] = len({task.unit_code for task in frame if task.unit_code != plan.district_code})
    found["ca-nhan"] = len(plan.tasks) - len(frame)
    return found


def _groups(plan: Plan, chosen: Chosen, tasks: Sequence[PlannedTask]) -> Iterator[Group]:
    if chosen.level == "ca-nhan":
        yield from _by(tasks, lambda task: (task.responsible_name or task.holder, ""))
        return
    frame = [task for task in tasks if task.unit_code == plan.district_code]
    others = [task for task in tasks if task.unit_code != plan.district_code]
    if frame:
        yield Group("Khung huyện", [line_of(task) for task in frame])
    if chosen.commune or chosen.narrows:
        yield from _by(others, lambda task: (task.unit_name, task.unit_slug))
    elif others:
        yield Group("Các xã", _summaries(plan, others))


def _by(tasks: Sequence[PlannedTask], name: Callable[[PlannedTask], tuple[str, str]]) -> Iterator[Group]:
    groups: dict[tuple[str, str], list[Line]] = {}
    for task in tasks:
        groups.setdefault(name(task), []).append(line_of(task))
    for (title, slug), lines in groups.items():
        yield Group(title[:1].upper() + title[1:], lines, slug)


def _first(groups: Sequence[Group], most: int) -> Iterator[Group]:
    for group in groups:
        if most <= 0:
            return
        yield replace(group, lines=group.lines[:most])
        most -= len(group.lines)


# ---------- a commune in one row ----------


def _summaries(plan: Plan, tasks: Sequence[PlannedTask]) -> list[Line]:
    found: dict[str, list[PlannedTask]] = {}
    for task in tasks:
        found.setdefault(task.unit_code, []).append(task)
    return [_summary(plan, own, place) for place, own in enumerate(found.values(), 1)]


def _summary(plan: Plan, own: Sequence[PlannedTask], place: int) -> Line:
    """Keys of communes lie beyond those of tasks and headings."""
    end = next((end for end in plan.ends if end.unit_code == own[0].unit_code and not end.is_reached), None)
    goal = plan.by_pk[end.pk] if end else max(own, key=lambda task: task.finish)
    floats = [task.total_float for task in own if task.total_float is not None and not task.is_done]
    done, late = sum(task.is_done for task in own), sum(line_of(task).is_late for task in own)
    state = f"xong {done}/{len(own)} việc" + (f", {late} trễ" if late else "")
    base = (goal.baseline_start or goal.start, goal.baseline_finish) if goal.baseline_finish else None
    starts = [task.baseline_start for task in own if task.baseline_start]
    return Line(
        key=-100_000 - place, title=f"{own[0].unit_name[:1].upper()}{own[0].unit_name[1:]}",
        who=f"{end.tier.label} {end.year}" if end else "", start=min(task.start for task in own), finish=goal.finish,
        drift=goal.drift, float=min(floats, default=None),
        is_critical=any(task.is_critical and not task.is_done for task in own), state=state,
        is_late=end is not None and end.is_late, is_done=done == len(own), progress=100 * done // len(own),
        slug=own[0].unit_slug,
        baseline=(min(starts), base[1]) if base and base[1] and starts and min(starts) <= base[1] else None,
    )  # fmt: skip


def _short(title: str) -> str:
    return title if len(title) <= SHORT_TITLE else title[: SHORT_TITLE - 1].rstrip() + "…"
