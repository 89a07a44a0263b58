"""What one act does to the other revisions of the same assessment, so that a newer figure is never overtaken.

A newer submission leaves older ones waiting no longer; a newer verification ends older unapproved ones; withdrawing
gives the submission that stands again back to its verifier; what the office returns to the lead waits again, unless
something newer was sent meanwhile. And nothing is verified or approved over a newer revision that is already further.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from communes.rules.workflow import ActKind, Stage

AHEAD_OF_VERIFYING = frozenset({Stage.SUBMITTED, Stage.VERIFIED, Stage.APPROVED})
AHEAD_OF_APPROVING = frozenset({Stage.VERIFIED, Stage.APPROVED})
SENT = frozenset({ActKind.SUBMIT, ActKind.LOAD})
# After these a revision was waiting for its verifier.
_WAITING_AFTER = (ActKind.SUBMIT, ActKind.RETURN_TO_LEAD)


class Revised(NamedTuple):
    """One revision: its number (newer is greater), its stage, and what was done to it, in order."""

    number: int
    stage: Stage
    acts: tuple[ActKind, ...]


def is_overtaken(act: ActKind, number: int, revisions: Sequence[Revised]) -> bool:
    """Whether verifying or approving a revision would put an older figure over a newer one."""
    ahead = {ActKind.VERIFY: AHEAD_OF_VERIFYING, ActKind.APPROVE: AHEAD_OF_APPROVING}.get(act, frozenset())
    return any(revision.number > number and revision.stage in ahead for revision in revisions)


def stages_changed(act: ActKind, number: int, revisions: Sequence[Revised]) -> dict[int, Stage]:
    """New stages of revisions after `act` on revision `number`, which itself has moved already."""
    older = [revision for revision in revisions if revision.number < number]
    if act is ActKind.SUBMIT:
        return {r.number: Stage.REPLACED for r in older if r.stage is Stage.SUBMITTED}
    if act is ActKind.VERIFY:
        return {r.number: Stage.REPLACED for r in older if r.stage in (Stage.SUBMITTED, Stage.VERIFIED)}
    if act is ActKind.WITHDRAW:
        return _given_back(older)
    newer_sent = any(r.number > number and r.stage in AHEAD_OF_VERIFYING for r in revisions)
    return {number: Stage.REPLACED} if act is ActKind.RETURN_TO_LEAD and newer_sent else {}


def _given_back(older: Sequence[Revised]) -> dict[int, Stage]:
    """The newest of the older ones that was ever sent waits again, if it was waiting when it was replaced."""
    sent = [revision for revision in older if not SENT.isdisjoint(revision.acts)]
    newest = max(sent, key=lambda revision: revision.number, default=None)
    if newest is not None and newest.stage is Stage.REPLACED and newest.acts[-1] in _WAITING_AFTER:
        return {newest.number: Stage.SUBMITTED}
    return {}
