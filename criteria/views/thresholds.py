"""The office checks one threshold against its document, or enters its own; everybody else reads why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from criteria.actions.thresholds import Scope, check_threshold, enter_threshold
from criteria.forms import WHOLE_DISTRICT, CheckForm, EntryForm, initial_of
from criteria.policies import Refused, why_not_set_threshold, why_not_this_threshold
from criteria.queries import books_in_force, entries_over
from criteria.rules.library import Region
from criteria.rules.rulebook import Part, Rulebook, Threshold
from criteria.rules.thresholds import library_row
from criteria.rules.values import show_bound
from criteria.views.address import Looking, PlacesOf, looking
from criteria.views.law import Item, LawPage, Required, bounds_of
from criteria.views.sets import Chip, book_of

CHECK, ENTER = "doi-chieu", "nhap"


@dataclass(frozen=True)
class Desk:
    """What the form page works on: one part of one indicator or condition, at a place and in a year."""

    look: Looking
    book: Rulebook
    item: Item
    required: Required

    @property
    def part(self) -> Part:
        return self.required.part

    @property
    def library(self) -> Threshold | None:
        return library_row(self.part.thresholds, self.look.place, self.look.year)

    @property
    def library_shown(self) -> str:
        known = self.library
        return show_bound(self.part.measure, self.part.op, known.value) if known else "chưa có ngưỡng"

    @property
    def why_not_check(self) -> str | None:
        known = self.library
        if known is not None and known.value is not None:
            return None
        return "Thư viện chưa có ngưỡng này; hãy nhập ngưỡng theo văn bản."

    @property
    def check_scope(self) -> Scope:
        """A check confirms one number of the annex, so it counts exactly where and when that number does."""
        known, district = self.library, self.look.places[0].place
        return Scope(district, known.region, known.group, known.year) if known else Scope(district)

    @property
    def scopes(self) -> list[tuple[str, str]]:
        """Whole district, one column of the annex within it, or one commune (where the URL map names the communes)."""
        here = [(f"vung:{r.value}", f"Chỉ xã áp dụng cột {r.label}") for r in Region if r.value == self.look.region]
        communes = [(f"xa:{one.code}", f"Chỉ {one.name}") for one in self.look.places[1:]]
        return [(WHOLE_DISTRICT, "Toàn huyện"), *here, *communes]

    def scope_of(self, choice: str, year: int | None) -> Scope:
        kind, _, code = choice.partition(":")
        if kind == "xa":
            commune = next(one for one in self.look.places if one.code == code)
            return Scope(commune.place, year=year)
        return Scope(self.look.places[0].place, region=code if kind == "vung" else "", year=year)

    @property
    def url(self) -> str:
        path = reverse("criteria:threshold", kwargs={"family": self.book.family, "item": self.item.code})
        return f"{path}?{self.look.query(phan=self.part.code)}"

    @property
    def back(self) -> str:
        path = reverse("criteria:set", kwargs={"family": self.book.family})
        return f"{path}?{self.look.query()}#{self.item.anchor}"


@require_http_methods(["GET", "HEAD", "POST"])
def threshold(request: HttpRequest, family: str, item: str, places_of: PlacesOf | None = None) -> HttpResponse:
    desk = _desk(request, family, item, places_of)
    refusal = why_not_set_threshold(desk.look.standing, desk.look.district)
    if request.method != "POST":
        return _page(request, desk, refusal, *_forms(desk))
    if refusal:
        raise PermissionDenied(refusal)
    act = request.POST.get("viec")
    if act not in (CHECK, ENTER):
        raise BadRequest("Không rõ việc cần làm: đối chiếu hay nhập ngưỡng.")
    check, entry = _forms(desk, request.POST, act)
    done = _check(request, desk, check) if act == CHECK else _enter(request, desk, entry)
    if not done:
        return _page(request, desk, None, check, entry, status=422)
    about = f"{desk.book.short_name}, {desk.item.code}"
    messages.success(request, f"{done} {about}. Các kết luận dựa vào đây đã tính lại.")
    return redirect(desk.back)


def _desk(request: HttpRequest, family: str, code: str, places_of: PlacesOf | None) -> Desk:
    look = looking(request, places_of, today_only=True)
    books = books_in_force(look.as_of)
    book = book_of(books, family, look)
    entries = entries_over(family, look.codes, look.as_of)
    item = LawPage(look, book, bounds_of(look, books, book), entries).of_item(code)
    if item is None or not item.required:
        raise Http404
    wanted = request.GET.get("phan", item.required[0].part.code)
    for required in item.required:
        if required.part.code == wanted:
            return Desk(look, book, item, required)
    raise Http404


def _forms(desk: Desk, posted: Any = None, act: str = "") -> tuple[CheckForm, EntryForm]:
    known, look = desk.required.bound.value, desk.look
    scope = WHOLE_DISTRICT if look.here.code == look.district else f"xa:{look.here.code}"
    check = CheckForm(posted if act == CHECK else None, today=look.today, prefix=CHECK, initial=_decision_of(desk))
    years = range(desk.book.period[0], desk.book.period[1] + 1)
    entry = EntryForm(
        posted if act == ENTER else None, today=look.today, prefix=ENTER, part=desk.part, scopes=desk.scopes,
        years=years, initial={"value": initial_of(known), "scope": scope},
    )  # fmt: skip
    return check, entry


def _decision_of(desk: Desk) -> dict[str, Any]:
    """A check is nearly always made against the decision of the set itself."""
    return {"number": desk.book.version, "signed_on": desk.book.decided_on, "issuer": desk.book.issuer}


def _check(request: HttpRequest, desk: Desk, form: CheckForm) -> str:
    if not form.is_valid():
        return ""
    return _attempt(form, None, "Đã đối chiếu ngưỡng", lambda: check_threshold(
        **_who(request, desk), scope=desk.check_scope, document=form.document,
        reason=form.cleaned_data["reason"], is_illustrative=form.cleaned_data["is_illustrative"],
    ))  # fmt: skip


def _enter(request: HttpRequest, desk: Desk, form: EntryForm) -> str:
    if not form.is_valid():
        return ""
    typed = form.cleaned_data
    # The minimum of the law may stand in the column of this region, which a district-wide scope does not name.
    refusal = why_not_this_threshold(desk.part, desk.library, typed["value"])
    if refusal:
        form.add_error("value", refusal)
        return ""
    return _attempt(form, "value", "Đã nhập ngưỡng", lambda: enter_threshold(
        **_who(request, desk), scope=desk.scope_of(typed["scope"], typed["year"]), value=typed["value"],
        document=form.document, reason=typed["reason"], is_illustrative=typed["is_illustrative"],
    ))  # fmt: skip


def _who(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    return {
        "by": request.user, "standing": desk.look.standing, "book": desk.book, "item": desk.item.code,
        "part": desk.part, "on": desk.look.today,
    }  # fmt: skip


def _attempt(form: CheckForm, field: str | None, done: str, act: Any) -> str:
    """The sentence of success, or "" with the policy's sentence on the form."""
    try:
        act()
    except Refused as refused:
        form.add_error(field, str(refused))
        return ""
    return done


def _page(
    request: HttpRequest, desk: Desk, refusal: str | None, check: CheckForm, entry: EntryForm, status: int = 200
) -> HttpResponse:
    chips = [
        Chip(one.name, f"?{desk.look.query(phan=one.part.code)}", None, one is desk.required)
        for one in desk.item.required
    ]
    context = {
        "desk": desk, "look": desk.look, "book": desk.book, "item": desk.item, "required": desk.required,
        "check": check, "entry": entry, "refusal": refusal, "parts": chips if len(chips) > 1 else [],
        "is_draft": desk.book.is_draft,
    }  # fmt: skip
    return render(request, "criteria/threshold.html", context, status=status)
