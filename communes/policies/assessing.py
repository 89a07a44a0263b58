"""Who may do what to an assessment, now: one sentence each, which disables the button, words its tooltip and stops
the act. None means: go ahead. Who may (a seat) and when it may (a stage) are different questions, asked in turn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accounts.roles import Right, Role, Standing
from communes.rules.workflow import LEAD, MOVES, PLAYED_BY, ActKind, Actor, Stage, why_not_move
from criteria.rules.vocabulary import Basis, Level

# The department that surveys satisfaction (HD 90/HD-MTTW-BTT).
SURVEYOR = "mttq"
# The department that publishes population and other counts of communes.
STATISTICIAN = "tk"


@dataclass(frozen=True, slots=True)
class WorkingRules:
    """What holds for every assessment of a district in a year: why it is locked ("" while it is not), and whether a
    commune's chairman signs before anything is sent."""

    locked: str = ""
    needs_sign_off: bool = False


FREE = WorkingRules()


@dataclass(frozen=True, slots=True)
class Item:
    """What policies need to know of one assessment: where, led by whom, how far, and which persons touched it."""

    district: str
    unit: str
    level: Level
    lead: str
    lead_name: str
    office: str
    stage: Stage | None = None
    typed_by: int | None = None
    verified_by: int | None = None
    rules: WorkingRules = FREE

    @property
    def is_led_by_office(self) -> bool:
        return self.lead == self.office


def plays(standing: Standing, actor: Actor, item: Item) -> bool:
    """Whether somebody plays a part in the workflow of this item (see `workflow.PLAYED_BY`)."""
    if item.level is Level.COMMUNE:
        return _plays_for_commune(standing, actor, item)
    return _plays_for_district(standing, actor, item)


def _plays_for_commune(standing: Standing, actor: Actor, item: Item) -> bool:
    if actor is Actor.ASSESSOR:
        return item.unit in standing.communes and standing.can_in(Right.ASSESS_COMMUNE, item.district)
    if actor is Actor.SIGNER:
        return item.unit in standing.signs_for and standing.can_in(Right.ASSESS_COMMUNE, item.district)
    if actor is Actor.VERIFIER:
        return leads_it(standing, item) and standing.can_in(Right.VERIFY, item.district)
    return standing.can_in(Right.APPROVE, item.district)


def _plays_for_district(standing: Standing, actor: Actor, item: Item) -> bool:
    if actor in (Actor.ASSESSOR, Actor.SIGNER):
        return leads_it(standing, item) and standing.can_in(Right.ASSESS_DISTRICT, item.district)
    right = Right.VERIFY_DISTRICT if actor is Actor.VERIFIER else Right.APPROVE_DISTRICT
    return standing.can_in(right, item.district)


def leads_it(standing: Standing, item: Item) -> bool:
    if item.is_led_by_office and is_office(standing, item.district):
        return True
    return item.lead in standing.departments_in(item.district)


def is_office(standing: Standing, district: str) -> bool:
    return any(seat.role is Role.COORDINATOR and seat.district == district for seat in standing.seats)


def who_plays(actor: Actor, item: Item) -> str:
    """Who plays a part, with the department's own name where the lead does."""
    words = PLAYED_BY[item.level][actor]
    return item.lead_name if words == LEAD else words


def why_not_assess(standing: Standing, item: Item) -> str | None:
    """Values of a commune are typed by its own officers, those of the district by the department that leads."""
    if not plays(standing, Actor.ASSESSOR, item):
        return f"Chỉ {who_plays(Actor.ASSESSOR, item)} nhập số liệu này."
    return item.rules.locked or None


