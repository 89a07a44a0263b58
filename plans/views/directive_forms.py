"""What is typed about a directive and its items, as plain values or a sentence.

Fields of a document: `loai` kind, `so` number, `ngay` issued on, `co-quan` issuer, `trich-yeu` title, `tep` file. Of an
item, in rows of the same order: `noi-dung` text (each line is an item), `don-vi` unit (slug, "huyen", "moi-xa"),
`phong` department, `nguoi` responsible person, `han` due.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import HttpRequest, QueryDict

from accounts.models import Department, Person
from communes.actions.evidence import Upload
from communes.models import Posting, Unit
from communes.queries.desks import desk_name
from communes.queries.judged import communes_of
from communes.views.opening import today_in
from communes.views.paper_forms import PaperProblem, day_in, files_in, uploads_in
from criteria.policies import Refused
from criteria.rules.days import day_text
from criteria.rules.numbers import clean_text
from plans.actions.directing import LONGEST_TITLE, Asked, Head
from plans.models import Directive, DirectiveItem
from plans.rules.directives import lines_of
from plans.rules.vocabulary import DirectiveKind

DISTRICT, EVERY_COMMUNE = "huyen", "moi-xa"
ROWS_AT_FIRST, ROWS_MORE, MOST_ROWS = 6, 4, 100
_ROW = ("noi-dung", "don-vi", "phong", "nguoi", "han")
_BROKEN = "Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại."


@dataclass(frozen=True)
class TypedHead:
    kind: str = DirectiveKind.CONCLUSION.value
    number: str = ""
    issued_on: str = ""
    issuer: str = ""
    title: str = ""

    @property
    def kinds(self) -> list[tuple[str, str, bool]]:
        return [(value, label, value == self.kind) for value, label in DirectiveKind.choices()]


@dataclass(frozen=True)
class TypedItem:
    text: str = ""
    unit: str = DISTRICT
    department: str = ""
    responsible: str = ""
    due: str = ""


@dataclass(frozen=True)
class Offered:
    """What the selects of an item offer in one district."""

    district: Unit
    communes: list[Unit]
    departments: list[Department]
    people: list[tuple[str, str, str]] = field(default_factory=list)


def offered_in(district: Unit, today: date) -> Offered:
    """Three queries."""
    seats = Posting.objects.held_on(today).filter(
        Q(unit=district) | Q(unit__parent=district), person__is_active=True
    )
    people: dict[str, tuple[str, str, str]] = {}
    for seat in seats.select_related("person", "unit", "department").order_by("person__full_name", "pk"):
        people.setdefault(str(seat.person_id), (str(seat.person_id), seat.person.full_name, desk_name(seat)))
    departments = list(Department.objects.filter(district_code=district.code))
    return Offered(district, communes_of(district, today), departments, list(people.values()))


# ---------- the document ----------


def typed_head(posted: QueryDict) -> TypedHead:
    kind, number, day, issuer, title = (
        _line(posted.get(name, "")) for name in ("loai", "so", "ngay", "co-quan", "trich-yeu")
    )
    return TypedHead(kind, number, day_text(day), issuer, title)


def head_as_typed(row: Directive) -> TypedHead:
    return TypedHead(row.kind, row.number, day_text(row.issued_on), row.issuer, row.title)


def head_of(typed: TypedHead) -> Head:
    """Raises Refused with the sentence for what cannot be read."""
    if typed.kind not in [kind.value for kind in DirectiveKind]:
        raise Refused("Chọn loại văn bản trong danh sách.")
    for text, longest, name in (
        (typed.title, LONGEST_TITLE, "Trích yếu"),
        (typed.number, 80, "Số, ký hiệu"),
        (typed.issuer, 200, "Cơ quan ban hành"),
    ):
        if len(text) > longest:
            raise Refused(f"{name} dài quá {longest} ký tự.")
    issued = day_of(typed.issued_on, "Ngày ban hành")
    if issued is None:
        raise Refused("Ghi ngày ban hành.")
    return Head(DirectiveKind(typed.kind), typed.title, issued, typed.issuer, typed.number)


def upload_in(request: HttpRequest) -> Upload | None:
    """The one file, checked as evidence is. Raises Refused with the sentence of what is wrong with it."""
    files, problems = files_in(request)
    if len(files) > 1:
        raise Refused("Chọn một tệp; nhiều trang thì gộp thành một tệp PDF.")
    upload = next(uploads_in(files, problems), None)
    if problems:
        raise Refused(problems[0])
    return upload


# ---------- its items ----------


def typed_items(posted: QueryDict) -> list[TypedItem]:
    """The rows as they were typed, empty ones too. Raises BadRequest for what no page of ours sends."""
    columns = [posted.getlist(name) for name in _ROW]
    if len({len(column) for column in columns}) != 1 or len(columns[0]) > MOST_ROWS:
        raise BadRequest(_BROKEN)
    return [
        TypedItem(clean_text(text[:20_000]).strip(), _line(unit), _line(desk), _line(person), day_text(_line(due)))
        for text, unit, desk, person, due in zip(*columns, strict=True)
    ]


def with_empty_rows(rows: list[TypedItem], more: int = 0) -> list[TypedItem]:
    """What was typed and empty rows after it: as many as a fresh page shows, and `more`."""
    kept = [row for row in rows if row.text]
    wanted = max(ROWS_AT_FIRST, len(kept) + 1) + more
    return [*kept, *[TypedItem()] * (min(wanted, MOST_ROWS) - len(kept))]


def items_in(rows: list[TypedItem], offered: Offered) -> list[Asked]:
    """Every line of every row as something asked. Raises Refused."""
    return [
        asked
        for number, row in enumerate(rows, 1)
        for asked in _asked(row, lines_of(row.text), offered, f"Dòng {number}")
    ]


def one_item(typed: TypedItem, offered: Offered) -> Asked:
    """The item of the form that changes one: its lines stay together. Raises Refused."""
    found = _asked(typed, [typed.text], offered, "Nội dung")
    if not found or typed.unit == EVERY_COMMUNE:
        raise Refused("Ghi nội dung và chọn nơi thực hiện.")
    return found[0]


def item_as_typed(row: DirectiveItem) -> TypedItem:
    return TypedItem(
        row.text, row.unit.slug if row.unit.is_commune else DISTRICT, str(row.department_id or ""),
        str(row.responsible_id or ""), day_text(row.due_on),
    )  # fmt: skip


def _asked(row: TypedItem, texts: list[str], offered: Offered, place: str) -> list[Asked]:
    if not any(texts):
        return []
    units = _units(row.unit, offered, place)
    department = next((one for one in offered.departments if str(one.pk) == row.department), None)
    if row.department and department is None:
        raise Refused(f"{place}: cơ quan đã chọn không thuộc huyện này.")
    responsible = _person(row.responsible, offered, place)
    due = day_of(row.due, f"{place}: hạn")
    return [Asked(text, units, department, responsible, due) for text in texts]


def _units(text: str, offered: Offered, place: str) -> tuple[Unit, ...]:
    if text == DISTRICT:
        return (offered.district,)
    if text == EVERY_COMMUNE:
        return tuple(offered.communes)
    unit = next((unit for unit in offered.communes if unit.slug == text), None)
    if unit is None:
        raise Refused(f"{place}: chọn nơi thực hiện.")
    return (unit,)


def _person(text: str, offered: Offered, place: str) -> Person | None:
    if not text:
        return None
    if text not in [pk for pk, _, _ in offered.people]:
        raise Refused(f"{place}: người phụ trách không thuộc huyện này.")
    return Person.objects.get(pk=text)


def day_of(text: str, what: str) -> date | None:
    """dd/mm/yyyy or what a date field sends. Raises Refused."""
    try:
        return day_in(text, what)
    except PaperProblem as problem:
        raise Refused(str(problem)) from None


def _line(text: str) -> str:
    return " ".join(clean_text(text[:2000], keep_newlines=False).split())


def offered_to(request: HttpRequest, district: Unit) -> Offered:
    return offered_in(district, today_in(request))
