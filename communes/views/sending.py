"""Steps of the workflow from the sheet: send, withdraw, accept what was filled in, propose to the chairman, sign.

One address takes them all; the name of the pressed button says the step, its value which rows: a measure, a criterion
("tieu-chi:2"), or "" for all that wait for this step. What was typed beside is saved first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from communes.actions.dropping import drop_draft
from communes.actions.filling import Step, move_many
from communes.actions.stating import Stale
from communes.forms import LONGEST_TEXT, typed_in
from communes.policies import Refused
from communes.rules.workflow import ActKind
from communes.views.cells import Saving, part_of, person_in, save_changed
from communes.views.desk import Desk, load_desk
from communes.views.fields import Attempt
from communes.views.layout import groups_of
from communes.views.opening import open_commune, open_district
from communes.views.rows import Row
from communes.views.sheets import back_to, refused
from criteria.models import Measure
from criteria.rules.numbers import clean_text


@dataclass(frozen=True)
class Button:
    """A step: what it does, what is said when it is done, and the rows that all of them stands for."""

    act: ActKind
    done: str
    waiting: Callable[[Desk], list[Row]]


BUTTONS = {
    "chi": Button(ActKind.SUBMIT, "Đã gửi thẩm tra {} mục.", lambda desk: desk.drafts),
    "rut": Button(ActKind.WITHDRAW, "Đã rút lại {} mục.", lambda desk: []),
    "nhan": Button(ActKind.ACCEPT, "Đã nhận {} mục nhập hộ làm bản nháp của xã.", lambda desk: desk.prefilled),
    "trinh": Button(ActKind.PROPOSE, "Đã trình Chủ tịch xã {} mục.", lambda desk: desk.proposable),
    "rut-trinh": Button(ActKind.RECALL, "Đã rút trình {} mục.", lambda desk: []),
    "ky": Button(ActKind.SUBMIT, "Đã ký và gửi thẩm tra {} mục.", lambda desk: desk.to_sign),
    "chua-ky": Button(ActKind.SEND_BACK, "Đã trả lại cán bộ {} mục, chưa ký.", lambda desk: desk.to_sign),
}
DROP = "bo-nhap"
NOTHING = "Chưa có số liệu nào được nhập."
OVERTAKEN = "{} vừa sửa mục này. Xem lại số liệu rồi gửi."
STOPPED = " Chưa gửi, chưa chuyển mục nào: sửa các ô đó, hoặc trả lại số cũ (Esc), rồi làm lại."


@require_POST
def submit(request: HttpRequest, code: str, family: str, year: int) -> HttpResponse:
    return _step(request, load_desk(request, open_commune(request, code), family, year))


@require_POST
def district_submit(request: HttpRequest, family: str, year: int) -> HttpResponse:
    return _step(request, load_desk(request, open_district(request), family, year))


def _step(request: HttpRequest, desk: Desk) -> HttpResponse:
    if not desk.editable:
        raise PermissionDenied(desk.locked_reason)
    if DROP in request.POST:
        return _drop(request, desk, request.POST[DROP])
    name = next((name for name in BUTTONS if name in request.POST), None)
    if name is None:
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    button, which = BUTTONS[name], request.POST.get(name, "")
    saving = save_changed(request, desk)
    if saving.saved:
        desk = desk.refreshed()
    rows = _rows_meant(desk, button, which)
    if button.act is ActKind.ACCEPT:
        # Another figure typed beside it is the commune's own draft already.
        rows = [row for row in rows if row.measure not in saving.saved]
    moved = 0 if saving.attempts else _move(request, desk, rows, button.act, saving)
    if request.headers.get("HX-Request") and which in desk.rows:
        fresh = load_desk(request, desk.unit, desk.book.family, desk.year)
        return part_of(request, fresh, [which], Saving(attempts=saving.attempts, old_remarks=saving.old_remarks))
    if saving.attempts:
        return refused(request, desk, saving, "" if moved else STOPPED)
    messages.success(request, button.done.format(moved))
    return back_to(request, desk, rows[0].id if which in desk.rows and rows else "")


def _drop(request: HttpRequest, desk: Desk, which: str) -> HttpResponse:
    """Lay one draft aside: what was sent before it is the figure again. What was typed beside is saved first, and what
    was typed into that very row goes with its draft."""
    if which not in desk.rows:
        raise BadRequest("Mục này không có trên phiếu. Tải lại trang.")
    saving = save_changed(request, desk)
    saving.attempts.pop(which, None)
    seen, fresh = typed_in(request.POST, which), desk.refreshed() if saving.saved else desk
    row = fresh.rows[which]
    version = seen.version if seen is not None and which not in saving.saved else row.cell.version
    try:
        drop_draft(
            by=person_in(request), standing=desk.standing, item=fresh.item(row), unit=desk.unit,
            measure=Measure.objects.get(code=which), year=desk.year, seen_version=version, on=desk.today,
        )  # fmt: skip
    except Refused as refusal:
        saving.attempts[which] = Attempt(row.stored, str(refusal))
    except Stale:
        saving.attempts[which] = Attempt(row.stored, OVERTAKEN.format(row.cell.by or "Người khác"))
    if request.headers.get("HX-Request"):
        now = load_desk(request, desk.unit, desk.book.family, desk.year)
        return part_of(request, now, [which], Saving(attempts=saving.attempts, old_remarks=saving.old_remarks))
    if saving.attempts:
        return refused(request, desk, saving)
    messages.success(request, f"Đã bỏ bản nháp của {row.code or 'điều kiện'}; số đã gửi trước đó vẫn được tính.")
    return back_to(request, desk, row.id)


def _rows_meant(desk: Desk, button: Button, which: str) -> list[Row]:
    if not which:
        return button.waiting(desk)
    if which.startswith("tieu-chi:"):
        inside = {row.measure for group in groups_of(desk) if f"tieu-chi:{group.key}" == which for row in group.rows}
        return [row for row in button.waiting(desk) if row.measure in inside]
    if which not in desk.rows:
        raise BadRequest("Mục này không có trên phiếu. Tải lại trang.")
    return [desk.rows[which]]


def _move(request: HttpRequest, desk: Desk, rows: list[Row], act: ActKind, saving: Saving) -> int:
    """Move each row's revision, all in one transaction; a refusal of one does not hold up the others."""
    steps: dict[str, Step] = {}
    for row in rows:
        if problem := _why_not(request, row, act, saving.saved):
            saving.attempts[row.measure] = Attempt(row.stored, problem)
        elif row.cell.revision is not None:
            steps[row.measure] = Step(desk.item(row), row.cell.revision)
    one = rows[0].measure if len(rows) == 1 else ""
    reason = clean_text(request.POST.get(f"k-{one}", ""))[:LONGEST_TEXT]
    stopped = move_many(
        act=act, by=person_in(request), standing=desk.standing, steps=steps, on=desk.today, reason=reason
    )
    for code, problem in stopped.items():
        saving.attempts[code] = Attempt(desk.rows[code].stored, problem)
    return len(steps) - len(stopped)


def _why_not(request: HttpRequest, row: Row, act: ActKind, saved: list[str]) -> str:
    """The act binds to the version on the sender's screen."""
    seen = typed_in(request.POST, row.measure)
    if seen is not None and row.measure not in saved and seen.version != row.cell.version:
        return OVERTAKEN.format(row.cell.by or "Người khác")
    if row.cell.revision is None or (act in (ActKind.SUBMIT, ActKind.PROPOSE) and row.cell.is_empty):
        return NOTHING
    return ""
