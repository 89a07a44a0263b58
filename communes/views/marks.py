"""How a row of a sheet says where its figure stands: class, icon and words of each stage, words of each basis."""

from __future__ import annotations

from communes.rules.workflow import Stage
from criteria.rules.vocabulary import Basis

COUNTED_AS = {Basis.SELF: "đã gửi", Basis.VERIFIED: "đã thẩm tra", Basis.APPROVED: "đã duyệt"}
STAGE_OF = {Basis.SELF: Stage.SUBMITTED, Basis.VERIFIED: Stage.VERIFIED, Basis.APPROVED: Stage.APPROVED}
STATE_MARKS: dict[Stage | None, tuple[str, str, str]] = {
    Stage.PREFILLED: ("warn", "users", "Chờ xã nhận"),
    Stage.DRAFT: ("", "pencil", "Nháp"),
    Stage.PROPOSED: ("", "pencil", "Chờ Chủ tịch ký"),
    Stage.SUBMITTED: ("", "clock", "Chờ thẩm tra"),
    Stage.VERIFIED: ("", "badge-check", "Đã thẩm tra"),
    Stage.APPROVED: ("", "circle-check", "Đã duyệt"),
    Stage.RETURNED: ("bad", "undo-2", "Bị trả lại"),
    Stage.WITHDRAWN: ("", "undo-2", "Đã rút"),
}
