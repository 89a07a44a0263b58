"""Papers: who attaches, takes away and corrects them, and who says which ones a measure needs."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.roles import Right, Standing
from communes.policies.assessing import Item, is_office, leads_it, plays, who_plays
from communes.rules.workflow import Actor, Stage
from criteria.rules.vocabulary import Level


def attaches_on_behalf(standing: Standing, item: Item) -> bool:
    """Whether what somebody attaches here is added for a commune by the lead department or the office, and marked."""
    if item.level is not Level.COMMUNE or plays(standing, Actor.ASSESSOR, item):
        return False
    reviews = leads_it(standing, item) or is_office(standing, item.district)
    return reviews and standing.can_in(Right.PREFILL, item.district)


def why_not_attach(standing: Standing, item: Item) -> str | None:
    """Papers are attached by those who assess; beside a commune's figure the lead or the office may add one for it."""
    if not plays(standing, Actor.ASSESSOR, item) and not attaches_on_behalf(standing, item):
        who = who_plays(Actor.ASSESSOR, item)
        helpers = f"{item.lead_name} hoặc Văn phòng Điều phối NTM huyện thêm thay"
        return f"Chỉ {who} đính kèm minh chứng{f' ({helpers})' if item.level is Level.COMMUNE else ''}."
    return item.rules.locked or None


def why_not_detach(standing: Standing, item: Item, *, on_behalf: bool) -> str | None:
    """A paper is taken away by the side that attached it, and not from under a decision: a new revision comes first."""
    own_side = attaches_on_behalf(standing, item) if on_behalf else plays(standing, Actor.ASSESSOR, item)
    if not own_side:
        return "Bên nào đính kèm thì bên đó mới gỡ được."
    if item.stage in (Stage.VERIFIED, Stage.APPROVED):
        return f"Mục này {item.stage.label}; kết quả gắn với minh chứng đã xem. Nhập bản số liệu mới rồi mới gỡ được."
    return item.rules.locked or None


def why_not_bring_in(standing: Standing, district: str) -> str | None:
    """A document of the district itself, for several communes to rest on."""
    if standing.can_in(Right.PREFILL, district):
        return None
    return "Chỉ phòng, ban và Văn phòng Điều phối NTM huyện đưa lên văn bản của huyện."


@dataclass(frozen=True, slots=True)
class Document:
    """What policies need to know of a document: whose it is, who brought it in, which assessments rest on it."""

    unit: str
    district: str
    level: Level
    brought_by: int
    items: tuple[Item, ...] = ()


def why_not_correct(standing: Standing, document: Document) -> str | None:
    """Its number, date, issuer: by the commune that brought it in; for the district's by the person, or the office."""
    if document.level is Level.COMMUNE:
        is_own = document.unit in standing.communes and standing.can_in(Right.ASSESS_COMMUNE, document.district)
        refusal = "Chỉ cán bộ của xã đưa văn bản này lên mới sửa được."
    else:
        brought = standing.person_id == document.brought_by and standing.can_in(Right.PREFILL, document.district)
        is_own = brought or is_office(standing, document.district)
        refusal = "Chỉ người đưa văn bản này lên hoặc Văn phòng Điều phối NTM huyện mới sửa được."
    if not is_own:
        return refusal
    return next((item.rules.locked for item in document.items if item.rules.locked), None)


def why_not_renew(standing: Standing, document: Document) -> str | None:
    """A new scan, or another link, changes what a decision was bound to: not under figures verified or approved."""
    if refusal := why_not_correct(standing, document):
        return refusal
    if any(item.stage in (Stage.VERIFIED, Stage.APPROVED) for item in document.items):
        return "Văn bản đang là minh chứng của mục đã thẩm tra hoặc đã duyệt; hãy đính kèm một văn bản mới."
    return None


def why_not_ask_for_papers(standing: Standing, district: str, lead: str) -> str | None:
    """Which papers a measure needs is said by the office for any, by a department for those it leads."""
    if not standing.can_in(Right.ASK_FOR_PAPERS, district):
        return "Chỉ Văn phòng Điều phối NTM huyện và cơ quan chủ trì quy định minh chứng phải có."
    if is_office(standing, district) or lead in standing.departments_in(district):
        return None
    return "Chỉ cơ quan chủ trì mục này hoặc Văn phòng Điều phối NTM huyện quy định minh chứng phải có."
