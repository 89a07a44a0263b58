"""What is typed about a task of the plan, as plain values or a sentence.

Fields: `ten` title, `cap` level, `don-vi` unit (slug or "huyen"), `thoi-gian` duration, `loai-ngay` kind of days,
`phong` department, `nguoi` responsible person, `co-quan` actor, `phuc-vu` ("family code – words"), `khong-som-hon`,
`han`, `moc` tier, `nam` year, `can-dat` at least, `viec-tren` parent, `ghi-chu` note; and what it waits for, in rows of
the same order: `truoc` ("#12 words"), `kieu` kind of link, `tre` lag.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict

from accounts.models import Person
from accounts.roles import Right, Standing
from communes.models import Unit
from communes.views.opening import standing_in, today_in
from criteria.policies import Refused
from criteria.queries import books_in_force
from criteria.rules.days import day_text
from criteria.rules.numbers import clean_text
from criteria.rules.vocabulary import Tier
from plans.actions.planning import TaskFields, WantedLink
from plans.models import Task
from plans.policies.planning import why_not_steer
from plans.queries.network import in_plan_of
from plans.queries.task_page import KIND_WORDS
from plans.rules.network import DayKind, LinkKind
from plans.rules.vocabulary import PlanLevel
from plans.views.directive_forms import DISTRICT, Offered, day_of, offered_in

LINK_ROWS, MOST_LINKS = 4, 300
BROKEN = "Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại."
_TEXTS = {
    "title": "ten", "level": "cap", "unit": "don-vi", "duration": "thoi-gian", "days": "loai-ngay",
    "department": "phong", "responsible": "nguoi", "actor": "co-quan", "subject": "phuc-vu",
    "not_before": "khong-som-hon", "due_on": "han", "goal_tier": "moc", "goal_year": "nam", "at_least": "can-dat",
    "parent": "viec-tren",
}  # fmt: skip
LABELS = {
    "title": "Tên việc", "level": "Kế hoạch", "unit": "Đơn vị", "duration": "Thời gian", "days": "Đơn vị thời gian",
    "department": "Phòng, ban chủ trì", "responsible": "Người phụ trách", "actor": "Cơ quan khác thực hiện",
    "subject": "Phục vụ", "not_before": "Không sớm hơn", "due_on": "Hạn", "goal_tier": "Mốc công nhận",
    "goal_year": "Năm mục tiêu", "at_least": "Cần đạt", "parent": "Việc cấp trên", "note": "Ghi chú",
}  # fmt: skip


@dataclass(frozen=True)
class TypedLink:
    before: str = ""
    kind: str = LinkKind.FS.value
    lag: str = ""


@dataclass(frozen=True)
class TypedTask:
    title: str = ""
    level: str = PlanLevel.DISTRICT.value
    unit: str = DISTRICT
    duration: str = ""
    days: str = DayKind.WORKING.value
    department: str = ""
    responsible: str = ""
    actor: str = ""
    subject: str = ""
    not_before: str = ""
    due_on: str = ""
    goal_tier: str = ""
    goal_year: str = ""
    at_least: str = ""
    parent: str = ""
    note: str = ""
    links: tuple[TypedLink, ...] = field(default=(), compare=False)

    @property
    def link_rows(self) -> list[TypedLink]:
        """What was typed and some empty rows after it."""
        kept = [link for link in self.links if link.before]
        return [*kept, *[TypedLink()] * LINK_ROWS]


@dataclass(frozen=True)
class Choices:
    """What the form offers to one person in one district."""

    offered: Offered
    standing: Standing
    tasks: list[Task]
    subjects: list[str]

    @cached_property
    def levels(self) -> list[tuple[str, str]]:
        district, found = self.offered.district.code, []
        if why_not_steer(self.standing, district) is None:
            found.append(PlanLevel.DISTRICT)
        if found or (self.standing.can_in(Right.PLAN_COMMUNE, district) and self.standing.communes):
            found.append(PlanLevel.COMMUNE)
        if self.standing.can_in(Right.PLAN_OWN, district):
            found.append(PlanLevel.PERSONAL)
        return [(level.value, level.label) for level in found]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(kind.value, f"{words} ({kind.value})") for kind, words in KIND_WORDS.items()]

    @property
    def day_kinds(self) -> list[tuple[str, str]]:
        return DayKind.choices()

    @property
    def tiers(self) -> list[tuple[str, str]]:
        return [(tier.value, tier.label) for tier in Tier if tier.stars]

    @cached_property
    def units(self) -> list[tuple[str, str]]:
        communes = [(unit.slug, unit.title) for unit in self.offered.communes]
        if why_not_steer(self.standing, self.offered.district.code) is None:
            return [(DISTRICT, self.offered.district.title), *communes]
        own = [(unit.slug, unit.title) for unit in self.offered.communes if unit.code in self.standing.communes]
        return own or [(DISTRICT, self.offered.district.title)]


def choices_in(request: HttpRequest, district: Unit) -> Choices:
    """Six queries."""
    today = today_in(request)
    return Choices(
        offered_in(district, today), standing_in(request),
        list(Task.objects.standing_now().filter(in_plan_of(district)).select_related("unit").order_by("unit_id", "pk")),
        _subjects(today),
    )  # fmt: skip


def _subjects(today: date) -> list[str]:
    found = []
    for book in books_in_force(today):
        found += [f"{book.family} {one.number} – Tiêu chí {one.number}. {one.name}" for one in book.criteria]
        found += [f"{book.family} {code} – {one.name}"[:160] for code, one in book.indicators.items()]
        found += [f"{book.family} {one.code} – {one.text}"[:160] for one in book.conditions]
    return found


def empty_task(choices: Choices, given: Mapping[str, str]) -> TypedTask:
    """A fresh form; the address may say unit (`xa`), what comes before (`truoc`), the task above (`viec-tren`)."""
    levels = [value for value, _ in choices.levels]
    wanted = given.get("cap", "")
    units = [slug for slug, _ in choices.units]
    unit = given.get("xa", "") if given.get("xa", "") in units else units[0]
    level = wanted if wanted in levels else next(iter(levels), PlanLevel.PERSONAL.value)
    if unit != DISTRICT and not wanted and PlanLevel.COMMUNE.value in levels:
        level = PlanLevel.COMMUNE.value
    links = (TypedLink(_named(choices, given.get("truoc", ""))),)
    return TypedTask(level=level, unit=unit, links=links, parent=_named(choices, given.get("viec-tren", "")))


def _named(choices: Choices, pk: str) -> str:
    return next((task_word(task) for task in choices.tasks if str(task.pk) == pk), "")


def task_word(task: Task) -> str:
    return f"#{task.pk} {task.title} ({task.unit.title})"[:200]


def typed_task(posted: QueryDict) -> TypedTask:
    """As it was typed. Raises BadRequest for what no page of ours sends."""
    columns = [posted.getlist(name) for name in ("truoc", "kieu", "tre")]
    if len({len(column) for column in columns}) != 1 or len(columns[0]) > MOST_LINKS:
        raise BadRequest(BROKEN)
    said = {name: _line(posted.get(field_name, "")) for name, field_name in _TEXTS.items()}
    for name in ("not_before", "due_on"):
        said[name] = day_text(said[name])
    links = tuple(TypedLink(_line(a), _line(b), _line(c)) for a, b, c in zip(*columns, strict=True))
    return TypedTask(**said, note=clean_text(posted.get("ghi-chu", "")[:20_000]).strip(), links=links)


def task_as_typed(row: Task) -> TypedTask:
    waits = row.links_in.filter(before__withdrawn_on=None).select_related("before__unit")
    links = tuple(TypedLink(task_word(link.before), link.kind, str(link.lag or "")) for link in waits)
    parent = task_word(row.parent) if row.parent else ""
    return TypedTask(
        title=row.title, level=row.level, unit=row.unit.slug if row.unit.is_commune else DISTRICT,
        duration=str(row.duration), days=row.days, department=str(row.department_id or ""),
        responsible=str(row.responsible_id or ""), actor=row.actor, subject=f"{row.family} {row.subject}".strip(),
        not_before=day_text(row.not_before), due_on=day_text(row.due_on), goal_tier=row.goal_tier,
        goal_year=str(row.goal_year or ""), at_least=str(row.at_least or ""), parent=parent, note=row.note, links=links,
    )  # fmt: skip


def fields_in(typed: TypedTask, choices: Choices, by: Person) -> TaskFields:
    """Raises Refused with the sentence of what cannot be read."""
    level = _one(PlanLevel, typed.level, "kế hoạch")
    duration = number_in(typed.duration, "Thời gian")
    if duration is None:
        raise Refused("Ghi thời gian làm (số ngày; 0 là mốc).")
    family, subject = _subject(typed.subject)
    own = level is PlanLevel.PERSONAL
    return TaskFields(
        title=typed.title, unit=_unit(typed.unit, choices), level=level, duration=duration,
        days=_one(DayKind, typed.days, "đơn vị thời gian"), note=typed.note,
        department=None if own else _chosen(choices.offered.departments, typed.department, "Phòng, ban"),
        responsible=by if own else _person(typed.responsible, choices), actor=typed.actor, family=family,
        subject=subject, not_before=day_of(typed.not_before, "Không sớm hơn"), due_on=day_of(typed.due_on, "Hạn"),
        goal_tier=_one(Tier, typed.goal_tier, "mốc công nhận") if typed.goal_tier else None,
        goal_year=number_in(typed.goal_year, "Năm mục tiêu"), at_least=number_in(typed.at_least, "Cần đạt"),
        parent=_task(typed.parent, choices, "Việc cấp trên") if typed.parent else None,
    )  # fmt: skip


def links_in(typed: TypedTask, choices: Choices) -> list[WantedLink]:
    """Raises Refused."""
    return [
        WantedLink(
            _task(link.before, choices, "Việc trước").pk, _one(LinkKind, link.kind, "kiểu nối"),
            number_in(link.lag, "Số ngày sau", signed=True) or 0,
        )
        for link in typed.links if link.before
    ]  # fmt: skip


def differing(row: Task, typed: TypedTask, choices: Choices) -> list[tuple[str, str, str]]:
    """What somebody else changed meanwhile: (field, as it stands now, as it was typed)."""
    now = task_as_typed(row)
    pairs = [(name, getattr(now, name), getattr(typed, name)) for name in LABELS]
    found = [
        (LABELS[name], _word(choices, name, was), _word(choices, name, said))
        for name, was, said in pairs
        if was != said
    ]
    links = [tuple((one.before, one.kind, one.lag) for one in side.links if one.before) for side in (now, typed)]
    if links[0] != links[1]:
        found.append(("Việc trước", *("; ".join(before for before, _, _ in side) for side in links)))  # type: ignore[arg-type]
    return found


def _word(choices: Choices, name: str, value: str) -> str:
    names: dict[str, list[tuple[str, str]]] = {
        "level": choices.levels, "unit": choices.units, "days": choices.day_kinds, "goal_tier": choices.tiers,
        "department": [(str(one.pk), one.name) for one in choices.offered.departments],
        "responsible": [(pk, full) for pk, full, _ in choices.offered.people],
    }  # fmt: skip
    return dict(names.get(name, [])).get(value, value)


# ---------- single values ----------


def number_in(text: str, what: str, *, signed: bool = False) -> int | None:
    """A whole number, None where nothing was typed. Raises Refused."""
    if not text.strip():
        return None
    if not re.fullmatch(r"[+-]?\d{1,5}" if signed else r"\d{1,5}", text.strip(), re.ASCII):
        raise Refused(f"{what} phải là số nguyên.")
    return int(text)


def pk_in(word: str) -> int:
    """ "#12 words" or "12"; 0 for anything else."""
    found = re.match(r"#?(\d{1,18})(?!\d)", word.strip(), re.ASCII)
    return int(found[1]) if found else 0


def _task(word: str, choices: Choices, what: str) -> Task:
    pk = pk_in(word)
    found = next((task for task in choices.tasks if task.pk == pk), None)
    if found is None:
        raise Refused(f"{what}: chọn một việc trong danh sách gợi ý (bắt đầu bằng #số).")
    return found


def _unit(text: str, choices: Choices) -> Unit:
    if text == DISTRICT:
        return choices.offered.district
    found = next((unit for unit in choices.offered.communes if unit.slug == text), None)
    if found is None:
        raise Refused("Chọn đơn vị trong danh sách.")
    return found


def _person(text: str, choices: Choices) -> Person | None:
    if not text:
        return None
    if text not in [pk for pk, _, _ in choices.offered.people]:
        raise Refused("Người phụ trách không thuộc huyện này.")
    return Person.objects.get(pk=text)


def _chosen(rows: list[Any], text: str, what: str) -> Any:
    found = next((row for row in rows if str(row.pk) == text), None)
    if text and found is None:
        raise Refused(f"{what} đã chọn không thuộc huyện này.")
    return found


def _one(words: Any, text: str, what: str) -> Any:
    try:
        return words(text)
    except ValueError:
        raise Refused(f"Chọn {what} trong danh sách.") from None


def _subject(text: str) -> tuple[str, str]:
    """ "xa-ntm 17.1 – Tỷ lệ hộ …" is (family, code)."""
    words = text.split()
    if not words:
        return "", ""
    if len(words) < 2 or len(words[0]) > 60 or len(words[1]) > 40:
        raise Refused("Phục vụ: chọn một dòng trong danh sách gợi ý, hoặc để trống.")
    return words[0], words[1]


def _line(text: str) -> str:
    return " ".join(clean_text(text[:2000], keep_newlines=False).split())
