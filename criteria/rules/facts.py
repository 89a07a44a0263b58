"""What people stated, as the engine reads it: one fact per measure, on one basis, as known on one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from criteria.rules.rulebook import Value
from criteria.rules.vocabulary import ExemptionKind, Verdict


class Fact(NamedTuple):
    """One statement that holds. `value` is None only where `exemption` is set.

    `refused` maps "family:code" of an indicator to the reason why a reviewer did not recognise it
    ("không công nhận"): that indicator is then chưa đạt on this basis, whatever the value.
    A named tuple, because a board of a province makes tens of thousands of them.
    """

    value: Value | None
    exemption: ExemptionKind = ExemptionKind.NONE
    exemption_reason: str = ""
    refused: Mapping[str, str] | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    remark: str = ""
    by: str = ""
    on: date | None = None
    at: datetime | None = None
    statement_id: int | None = None


class SurveyRow(NamedTuple):
    """Satisfaction in one commune on one content: papers sent, returned, and of these satisfied."""

    content: str
    sent: int
    returned: int
    satisfied: int


OVERALL_CONTENT = "chung"


@dataclass(frozen=True, slots=True)
class CommuneStanding:
    """What the district's conditions need to know of one commune.

    `recognised`: families under whose recognition (not revoked) it stands on that day;
    `meets`: for each family the verdict of its tier, by family; `survey`: its rows.
    """

    name: str
    recognised: frozenset[str]
    meets: Mapping[str, Verdict]
    survey: tuple[SurveyRow, ...] = ()
