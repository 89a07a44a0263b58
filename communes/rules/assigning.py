"""What an assignment becomes when somebody changes it: pure, asked by the action and shown by the form before."""

from __future__ import annotations

from dataclasses import dataclass

from communes.rules.list_saves import AssignmentState

NOBODY = AssignmentState("", (), "")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall change; None keeps what stands. Codes of departments; `responsible` is a username, "" for nobody.

    `adds`: the departments of `others` join those that coordinate already. `ends`: nobody leads it any more.
    """

    lead: str | None = None
    others: frozenset[str] | None = None
    adds: bool = False
    responsible: str | None = None
    ends: bool = False


def assigned(before: AssignmentState | None, wanted: Wanted) -> AssignmentState | None:
    """The state afterwards; None where nobody is assigned. Its lead is "" where neither side names one.

    Who leads does not coordinate as well.
    """
    if wanted.ends:
        return None
    now = before or NOBODY
    lead = now.lead if wanted.lead is None else wanted.lead
    others = set(now.others)
    if wanted.others is not None:
        others = others | wanted.others if wanted.adds else set(wanted.others)
    responsible = now.responsible if wanted.responsible is None else wanted.responsible
    return AssignmentState(lead, tuple(sorted(others - {lead})), responsible)
