"""Directives as tests enter and follow them, through the ordinary acts."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpResponse

from accounts.models import Person
from accounts.roles import Standing
from communes.queries.people import standing_of
from plans.actions.directing import Asked, Head, enter_directive
from plans.models import Directive, DirectiveItem
from plans.rules.vocabulary import DirectiveKind
from tests.makers import TODAY, Cast, signed_in

ISSUED = date(2023, 9, 1)
DUE = TODAY + timedelta(days=20)
PAGE = "/chi-dao/"
WHAT = "Hoàn thiện xây dựng đường găng"


def head(**fields: object) -> Head:
    said = {"kind": DirectiveKind.CONCLUSION, "title": "Kết luận hội nghị về khung kế hoạch", "issued_on": ISSUED,
            "issuer": "Ban Thường vụ Huyện ủy", "number": "112-TB/HU"}  # fmt: skip
    return Head(**{**said, **fields})


def asked(cast: Cast, text: str = WHAT, **fields: object) -> Asked:
    return Asked(**{"text": text, "units": (cast.district,), "due_on": DUE, **fields})


def entered(cast: Cast, *things: Asked, by: Person | None = None, on: date = TODAY, **fields: object) -> Directive:
    by = by or cast.tuan
    return enter_directive(
        by=by, standing=standing_on(by, on), district=cast.district, head=head(**fields),
        asked=things or (asked(cast),), on=on,
    )  # fmt: skip


def standing_on(person: Person, on: date) -> Standing:
    return standing_of(person, on)


def item_of(row: Directive, position: int = 1) -> DirectiveItem:
    return row.items.select_related("directive__district", "unit__parent").filter(position=position).first()


def act(person: Person, item: DirectiveItem, what: str, text: str = "") -> HttpResponse:
    answer = signed_in(person).post(f"/chi-dao/noi-dung/{item.pk}/", {"viec": what, "noi-dung": text}, follow=True)
    item.refresh_from_db()
    return answer


def typed_form(**fields: object) -> dict[str, object]:
    """The form of a new document with one item, as a browser sends it; six rows, five of them empty."""
    form: dict[str, object] = {
        "loai": "conclusion", "so": "112-TB/HU", "ngay": ISSUED.isoformat(), "co-quan": "Ban Thường vụ Huyện ủy",
        "trich-yeu": "Kết luận hội nghị", "noi-dung": [WHAT, *[""] * 5], "don-vi": ["huyen"] * 6, "phong": [""] * 6,
        "nguoi": [""] * 6, "han": [DUE.isoformat(), *[""] * 5],
    }  # fmt: skip
    return form | {name.replace("_", "-"): value for name, value in fields.items()}
