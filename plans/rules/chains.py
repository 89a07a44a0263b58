"""The standard chain to a recognition: from a template of steps and what is unmet to tasks and links.

Pure. Called by `plans.queries.chains` (what would be made) and through it by the action that makes it. A node is a
task to be: a step, and for steps that are done once for each subject (an unmet indicator or condition) the subject.

    per subject   work -> evidence                         of every unmet indicator and stated condition
                  communes                                 a milestone of every share of communes that the law asks for
                  own_communes                             a milestone of every number that the district set itself
    once          self-assessment, publication, ... decision, goal, announcement

A step that is not used, or has no node of the subject (work that is done already and only waits to be acknowledged),
is passed through: what waits for it waits for what it would have waited for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

import yaml

from criteria.rules.vocabulary import Confidence, LabelledEnum, Level
from plans.rules.network import MOST_DAYS, DayKind

# Steps that the program knows by their codes; all others are the template's own.
WORK, SHARE, OWN_COUNT = "work", "communes", "own_communes"
GOAL, OWN_GOAL = "goal", "own_goal"
# Milestones without which a chain has no end: they can neither be left out nor be given a duration.
KEPT = frozenset({SHARE, OWN_COUNT, GOAL, OWN_GOAL})
COMMUNE_ACTOR = "UBND xã"
W = TypeVar("W", bound=LabelledEnum)


class ChainFault(ValueError):
    """A template that makes no chain; the text says why, for the person who edits it."""


class SubjectKind(Enum):
    """What is unmet, and so which steps per subject it needs."""

    WORK = "indicator or stated condition"
    SHARE = "share of communes that the law asks for"
    OWN = "number of communes that the district set itself"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a template; `waits_for` holds codes of other steps of it."""

    code: str
    name: str
    duration: int
    days: DayKind = DayKind.WORKING
    actor: str = ""
    department: str = ""
    waits_for: tuple[str, ...] = ()
    per_subject: bool = False
    source: str = ""
    is_estimate: bool = True
    is_used: bool = True

    def takes(self, kind: SubjectKind) -> bool:
        """Whether a step per subject is done for subjects of that kind."""
        return {SHARE: SubjectKind.SHARE, OWN_COUNT: SubjectKind.OWN}.get(self.code, SubjectKind.WORK) is kind


@dataclass(frozen=True, slots=True)
class Subject:
    """What is unmet. `lead`: code of the department that leads it. `is_claimed`: the unit says that it is done; what is
    missing is that the district acknowledges it. `tier`, `needed`: of a count, how many communes of which tier."""

    family: str
    code: str
    label: str
    lead: str = ""
    kind: SubjectKind = SubjectKind.WORK
    is_claimed: bool = False
    tier: str = ""
    needed: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """A task to be; with unit and year it is the task's identity."""

    step: str
    family: str
    subject: str = ""


@dataclass(frozen=True)
class Chain:
    """Tasks to be and which waits for which (before, after). `entries`: the steps once for the unit that wait for no
    other such step; what must come before the whole procedure (the tier below) comes before them."""

    nodes: dict[Node, tuple[Step, Subject | None]]
    links: tuple[tuple[Node, Node], ...]
    entries: tuple[Node, ...]


def chain_for(steps: Sequence[Step], subjects: Sequence[Subject], family: str) -> Chain:
    """The tasks of a unit toward the set `family`. Raises ChainFault for a template that is faulty."""
    if fault := fault_of(steps):
        raise ChainFault(fault)
    laying = _Laying(steps, subjects, family)
    nodes = {node: laying.nodes[node] for step in steps for node in laying.of_step.get(step.code, ())}
    links: dict[tuple[Node, Node], None] = {}
    for node, (step, subject) in nodes.items():
        for code in step.waits_for:
            links |= {(before, node): None for before in laying.sources(code, subject)}
    once = {node for node, (step, _) in nodes.items() if not step.per_subject}
    held = {after for before, after in links if before in once}
    entries = tuple(node for node in nodes if node in once and node not in held)
    return Chain(nodes, tuple(links), entries)


