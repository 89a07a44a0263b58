"""Tasks and links of a plan, checked once and laid out for the two passes over them.

`Network(tasks, links)` refuses what cannot be scheduled and names it: unknown keys, links of a task to itself, facts
that contradict each other, and cycles with the tasks they run through. Called by queries that read a plan, and by
actions and imports before they save one (`flaws_of` answers without raising).

A link says something about two *moments*, the start or the finish of a task. So every moment has a slot, `2 * place`
for the start of the task at that place and `2 * place + 1` for its finish, and the four kinds of link are one thing:
`moment[after] >= moment[before] + lag`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from criteria.rules.vocabulary import LabelledEnum

MOST_DAYS = 10_000
T = TypeVar("T", bound=Hashable)
Bounds = Sequence[tuple[int, int]]  # pairs (slot at the other end of the link, lag in working days)


class DayKind(LabelledEnum):
    """What a duration counts."""

    WORKING = "working", "ngày làm việc"
    CALENDAR = "calendar", "ngày"


class LinkKind(LabelledEnum):
    """Which moment of the task before binds which moment of the task after; 0 its start, 1 its finish."""

    leaves: int
    binds: int

    def __new__(cls, value: str, label: str, leaves: int, binds: int) -> LinkKind:
        member = str.__new__(cls, value)
        member._value_, member.label, member.leaves, member.binds = value, label, leaves, binds
        return member

    FS = "FS", "xong mới bắt đầu", 1, 0
    SS = "SS", "bắt đầu mới bắt đầu", 0, 0
    FF = "FF", "xong mới xong", 1, 1
    SF = "SF", "bắt đầu mới xong", 0, 1


class FlawKind(LabelledEnum):
    """Why a network cannot be scheduled."""

    DUPLICATE_TASK = "duplicate_task", "mã công việc bị trùng"
    DURATION = "duration", f"thời lượng phải từ 0 đến {MOST_DAYS} ngày"
    PROGRESS = "progress", "tiến độ phải từ 0 đến 100 %"
    FACTS = "facts", "ngày xong thực tế trước ngày bắt đầu thực tế"
    UNKNOWN_TASK = "unknown_task", "liên kết tới công việc không có trong kế hoạch"
    SELF_LINK = "self_link", "công việc liên kết với chính nó"
    DUPLICATE_LINK = "duplicate_link", "liên kết bị trùng"
    LAG = "lag", f"độ trễ của liên kết vượt quá {MOST_DAYS} ngày"
    AT_LEAST = (
        "at_least",
        "số việc trước cần đạt phải từ 1 đến số việc trước, mỗi việc một liên kết, và chỉ đặt cho cột mốc",
    )
    CYCLE = "cycle", "các công việc nối thành vòng tròn"


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a plan. Dates are days, both ends included; a `duration` of 0 makes a milestone.

    `not_before`: unfinished work does not begin, or go on, before that day. `deadline`: the day by which it is due.
    `progress` in percent, None when nobody has said. `holder`: opaque key of who has it in hand.
    `at_least`: only of a milestone: it is reached as soon as so many of its predecessors allow it; None means all.
    """

    key: str
    duration: int
    days: DayKind = DayKind.WORKING
    not_before: date | None = None
    deadline: date | None = None
    actual_start: date | None = None
    actual_finish: date | None = None
    progress: int | None = None
    holder: str | None = None
    at_least: int | None = None

    @property
    def is_milestone(self) -> bool:
        return self.duration == 0

    @property
    def is_done(self) -> bool:
        return self.actual_finish is not None

    @property
    def is_running(self) -> bool:
        return self.actual_start is not None and self.actual_finish is None and self.duration > 0


@dataclass(frozen=True, slots=True)
class Link:
    """`after` depends on `before`; `lag` in working days, negative to overlap."""

    before: str
    after: str
    kind: LinkKind = LinkKind.FS
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Flaw:
    """One reason of a refusal and the tasks it is about; those of a cycle in the order in which they wait, each for
    the one named before it and the first for the last."""

    kind: FlawKind
    keys: tuple[str, ...]


