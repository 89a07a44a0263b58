"""The workflow as one table: stages of a revision, the acts that move it, and who may do each.

The help page draws its picture from `MOVES`; the policies word their refusals from it; nothing else knows it.
Source of the three results: QĐ 18/2022/QĐ-TTg (tự đánh giá – thẩm tra – thẩm định).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from criteria.rules.vocabulary import LabelledEnum, Level


class StatementKind(LabelledEnum):
    REVISION = "revision", "tự đánh giá"
    VERIFICATION = "verification", "thẩm tra"
    APPRAISAL = "appraisal", "thẩm định"


class Source(LabelledEnum):
    """Who typed it: product.md section 2 (revision)."""

    COMMUNE = "commune", "xã nhập"
    DEPARTMENT = "department", "phòng, ban nhập"
    OFFICE = "office", "văn phòng nhập"
    IMPORT = "import", "nhập từ tệp"


class Stage(LabelledEnum):
    PREFILLED = "prefilled", "phòng, ban nhập hộ, chờ xã nhận"
    DRAFT = "draft", "bản nháp"
    PROPOSED = "proposed", "chờ Chủ tịch xã ký duyệt"
    SUBMITTED = "submitted", "chờ thẩm tra"
    VERIFIED = "verified", "đã thẩm tra, chờ duyệt"
    APPROVED = "approved", "đã duyệt"
    RETURNED = "returned", "bị trả lại"
    WITHDRAWN = "withdrawn", "đã rút lại"
    REPLACED = "replaced", "đã có bản mới thay"

    @property
    def rank(self) -> int:
        """How far it has come; an indicator of several parts stands where its least advanced part does."""
        return _RANKS[self]


# Not sent yet: seen only inside the unit (what a department prefilled also by those who may prefill), never counted.
UNSENT = frozenset({Stage.PREFILLED, Stage.DRAFT, Stage.PROPOSED})
# What a draft may lie over, and what is current again when it is dropped.
STANDING_BELOW = frozenset({Stage.SUBMITTED, Stage.VERIFIED, Stage.APPROVED, Stage.RETURNED})

_RANKS = {
    Stage.RETURNED: 0,
    Stage.WITHDRAWN: 1,
    Stage.PREFILLED: 1,
    Stage.DRAFT: 1,
    Stage.PROPOSED: 1,
    Stage.REPLACED: 1,
    Stage.SUBMITTED: 2,
    Stage.VERIFIED: 3,
    Stage.APPROVED: 4,
}


class ActKind(LabelledEnum):
    ACCEPT = "accept", "nhận số nhập hộ"
    PROPOSE = "propose", "trình Chủ tịch xã"
    SEND_BACK = "send_back", "chưa ký, trả cán bộ"
    RECALL = "recall", "rút trình"
    SUBMIT = "submit", "gửi thẩm tra"
    WITHDRAW = "withdraw", "rút lại"
    RETURN = "return", "trả lại"
    VERIFY = "verify", "xác nhận thẩm tra"
    RETURN_TO_LEAD = "return_to_lead", "trả lại cơ quan thẩm tra"
    RETURN_TO_ASSESSOR = "return_to_assessor", "trả lại nơi đánh giá"
    APPROVE = "approve", "duyệt"
    APPRAISE = "appraise", "ghi kết quả thẩm định"
    LOAD = "load", "nạp lần đầu, coi như đã duyệt"
    UNLOAD = "unload", "hoàn tác nạp lần đầu"


# Done to many cells at once by their own actions, not steps that somebody takes on one revision.
BULK_ACTS = frozenset({ActKind.LOAD, ActKind.UNLOAD})
# What brings a figure, with its papers, before the eyes of others than its unit.
SENDING = frozenset({ActKind.SUBMIT, ActKind.LOAD})
# What moves nothing on any basis.
ASIDE = frozenset({ActKind.APPRAISE})


class Actor(Enum):
    """The parts played; who plays them depends on the level of the unit. The signer is one of the assessors."""

    ASSESSOR = "nơi đánh giá"
    SIGNER = "người ký duyệt"
    VERIFIER = "nơi thẩm tra"
    APPROVER = "nơi duyệt"


@dataclass(frozen=True, slots=True)
class Move:
    act: ActKind
    by: Actor
    from_stages: tuple[Stage, ...]
    to_stage: Stage | None
    needs_reason: bool = False
    # Persons, not departments: nobody verifies what they typed, nobody approves what they typed or verified.
    not_who_typed: bool = False
    not_who_verified: bool = False


MOVES: dict[ActKind, Move] = {
    move.act: move
    for move in (
        Move(ActKind.ACCEPT, Actor.ASSESSOR, (Stage.PREFILLED,), Stage.DRAFT),
        Move(ActKind.PROPOSE, Actor.ASSESSOR, (Stage.DRAFT, Stage.RETURNED, Stage.WITHDRAWN), Stage.PROPOSED),
        # Never sent, so still a draft that nobody outside the unit sees.
        Move(ActKind.SEND_BACK, Actor.SIGNER, (Stage.PROPOSED,), Stage.DRAFT, needs_reason=True),
        Move(ActKind.RECALL, Actor.ASSESSOR, (Stage.PROPOSED,), Stage.DRAFT),
        Move(
            ActKind.SUBMIT, Actor.ASSESSOR, (Stage.DRAFT, Stage.PROPOSED, Stage.RETURNED, Stage.WITHDRAWN),
            Stage.SUBMITTED,
        ),
        Move(ActKind.WITHDRAW, Actor.ASSESSOR, (Stage.SUBMITTED,), Stage.WITHDRAWN),
        Move(ActKind.RETURN, Actor.VERIFIER, (Stage.SUBMITTED,), Stage.RETURNED, needs_reason=True, not_who_typed=True),
        Move(ActKind.VERIFY, Actor.VERIFIER, (Stage.SUBMITTED,), Stage.VERIFIED, not_who_typed=True),
        Move(ActKind.RETURN_TO_LEAD, Actor.APPROVER, (Stage.VERIFIED,), Stage.SUBMITTED, needs_reason=True),
        Move(ActKind.RETURN_TO_ASSESSOR, Actor.APPROVER, (Stage.VERIFIED,), Stage.RETURNED, needs_reason=True),
        Move(
            ActKind.APPROVE, Actor.APPROVER, (Stage.VERIFIED,), Stage.APPROVED,
            not_who_typed=True, not_who_verified=True,
        ),
    )
}  # fmt: skip

# Read as the lead department's own name where an item is known.
LEAD = "cơ quan chủ trì của huyện"
PLAYED_BY: dict[Level, dict[Actor, str]] = {
    Level.COMMUNE: {
        Actor.ASSESSOR: "cán bộ của xã",
        Actor.SIGNER: "Chủ tịch UBND xã",
        Actor.VERIFIER: LEAD,
        Actor.APPROVER: "Văn phòng Điều phối NTM huyện",
    },
    Level.DISTRICT: {
        Actor.ASSESSOR: LEAD,
        Actor.SIGNER: LEAD,
        Actor.VERIFIER: "Văn phòng Điều phối NTM huyện",
        Actor.APPROVER: "lãnh đạo huyện hoặc cán bộ thứ hai của Văn phòng",
    },
}


def why_not_move(act: ActKind, stage: Stage | None, *, typed_it: bool = False, verified_it: bool = False) -> str | None:
    """Why an act is out of turn now, whoever asks; None where it may go ahead."""
    move = MOVES[act]
    if stage is None:
        return "Chưa có số liệu nào được nhập."
    if stage not in move.from_stages:
        wanted = " hoặc ".join(f"“{s.label}”" for s in move.from_stages)
        return f"Đang ở bước “{stage.label}”; chỉ {act.label} được khi {wanted}."
    if move.not_who_typed and typed_it:
        return "Người nhập số liệu không tự thẩm tra, không tự duyệt số của mình."
    if move.not_who_verified and verified_it:
        return "Người đã thẩm tra không duyệt kết quả của chính mình."
    return None