@dataclass
class _Laying:
    """Nodes by step and subject, and where to find what a step waits for."""

    steps: Sequence[Step]
    subjects: Sequence[Subject]
    family: str
    nodes: dict[Node, tuple[Step, Subject | None]] = field(default_factory=dict)
    of_step: dict[str, list[Node]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_code = {step.code: step for step in self.steps}
        for step in self.steps:
            if step.is_used:
                for subject in self._subjects(step) if step.per_subject else [None]:
                    self._add(step, subject)

    def _subjects(self, step: Step) -> Iterable[Subject]:
        wanted = [subject for subject in self.subjects if step.takes(subject.kind)]
        return [subject for subject in wanted if not (step.code == WORK and subject.is_claimed)]

    def _add(self, step: Step, subject: Subject | None) -> None:
        node = Node(step.code, subject.family, subject.code) if subject else Node(step.code, self.family)
        self.nodes[node] = (step, subject)
        self.of_step.setdefault(step.code, []).append(node)

    def sources(self, code: str, subject: Subject | None) -> list[Node]:
        """The nodes that a wait for the step `code` means, seen from a node of `subject` (None: done once)."""
        step = self.by_code[code]
        found = self.of_step.get(code, [])
        if step.per_subject and subject is not None:
            found = [node for node in found if (node.family, node.subject) == (subject.family, subject.code)]
        if found:
            return found
        return [node for before in step.waits_for for node in self.sources(before, subject)]


def fault_of(steps: Sequence[Step]) -> str | None:
    """Why a template makes no chain, in one Vietnamese sentence; None where it does."""
    by_code = {step.code: step for step in steps}
    if len(by_code) < len(steps):
        return "Mỗi mã bước chỉ dùng một lần trong quy trình."
    for step in steps:
        if fault := _fault_of_step(step, by_code):
            return fault
    return _circle(by_code)


def _fault_of_step(step: Step, by_code: Mapping[str, Step]) -> str | None:
    if not step.name.strip():
        return f"Bước {step.code} chưa có tên."
    if not 0 <= step.duration <= MOST_DAYS:
        return f"Thời gian của bước “{step.name}” phải từ 0 đến {MOST_DAYS} ngày."
    if step.code in KEPT and (not step.is_used or step.duration):
        return f"“{step.name}” là mốc của quy trình: không bỏ được và không có thời gian."
    if step.code not in KEPT and not step.duration:
        return f"Bước “{step.name}” cần ít nhất 1 ngày."
    if unknown := [code for code in step.waits_for if code not in by_code]:
        return f"Bước “{step.name}” chờ một bước không có trong quy trình ({unknown[0]})."
    return None


def _circle(by_code: Mapping[str, Step]) -> str | None:
    """Depth first; a step that is met again on the way down closes a circle."""
    done: set[str] = set()
    for first in by_code:
        way: list[str] = []
        if found := _walk(first, by_code, way, done):
            names = " → ".join(f"“{by_code[code].name}”" for code in found)
            return f"Các bước chờ nhau thành vòng tròn: {names}."
    return None


def _walk(code: str, by_code: Mapping[str, Step], way: list[str], done: set[str]) -> list[str] | None:
    if code in way:
        return [*way[way.index(code) :], code][::-1]
    if code in done:
        return None
    way.append(code)
    for before in by_code[code].waits_for:
        if found := _walk(before, by_code, way, done):
            return found
    done.add(way.pop())
    return None


def read_chains(text: str) -> dict[Level, tuple[Step, ...]]:
    """The standard chains as the project's own file has them, by level. Raises ChainFault."""
    data = yaml.safe_load(text)
    decision: str = data["decision"]
    chains = {
        _word(Level, level): tuple(_read_step(row, decision) for row in rows) for level, rows in data["chains"].items()
    }
    for steps in chains.values():
        if fault := fault_of(steps):
            raise ChainFault(fault)
    return chains


def _read_step(row: Mapping[str, Any], decision: str) -> Step:
    sure = _word(Confidence, row["confidence"]).label if "confidence" in row else ""
    return Step(
        code=row["code"],
        name=row["name"],
        duration=row["duration"],
        days=_word(DayKind, row.get("days", "working")),
        actor=row.get("actor", ""),
        department=row.get("department", ""),
        waits_for=tuple(row.get("waits_for", ())),
        per_subject=row.get("per_subject", False),
        source=f"{decision} ({sure})" if sure else "",
        is_estimate=row.get("is_estimate", True),
    )


def _word(words: type[W], value: str) -> W:
    """The member that is written `value`. Raises ChainFault."""
    found = next((word for word in words if word.value == value), None)
    if found is None:
        raise ChainFault(f"{value!r} is none of {', '.join(words)}")
    return found