class BrokenNetwork(ValueError):
    """The plan cannot be scheduled; `flaws` says why, never empty."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__("; ".join(f"{flaw.kind}: {', '.join(flaw.keys)}" for flaw in flaws))
        self.flaws = tuple(flaws)


class Network:
    """A plan that can be scheduled. Places are positions in `tasks`; slots as in the module's docstring.

    `place`: key -> place. `order`: places, every task after those it waits for. `into[slot]`: the links that bind the
    moment of that slot, as pairs (slot they come from, lag). `out[slot]`: the links that leave it, as pairs (slot they
    bind, lag).
    """

    __slots__ = ("into", "links", "order", "out", "place", "tasks")

    def __init__(self, tasks: Iterable[Task], links: Iterable[Link] = ()) -> None:
        """Raises BrokenNetwork."""
        self.tasks = tuple(tasks)
        self.links = tuple(links)
        self.place = {task.key: place for place, task in enumerate(self.tasks)}
        if flaws := [*_flaws_of_tasks(self.tasks), *_flaws_of_links(self.links, self.place)]:
            raise BrokenNetwork(flaws)
        self.into: list[Bounds] = [()] * (2 * len(self.tasks))
        self.out: list[Bounds] = [()] * (2 * len(self.tasks))
        self._lay_out()
        if flaws := [*self._doubled_links(), *self._impossible_counts()]:
            raise BrokenNetwork(flaws)
        self.order = self._sorted()

    def _lay_out(self) -> None:
        place = self.place
        into: dict[int, list[tuple[int, int]]] = {}
        out: dict[int, list[tuple[int, int]]] = {}
        for link in self.links:
            leaves = 2 * place[link.before] + link.kind.leaves
            binds = 2 * place[link.after] + link.kind.binds
            into.setdefault(binds, []).append((leaves, link.lag))
            out.setdefault(leaves, []).append((binds, link.lag))
        # A slot without links shares one empty tuple: most slots have none.
        for slot, bounds in into.items():
            self.into[slot] = bounds
        for slot, bounds in out.items():
            self.out[slot] = bounds

    def _doubled_links(self) -> Iterator[Flaw]:
        for slot, bounds in enumerate(self.into):
            if len(bounds) > 1:
                for leaves in _repeated([leaves for leaves, _ in bounds]):
                    yield Flaw(FlawKind.DUPLICATE_LINK, (self.tasks[leaves >> 1].key, self.tasks[slot >> 1].key))

    def _impossible_counts(self) -> Iterator[Flaw]:
        """A milestone with `at_least` counts tasks, so each may be linked to it once only."""
        for place, task in enumerate(self.tasks):
            if task.at_least is not None:
                links = list(self.predecessors(place))
                counted = len(set(links)) if task.is_milestone else 0
                if counted < len(links) or not 1 <= task.at_least <= counted:
                    yield Flaw(FlawKind.AT_LEAST, (task.key,))

    def _sorted(self) -> list[int]:
        """Kahn's order; among equals that of the plan. Raises BrokenNetwork with a cycle."""
        into, out = self.into, self.out
        waiting = [len(into[slot]) + len(into[slot + 1]) for slot in range(0, len(into), 2)]
        order = [place for place, count in enumerate(waiting) if not count]
        for place in order:  # grows while we walk along it
            for slot in (2 * place, 2 * place + 1):
                for binds, _ in out[slot]:
                    follower = binds >> 1
                    waiting[follower] -= 1
                    if not waiting[follower]:
                        order.append(follower)
        if len(order) < len(waiting):
            raise BrokenNetwork([Flaw(FlawKind.CYCLE, self._cycle(waiting))])
        return order

    def _cycle(self, waiting: Sequence[int]) -> tuple[str, ...]:
        """Walk backward among tasks that still wait, until one comes again: what lies between is a cycle."""
        here = next(place for place, count in enumerate(waiting) if count)
        seen: dict[int, int] = {}
        walk: list[int] = []
        while here not in seen:
            seen[here] = len(walk)
            walk.append(here)
            here = next(place for place in self.predecessors(here) if waiting[place])
        cycle = walk[seen[here] :][::-1]
        first = cycle.index(min(cycle))
        return tuple(self.tasks[place].key for place in cycle[first:] + cycle[:first])

    def predecessors(self, place: int) -> Iterator[int]:
        """Places of the tasks that the one at `place` waits for, one per link, in order of the plan's links."""
        for slot in (2 * place, 2 * place + 1):
            for leaves, _ in self.into[slot]:
                yield leaves >> 1

    def changed(
        self, *, tasks: Iterable[Task] = (), without: Iterable[str] = (), links: Iterable[Link] | None = None
    ) -> Network:
        """A new network: `tasks` put in by key (replacing or added), those `without` taken out with their links, and
        `links`, if given, instead of all links. Raises BrokenNetwork."""
        gone = set(without)
        merged = {task.key: task for task in self.tasks} | {task.key: task for task in tasks}
        kept = self.links if links is None else links
        return Network(
            (task for key, task in merged.items() if key not in gone),
            (link for link in kept if link.before not in gone and link.after not in gone),
        )


def flaws_of(tasks: Iterable[Task], links: Iterable[Link] = ()) -> tuple[Flaw, ...]:
    """Everything that is wrong with each task and link, or the first cycle; empty when it can be scheduled."""
    try:
        Network(tasks, links)
    except BrokenNetwork as broken:
        return broken.flaws
    return ()


def _flaws_of_tasks(tasks: Sequence[Task]) -> Iterator[Flaw]:
    for key in _repeated([task.key for task in tasks]):
        yield Flaw(FlawKind.DUPLICATE_TASK, (key,))
    for task in tasks:
        if not 0 <= task.duration <= MOST_DAYS:
            yield Flaw(FlawKind.DURATION, (task.key,))
        if task.progress is not None and not 0 <= task.progress <= 100:
            yield Flaw(FlawKind.PROGRESS, (task.key,))
        if task.actual_finish is not None and task.actual_finish < (task.actual_start or task.actual_finish):
            yield Flaw(FlawKind.FACTS, (task.key,))


def _flaws_of_links(links: Sequence[Link], place: dict[str, int]) -> Iterator[Flaw]:
    for link in links:
        if link.before not in place or link.after not in place:
            unknown = tuple(key for key in (link.before, link.after) if key not in place)
            yield Flaw(FlawKind.UNKNOWN_TASK, unknown)
        elif link.before == link.after:
            yield Flaw(FlawKind.SELF_LINK, (link.before,))
        if abs(link.lag) > MOST_DAYS:
            yield Flaw(FlawKind.LAG, (link.before, link.after))


def _repeated(items: Sequence[T]) -> list[T]:
    """Each item that is there more than once, in order. The common case, none, costs one set."""
    if len(set(items)) == len(items):
        return []
    return [item for item, count in Counter(items).items() if count > 1]
