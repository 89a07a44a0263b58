"""The two desks: thẩm tra by the lead department or the office, duyệt by the office or a leader."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.roles import Role
from communes.actions.stating import Entry
from communes.forms import Decision, Typed, result_entry
from communes.rules.workflow import ActKind
from communes.views.cards import Card
from communes.views.reviewing import ReviewDesk, Words


def _verified(card: Card, decision: Decision) -> Entry | None:
    """What the verifier states: None for the same as was stated, with nothing to remark."""
    if decision.value == card.stored and not decision.remark:
        return None
    typed = Typed(decision.value, remark=decision.remark)
    return result_entry(card.item.measure, card.item.revision, typed, missing="Chưa nhập kết quả thẩm tra.")


def _nothing_new(card: Card, decision: Decision) -> None:
    """Who approves approves the result of the verification, and states none of their own."""


VERIFYING = ReviewDesk(
    acts=(ActKind.VERIFY, ActKind.RETURN),
    fields={"xac-nhan": ActKind.VERIFY, "tra-lai": ActKind.RETURN},
    roles=(Role.DEPARTMENT, Role.COORDINATOR),
    queue_url="communes:verification-queue",
    card="communes/_verify_card.html",
    binds_result=False,
    result_of=_verified,
    words=Words(
        name="Thẩm tra",
        sub="Quyết định gắn với đúng bản anh/chị đang xem; người nhập số liệu không tự thẩm tra số của mình.",
        nothing="Không có mục nào chờ thẩm tra",
        nothing_why="Khi xã gửi số liệu thuộc chỉ tiêu do cơ quan mình chủ trì, mục đó hiện ở đây.",
        icon="stamp",
        bulk="Xác nhận các mục đã chọn",
        bulk_hint="Xác nhận đúng như đơn vị báo cáo.",
        page_only="Trang này dành cho cơ quan chủ trì thẩm tra và Văn phòng Điều phối NTM huyện.",
        item_only="Chỉ cơ quan chủ trì thẩm tra được mục này.",
        gone="Mục này vừa chuyển bước hoặc đã có bản mới.",
        stale="Mục này vừa được người khác xử lý. Tải lại trang để xem.",
        choose="Chọn xác nhận thẩm tra hoặc trả lại.",
    ),
)
_OF_OFFICE = "Trang này dành cho Văn phòng Điều phối NTM huyện và lãnh đạo huyện."
APPROVING = ReviewDesk(
    acts=(ActKind.APPROVE, ActKind.RETURN_TO_LEAD, ActKind.RETURN_TO_ASSESSOR),
    fields={
        "duyet": ActKind.APPROVE,
        "tra-co-quan": ActKind.RETURN_TO_LEAD,
        "tra-don-vi": ActKind.RETURN_TO_ASSESSOR,
    },
    roles=(Role.COORDINATOR, Role.LEADER),
    queue_url="communes:approval-queue",
    card="communes/_approve_card.html",
    binds_result=True,
    result_of=_nothing_new,
    words=Words(
        name="Duyệt",
        sub="Duyệt là xác nhận kết quả thẩm tra; người nhập và người thẩm tra không duyệt mục của mình.",
        nothing="Không có mục nào chờ duyệt",
        nothing_why="Khi cơ quan chủ trì xác nhận thẩm tra, mục đó hiện ở đây.",
        icon="list-checks",
        bulk="Duyệt các mục đã chọn",
        bulk_hint="Duyệt đúng kết quả thẩm tra đang hiện.",
        page_only=_OF_OFFICE,
        item_only=_OF_OFFICE,
        gone="Mục này vừa chuyển bước hoặc đã có kết quả mới.",
        stale="Kết quả thẩm tra vừa thay đổi; xem lại rồi duyệt.",
        choose="Chọn duyệt hoặc trả lại.",
    ),
)


@require_http_methods(["GET", "HEAD", "POST"])
def verification_queue(request: HttpRequest) -> HttpResponse:
    return VERIFYING.queue(request)


@require_POST
def verify(request: HttpRequest, revision: int) -> HttpResponse:
    return VERIFYING.decide(request, revision)


@require_http_methods(["GET", "HEAD", "POST"])
def approval_queue(request: HttpRequest) -> HttpResponse:
    return APPROVING.queue(request)


@require_POST
def approve(request: HttpRequest, revision: int) -> HttpResponse:
    return APPROVING.decide(request, revision)
