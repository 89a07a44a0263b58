"""What is written down of a task, looked at before it is kept: each refusal is a sentence that names the remedy."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import Department, Person
from accounts.roles import Standing
from communes.models import Posting, Unit
from criteria.policies import Refused
from criteria.rules.numbers import clean_text
from plans.models import DirectiveItem, Task
from plans.queries.network import FIRST_YEAR, LAST_YEAR, why_not_days
from plans.queries.tasks import asked_task
from plans.rules.network import MOST_DAYS
from plans.rules.vocabulary import PlanLevel

LONGEST_TITLE, LONGEST_NOTE, LONGEST_ACTOR = 300, 4000, 120


def checked(
    columns: dict[str, Any], district: Unit, standing: Standing, on: date, row: Task | None = None
) -> dict[str, Any]:
    """The columns of a task as they may be kept, texts cleaned. `row`: the task that is changed. Raises Refused."""
    given = {**columns, **{name: clean_text(columns[name]).strip() for name in ("title", "note", "actor")}}
    _check_identity(given, row)
    _check_words(given)
    _check_place(given, district)
    _check_days(given)
    _check_holders(given, district, on)
    _check_parent(given, district, standing, row)
    item: DirectiveItem | None = given["item"]
    if item is not None and item.directive.district_id != district.pk:
        raise Refused("Nội dung chỉ đạo này không phải của huyện này.")
    return given


def _check_identity(given: dict[str, Any], row: Task | None) -> None:
    """A generated task is known by what it serves: changed, it would be generated once more, or be there twice."""
    if row is None or not row.step:
        return
    if any(getattr(row, name) != given[name] for name in ("unit", "family", "subject", "goal_tier", "goal_year")):
        raise Refused("Việc sinh từ quy trình giữ nguyên đơn vị, chỉ tiêu, mốc và năm; cần khác thì rút và thêm việc.")


def _check_words(given: dict[str, Any]) -> None:
    if not given["title"]:
        raise Refused("Ghi tên việc.")
    for name, longest, said in (
        ("title", LONGEST_TITLE, "Tên việc"), ("note", LONGEST_NOTE, "Ghi chú"),
        ("actor", LONGEST_ACTOR, "Tên cơ quan thực hiện"),
    ):  # fmt: skip
        if len(given[name]) > longest:
            raise Refused(f"{said} dài quá {longest} ký tự. Rút gọn rồi ghi lại.")


def _check_place(given: dict[str, Any], district: Unit) -> None:
    unit: Unit = given["unit"]
    if unit.pk != district.pk and unit.parent_id != district.pk:
        raise Refused("Đơn vị này không thuộc huyện này.")
    if given["level"] == PlanLevel.COMMUNE.value and not unit.is_commune:
        raise Refused("Kế hoạch xã cần chọn một xã.")
    if given["subject"] and not given["family"]:
        raise Refused("Chọn bộ tiêu chí của chỉ tiêu này.")


def _check_days(given: dict[str, Any]) -> None:
    is_milestone = given["duration"] == 0
    if not 0 <= given["duration"] <= MOST_DAYS:
        raise Refused(f"Thời gian làm phải từ 0 (mốc) đến {MOST_DAYS} ngày.")
    year: int | None = given["goal_year"]
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(f"Năm mục tiêu từ {FIRST_YEAR} đến {LAST_YEAR}.")
    if refusal := why_not_days(given["not_before"], given["due_on"]):
        raise Refused(refusal)
    if given["goal_tier"] and not (is_milestone and given["goal_year"]):
        raise Refused("Mốc công nhận có thời gian bằng 0 và có năm mục tiêu.")
    if given["at_least"] is not None and not (is_milestone and given["at_least"] >= 1):
        raise Refused("Số việc trước cần đạt chỉ đặt cho mốc (thời gian bằng 0) và từ 1 trở lên.")


def _check_holders(given: dict[str, Any], district: Unit, on: date) -> None:
    department: Department | None = given["department"]
    person: Person | None = given["responsible"]
    if department is not None and department.district_code != district.code:
        raise Refused("Phòng, ban này không thuộc huyện này.")
    if person is not None and not _has_seat(person, {district.pk, given["unit"].pk}, on):
        raise Refused(f"{person.full_name} không phải cán bộ của đơn vị này hoặc của phòng, ban, cấp huyện.")


def _has_seat(person: Person, units: set[int], on: date) -> bool:
    return Posting.objects.held_on(on).filter(person=person, unit__in=units).exists()


def _check_parent(given: dict[str, Any], district: Unit, standing: Standing, row: Task | None) -> None:
    parent: Task | None = given["parent"]
    if parent is None or (row is not None and row.parent_id == parent.pk):
        return
    if parent.withdrawn_on is not None:
        raise Refused("Việc cấp trên đã rút khỏi kế hoạch.")
    if parent.level == PlanLevel.PERSONAL.value or district.pk not in (parent.unit_id, parent.unit.parent_id):
        raise Refused("Việc cấp trên phải là việc của huyện hoặc của xã trong huyện này.")
    if given["level"] == PlanLevel.PERSONAL.value and not asked_task(parent).is_of(standing):
        raise Refused("Kế hoạch cá nhân chỉ gắn với việc được giao cho mình, cho phòng, ban hoặc xã mình.")
    above: Task | None = parent
    while above is not None:
        if row is not None and above.pk == row.pk:
            raise Refused("Một việc không nằm dưới chính nó.")
        above = above.parent