def why_not_prefill(standing: Standing, item: Item) -> str | None:
    """The lead department or the office may fill in a commune's value; it is a draft that the commune accepts. What
    the commune is writing itself, or has sent, is left alone."""
    if item.level is not Level.COMMUNE or not (
        leads_it(standing, item) or is_office(standing, item.district)
    ) or not standing.can_in(Right.PREFILL, item.district):
        return f"Chỉ {item.lead_name} hoặc Văn phòng Điều phối NTM huyện nhập hộ xã số liệu này."
    if item.stage in (Stage.DRAFT, Stage.PROPOSED):
        return "Xã đang soạn mục này; phòng, ban không nhập đè."
    if item.stage is Stage.SUBMITTED:
        return "Xã đã gửi mục này; thẩm tra hoặc trả lại thay vì nhập hộ."
    return item.rules.locked or None


def why_not_do(act: ActKind, standing: Standing, item: Item) -> str | None:
    """Any move of the workflow: first the seat, then the stage and the separation of persons."""
    actor = MOVES[act].by
    if not plays(standing, actor, item):
        return f"Chỉ {who_plays(actor, item)} {act.label} được mục này."
    if item.rules.locked:
        return item.rules.locked
    if refusal := _why_not_without_signature(act, standing, item):
        return refusal
    return why_not_move(
        act,
        item.stage,
        typed_it=standing.person_id is not None and standing.person_id == item.typed_by,
        verified_it=standing.person_id is not None and standing.person_id == item.verified_by,
    )


def _why_not_without_signature(act: ActKind, standing: Standing, item: Item) -> str | None:
    """Where the district asks for the chairman's signature, officers propose and the chairman sends."""
    if item.level is not Level.COMMUNE:
        return "Chỉ số liệu của xã mới trình Chủ tịch xã." if act is ActKind.PROPOSE else None
    if act is ActKind.PROPOSE and not item.rules.needs_sign_off:
        return "Huyện không yêu cầu Chủ tịch xã ký duyệt trước khi gửi."
    if act is ActKind.SUBMIT and item.rules.needs_sign_off and not plays(standing, Actor.SIGNER, item):
        return "Chủ tịch UBND xã ký duyệt rồi mới gửi được; hãy bấm “Trình Chủ tịch”."
    return None


def why_not_submit(standing: Standing, item: Item) -> str | None:
    return why_not_do(ActKind.SUBMIT, standing, item)


def why_not_drop_draft(standing: Standing, item: Item, *, has_below: bool) -> str | None:
    """A draft is dropped by those who type, while it is their draft and something was sent before it."""
    if refusal := why_not_assess(standing, item):
        return refusal
    if item.stage is not Stage.DRAFT:
        return "Mục này không còn là bản nháp. Tải lại trang để xem."
    if not has_below:
        return "Trước bản nháp này chưa có số nào được gửi; muốn bỏ thì xóa số trong ô."
    return None


def why_not_send_again(*, is_same_papers: bool) -> str | None:
    """A returned revision goes out again only with something new: another value or remark makes a new draft, so what
    is left to tell apart is the papers."""
    if is_same_papers:
        return "Chưa sửa gì so với bản bị trả lại. Sửa số, ghi chú hoặc bổ sung minh chứng rồi gửi lại."
    return None


def why_not_survey(standing: Standing, district: str) -> str | None:
    """Satisfaction is surveyed by MTTQ (HD 90/HD-MTTW-BTT); the office may type its minutes in."""
    its_own = is_office(standing, district) or SURVEYOR in standing.departments_in(district)
    if its_own and standing.can_in(Right.ENTER_SURVEYS, district):
        return None
    return "Chỉ UBMTTQ huyện hoặc Văn phòng Điều phối NTM huyện nhập kết quả khảo sát."


def why_not_enter_base_data(standing: Standing, district: str, commune: str) -> str | None:
    """Households, people, kilometres are counted by the commune itself; the office and the statistics office, who
    publish them, may type them in. Whether the year is closed is asked where it is saved."""
    if commune in standing.communes and standing.can_in(Right.ASSESS_COMMUNE, district):
        return None
    if is_office(standing, district) or STATISTICIAN in standing.departments_in(district):
        return None
    return "Chỉ cán bộ của xã, Chi cục Thống kê hoặc Văn phòng Điều phối NTM huyện nhập số liệu nền."


