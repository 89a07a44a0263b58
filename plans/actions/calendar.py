"""Days that a district's office counts otherwise than the public calendar: a day off more, a Saturday worked."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import Person
from accounts.roles import Standing
from communes.models import Unit
from criteria.policies import Refused
from criteria.rules.numbers import clean_text
from plans.actions.linking import hold_plan
from plans.actions.telling_plan import remember_plan
from plans.models import OwnDay
from plans.policies.planning import why_not_steer
from plans.queries.network import why_not_days

LONGEST_REASON = 200


@transaction.atomic
def put_own_day(
    *, by: Person, standing: Standing, district: Unit, day: date, is_working: bool, reason: str, on: date
) -> OwnDay:
    """Say of a day whether it is worked; said again it counts anew. Raises Refused."""
    if refusal := why_not_steer(standing, district.code):
        raise Refused(refusal)
    reason = clean_text(reason).strip()
    if not reason:
        raise Refused("Ghi lý do của ngày này (ví dụ: làm bù, nghỉ lễ của huyện).")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Lý do dài quá {LONGEST_REASON} ký tự.")
    if refusal := why_not_days(day):
        raise Refused(refusal)
    hold_plan(district)
    row, _ = OwnDay.objects.update_or_create(
        district=district, day=day, defaults={"is_working": is_working, "reason": reason}
    )
    words = f"ghi ngày {day:%d/%m/%Y} là ngày {'làm việc' if is_working else 'nghỉ'}: {reason}"
    remember_plan("own_day", district, by, words, on, {"day": str(day), "is_working": is_working})
    return row


@transaction.atomic
def drop_own_day(*, by: Person, standing: Standing, district: Unit, day: date, on: date) -> None:
    """Let a day count as the public calendar has it; nothing happens where it does. Raises Refused."""
    if refusal := why_not_steer(standing, district.code):
        raise Refused(refusal)
    hold_plan(district)
    if OwnDay.objects.filter(district=district, day=day).delete()[0]:
        words = f"bỏ ngày riêng {day:%d/%m/%Y}, tính theo lịch chung"
        remember_plan("own_day", district, by, words, on, {"day": str(day), "is_working": None})
