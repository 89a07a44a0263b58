"""Which statement stands on which basis, from which day to which: a pure function of the acts, in their order.

Product.md section 3: tự đánh giá = newest submitted revision; đã thẩm tra = newest verified result; đã duyệt =
newest approved one. What is returned or withdrawn leaves the basis from that moment and what stood before it stands
again. As-of filters by the working day `on`, order is by sequence; days of one assessment never run backwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from communes.rules.workflow import BULK_ACTS, ActKind
from criteria.rules.vocabulary import Basis


class ActRow(NamedTuple):
    """One act: on which revision, with which result (verification), from which day."""

    kind: ActKind
    revision: int
    result: int | None
    on: date


class Interval(NamedTuple):
    """`statement` stands on `basis` from a day (included) to a day (excluded; None = still)."""

    basis: Basis
    statement: int
    from_on: date
    until_on: date | None


class BackwardsInTime(ValueError):
    """An act would count from a day before one that was already done on the same assessment."""


def holdings_of(acts: Iterable[ActRow]) -> list[Interval]:
    """Every interval that is not empty. Raises BackwardsInTime."""
    stacks: dict[Basis, list[int]] = {basis: [] for basis in Basis}
    results: dict[int, int] = {}
    intervals: list[Interval] = []
    since: dict[Basis, tuple[int, date]] = {}
    last_on: date | None = None
    for act in acts:
        if last_on is not None and act.on < last_on:
            raise BackwardsInTime(f"{act.kind} on {act.on} after {last_on}")
        last_on = act.on
        _apply(act, stacks, results)
        for basis, stack in stacks.items():
            top = stack[-1] if stack else None
            standing = since.get(basis)
            if standing is not None and standing[0] == top:
                continue
            if standing is not None:
                del since[basis]
                if standing[1] < act.on:
                    intervals.append(Interval(basis, standing[0], standing[1], act.on))
            if top is not None:
                since[basis] = (top, act.on)
    intervals += [Interval(basis, statement, from_on, None) for basis, (statement, from_on) in since.items()]
    return intervals


def _apply(act: ActRow, stacks: dict[Basis, list[int]], results: dict[int, int]) -> None:
    if act.kind in BULK_ACTS:
        _load(act, stacks, results)
    elif act.kind is ActKind.SUBMIT:
        stacks[Basis.SELF].append(act.revision)
    elif act.kind in (ActKind.WITHDRAW, ActKind.RETURN):
        _leave(stacks[Basis.SELF], act.revision)
    elif act.kind is ActKind.VERIFY and act.result is not None:
        results[act.revision] = act.result
        stacks[Basis.VERIFIED].append(act.result)
    elif act.kind is ActKind.APPROVE:
        stacks[Basis.APPROVED].append(results[act.revision])
    elif act.kind in (ActKind.RETURN_TO_LEAD, ActKind.RETURN_TO_ASSESSOR):
        _leave(stacks[Basis.VERIFIED], results.pop(act.revision, None))
        if act.kind is ActKind.RETURN_TO_ASSESSOR:
            _leave(stacks[Basis.SELF], act.revision)


def _load(act: ActRow, stacks: dict[Basis, list[int]], results: dict[int, int]) -> None:
    """An initial load stands on every basis at once; undoing it takes it from all of them."""
    if act.kind is ActKind.LOAD and act.result is not None:
        results[act.revision] = act.result
        for basis, stack in stacks.items():
            stack.append(act.revision if basis is Basis.SELF else act.result)
    elif act.kind is ActKind.UNLOAD:
        result = results.pop(act.revision, None)
        for basis, stack in stacks.items():
            _leave(stack, act.revision if basis is Basis.SELF else result)


def _leave(stack: list[int], statement: int | None) -> None:
    if statement in stack:
        stack.remove(statement)