def why_not_exempt(is_allowed: bool) -> str | None:
    """Only where the indicator itself allows it or the office granted it (product.md section 2)."""
    if is_allowed:
        return None
    return "Mục này không có trường hợp không áp dụng; Văn phòng Điều phối NTM huyện có thể cho phép bằng văn bản."


def why_not_without_subject(numerator: Decimal | None, denominator: Decimal | None) -> str | None:
    """ "Không có đối tượng" is nothing of nothing: 0/0."""
    return None if numerator == 0 and denominator == 0 else "Không có đối tượng phải ghi 0/0."


def why_not_grant_exemption(standing: Standing, district: str) -> str | None:
    if standing.can_in(Right.GRANT_EXEMPTIONS, district):
        return None
    return "Chỉ Văn phòng Điều phối NTM huyện cho phép không áp dụng."


def why_not_appraise(standing: Standing, item: Item) -> str | None:
    """The province's result is recorded by the office, about a value that the district has verified. It comes when the
    district's year is closed, and changes nothing of what was frozen: a locked year does not keep it out."""
    if not standing.can_in(Right.RECORD_APPRAISALS, item.district):
        return "Chỉ Văn phòng Điều phối NTM huyện ghi kết quả thẩm định của tỉnh."
    if item.stage not in (Stage.VERIFIED, Stage.APPROVED):
        return "Chỉ ghi kết quả thẩm định cho số liệu huyện đã thẩm tra."
    return None


def why_not_run_rounds(standing: Standing, district: str) -> str | None:
    """Rounds are opened, extended, closed and unlocked by the office."""
    if standing.can_in(Right.RUN_ROUNDS, district):
        return None
    return "Chỉ Văn phòng Điều phối NTM huyện mở, gia hạn, chốt và mở lại kỳ báo cáo."


def why_not_confirm(standing: Standing, item: Item) -> str | None:
    """ "Không thay đổi" is said by whoever would send the figure: where the chairman signs, by the chairman."""
    if not plays(standing, Actor.ASSESSOR, item):
        return f"Chỉ {who_plays(Actor.ASSESSOR, item)} xác nhận được mục này."
    if item.rules.locked:
        return item.rules.locked
    if item.level is Level.COMMUNE and item.rules.needs_sign_off and not plays(standing, Actor.SIGNER, item):
        return "Huyện yêu cầu Chủ tịch UBND xã ký duyệt: Chủ tịch xã xác nhận không thay đổi."
    if item.stage is Stage.RETURNED:
        return "Mục này bị trả lại; sửa rồi gửi lại."
    return None


def bases_seen(standing: Standing, district: str, commune: str | None = None) -> tuple[Basis, ...]:
    """Boards over communes are approved-only for a commune's officers, who see all bases of their own."""
    if standing.can_in(Right.SEE_ALL_BASES, district):
        return tuple(Basis)
    if commune is not None and commune in standing.communes:
        return tuple(Basis)
    return (Basis.APPROVED,)


def may_see_drafts(standing: Standing, item: Item) -> bool:
    """Drafts are seen only inside the unit that types them; what was filled in for it also by those who do that."""
    if plays(standing, Actor.ASSESSOR, item):
        return True
    return item.stage is Stage.PREFILLED and (leads_it(standing, item) or is_office(standing, item.district))


def may_open_sheet(standing: Standing, district: str, commune: str = "") -> bool:
    """Whether the entry sheet of a unit concerns somebody: its own officers, and those who see all bases there.
    An officer of another commune finds nothing there (drafts and self-assessments are not theirs)."""
    return standing.can_in(Right.SEE_ALL_BASES, district) or (bool(commune) and commune in standing.communes)


# ---------- what people say about a figure, and what is to be mended ----------
