"""Who may do what to an assessment, now: one sentence each, which disables the button, words its tooltip and stops
the act. None means: go ahead. Who may (a seat) and when it may (a stage) are different questions, asked in turn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accounts.roles import Right, Role, Standing
from communes.rules.workflow import LEAD, MOVES, PLAYED_BY, ActKind, Actor, Stage, why_not_move
from criteria.policies import Refused as Refused
from criteria.rules.vocabulary import Basis, Level

# The department that surveys satisfaction (HD 90/HD-MTTW-BTT).
SURVEYOR = "mttq"


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
    if actor is Actor.VERIFIER:
        return _leads(standing, item) and standing.can_in(Right.VERIFY, item.district)
    return standing.can_in(Right.APPROVE, item.district)


def _plays_for_district(standing: Standing, actor: Actor, item: Item) -> bool:
    if actor is Actor.ASSESSOR:
        return _leads(standing, item) and standing.can_in(Right.ASSESS_DISTRICT, item.district)
    right = Right.VERIFY_DISTRICT if actor is Actor.VERIFIER else Right.APPROVE_DISTRICT
    return standing.can_in(right, item.district)


def _leads(standing: Standing, item: Item) -> bool:
    if item.is_led_by_office and _is_office(standing, item.district):
        return True
    return item.lead in standing.departments_in(item.district)


def _is_office(standing: Standing, district: str) -> bool:
    return any(seat.role is Role.COORDINATOR and seat.district == district for seat in standing.seats)


def _who(actor: Actor, item: Item) -> str:
    """Who plays a part, with the department's own name where the lead does."""
    words = PLAYED_BY[item.level][actor]
    return item.lead_name if words == LEAD else words


def why_not_assess(standing: Standing, item: Item) -> str | None:
    """Values of a commune are typed by its own officers, those of the district by the department that leads."""
    if plays(standing, Actor.ASSESSOR, item):
        return None
    return f"Chỉ {_who(Actor.ASSESSOR, item)} nhập số liệu này."


def why_not_do(act: ActKind, standing: Standing, item: Item) -> str | None:
    """Any move of the workflow: first the seat, then the stage and the separation of persons."""
    actor = MOVES[act].by
    if not plays(standing, actor, item):
        return f"Chỉ {_who(actor, item)} {act.label} được mục này."
    return why_not_move(
        act,
        item.stage,
        typed_it=standing.person_id is not None and standing.person_id == item.typed_by,
        verified_it=standing.person_id is not None and standing.person_id == item.verified_by,
    )


def why_not_submit(standing: Standing, item: Item) -> str | None:
    return why_not_do(ActKind.SUBMIT, standing, item)


def why_not_survey(standing: Standing, district: str) -> str | None:
    """Satisfaction is surveyed by MTTQ (HD 90/HD-MTTW-BTT); the office may type its minutes in."""
    its_own = _is_office(standing, district) or SURVEYOR in standing.departments_in(district)
    if its_own and standing.can_in(Right.ENTER_SURVEYS, district):
        return None
    return "Chỉ UBMTTQ huyện hoặc Văn phòng Điều phối NTM huyện nhập kết quả khảo sát."


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
    """The province's result is recorded by the office, about a value that the district has verified."""
    if not standing.can_in(Right.RECORD_APPRAISALS, item.district):
        return "Chỉ Văn phòng Điều phối NTM huyện ghi kết quả thẩm định của tỉnh."
    if item.stage not in (Stage.VERIFIED, Stage.APPROVED):
        return "Chỉ ghi kết quả thẩm định cho số liệu huyện đã thẩm tra."
    return None


def bases_seen(standing: Standing, district: str, commune: str | None = None) -> tuple[Basis, ...]:
    """Boards over communes are approved-only for a commune's officers, who see all bases of their own."""
    if standing.can_in(Right.SEE_ALL_BASES, district):
        return tuple(Basis)
    if commune is not None and commune in standing.communes:
        return tuple(Basis)
    return (Basis.APPROVED,)


def may_see_drafts(standing: Standing, item: Item) -> bool:
    """Drafts are seen only inside the unit that types them."""
    return plays(standing, Actor.ASSESSOR, item)


def may_open_sheet(standing: Standing, district: str, commune: str = "") -> bool:
    """Whether the entry sheet of a unit concerns somebody: its own officers, and those who see all bases there.
    An officer of another commune finds nothing there (drafts and self-assessments are not theirs)."""
    return standing.can_in(Right.SEE_ALL_BASES, district) or (bool(commune) and commune in standing.communes)
