"""One revision on its way: the usual path as far as it has come, or a path with a return or withdrawal in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from accounts.models import Person
from communes.actions.replaying import Step
from communes.actions.stating import Entry
from communes.models import Unit
from communes.rules.workflow import ActKind, Source, Stage
from criteria.models import Measure
from ntm_tracker.demo import remarks
from ntm_tracker.demo.calendar import Days


@dataclass(frozen=True, slots=True)
class Parts:
    """The three persons of a revision, and as whose figure it counts."""

    assessor: Person
    verifier: Person
    approver: Person
    source: Source


@dataclass(frozen=True, slots=True)
class Check:
    """What the verifier states (None: the same) and does not recognise, and why somebody sends it back."""

    result: Entry | None = None
    refused: dict[str, str] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    unit: Unit
    measure: Measure
    year: int
    parts: Parts
    days: Days
    # Somebody of the lead department who fills the value in for the commune.
    typist: Person | None = None

    def _save(self, on: date, entry: Entry) -> Step:
        by, source = self.parts.assessor, self.parts.source
        if self.typist is not None:
            by, source = self.typist, Source.DEPARTMENT
        return Step(on, None, by, self.unit, self.measure, self.year, entry, source=source)

    def _act(self, on: date, act: ActKind, by: Person, check: Check | None = None) -> Step:
        check = check or Check()
        refused = check.refused if act is ActKind.VERIFY else None
        return Step(on, act, by, self.unit, self.measure, self.year, check.result, check.reason, refused)

    def _verify(self, on: date, check: Check) -> Step:
        return self._act(on, ActKind.VERIFY, self.parts.verifier, replace(check, reason=""))

    def _send_back(self, on: date, act: ActKind, by: Person, reason: str) -> Step:
        return self._act(on, act, by, Check(reason=reason))

    def as_far_as(self, stage: Stage, entry: Entry, check: Check) -> Iterator[Step]:
        """Typed, sent, verified, approved: up to `stage`, or returned or withdrawn on the way."""
        days, parts = self.days, self.parts
        yield self._save(days.typed, entry)
        if stage in (Stage.DRAFT, Stage.PREFILLED):
            return
        if self.typist is not None:
            yield self._act(days.submitted, ActKind.ACCEPT, parts.assessor)
        yield self._act(days.submitted, ActKind.SUBMIT, parts.assessor)
        if stage is Stage.WITHDRAWN:
            yield self._act(days.verified, ActKind.WITHDRAW, parts.assessor)
        elif stage is Stage.RETURNED:
            yield self._send_back(days.verified, ActKind.RETURN, parts.verifier, check.reason)
        elif stage in (Stage.VERIFIED, Stage.APPROVED):
            yield self._verify(days.verified, check)
        if stage is Stage.APPROVED:
            yield self._act(days.approved, ActKind.APPROVE, parts.approver)

    def overtaken(self, slip: Entry, entry: Entry, check: Check, *, was_sent: bool) -> Iterator[Step]:
        """A wrong figure first, mended before anybody looked at it, if need be after it was sent."""
        days, parts = self.days, self.parts
        yield self._save(days.typed, slip)
        if was_sent:
            yield self._act(days.submitted, ActKind.SUBMIT, parts.assessor)
        yield self._save(days.submitted, entry)
        yield self._act(days.submitted, ActKind.SUBMIT, parts.assessor)
        yield self._verify(days.verified, check)
        yield self._act(days.approved, ActKind.APPROVE, parts.approver)

    def with_detour(self, act: ActKind, entry: Entry, check: Check) -> Iterator[Step]:
        """Sent back or withdrawn once, mended, then approved."""
        days, parts = self.days, self.parts
        yield self._save(days.typed, entry)
        yield self._act(days.submitted, ActKind.SUBMIT, parts.assessor)
        if act is ActKind.WITHDRAW:
            yield self._act(days.verified, act, parts.assessor)
        elif act is ActKind.RETURN:
            yield self._send_back(days.verified, act, parts.verifier, check.reason)
        else:
            yield self._verify(days.verified, check)
            yield self._send_back(days.mended, act, parts.approver, check.reason)
        if act is not ActKind.RETURN_TO_LEAD:
            yield self._save(days.sent_again, replace(entry, remark=remarks.MENDED))
            yield self._act(days.sent_again, ActKind.SUBMIT, parts.assessor)
        yield self._verify(days.verified_again, check)
        yield self._act(days.approved_again, ActKind.APPROVE, parts.approver)
