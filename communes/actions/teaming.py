"""Working teams: set one up, seat and unseat members, give it communes and take them back, each from a day on.

Rows end, none is rewritten: who followed which commune on a past day stays to be seen. Everything happens under the
lock of the history; the constraints of the tables (one head, one team a commune) hold besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts.actions import hold_history, notify, remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from accounts.rules import NoticeKind
from communes.models import Posting, Team, TeamCommune, TeamMember, Unit
from communes.policies import Refused, why_not_assign
from criteria.rules.numbers import clean_text


@transaction.atomic
def keep_team(
    *, by: Person, standing: Standing, district: Unit, team: Team | None, name: str, document: str, on: date
) -> Team:
    """Set up a team (`team` None), or correct the name and document of one. Raises Refused."""
    _begin(standing, district)
    name, document = clean_text(name).strip()[:120], clean_text(document).strip()[:200]
    if not name:
        raise Refused("Ghi tên đoàn công tác.")
    twins = Team.objects.filter(district=district, name=name)
    if (twins.exclude(pk=team.pk) if team else twins).exists():
        raise Refused(f"Đã có đoàn tên “{name}”.")
    if team is None:
        last = Team.objects.filter(district=district).aggregate(last=Max("position"))["last"] or 0
        row = Team.objects.create(district=district, name=name, document=document, position=last + 1)
        _remember(by, row, "lập", on)
        return row
    Team.objects.filter(pk=team.pk).update(name=name, document=document)
    before, (team.name, team.document) = team.name, (name, document)
    _remember(by, team, f"ghi lại tên, văn bản của đoàn “{before}”:", on)
    return team


@transaction.atomic
def seat_member(
    *, by: Person, standing: Standing, team: Team, person: Person, is_head: bool, from_on: date, on: date
) -> None:
    """Seat a person in a team, as its head or not, from a day on; a head before is a member from then on. Raises
    Refused."""
    _begin(standing, team.district)
    if not Posting.objects.held_on(on).filter(person=person).exists():
        raise Refused("Thành viên đoàn công tác phải đang giữ nhiệm vụ trong huyện.")
    rows = TeamMember.objects.filter(team=team, to_on=None)
    mine = rows.filter(person=person).first()
    if mine is not None and mine.is_head == is_head:
        raise Refused(f"{person.full_name} đã ở trong đoàn này.")
    head = rows.filter(is_head=True).exclude(person=person).first() if is_head else None
    for row in (mine, head):
        _end(row, from_on, on)
    if mine is None and head is None:
        _not_long_ago(from_on, on, is_new=True)
    TeamMember.objects.create(team=team, person=person, is_head=is_head, from_on=from_on)
    if head is not None:
        TeamMember.objects.create(team=team, person=head.person, is_head=False, from_on=from_on)
    part = "trưởng đoàn" if is_head else "thành viên"
    _remember(by, team, f"cử {person.full_name} làm {part} từ {from_on:%d/%m/%Y},", on)
    sentence = f"Bạn là {part} “{team.name}” từ {from_on:%d/%m/%Y}."
    notify(people={person.pk} - {by.pk}, kind=NoticeKind.TASK, sentence=sentence, url=reverse("communes:teams"), on=on)


@transaction.atomic
def end_member(*, by: Person, standing: Standing, member: TeamMember, to_on: date, on: date) -> None:
    """Raises Refused."""
    _begin(standing, member.team.district)
    row = TeamMember.objects.filter(pk=member.pk, to_on=None).select_related("person", "team").first()
    if row is None:
        raise Refused("Người này đã thôi ở đoàn. Tải lại trang.")
    _end(row, to_on, on)
    _remember(by, row.team, f"cho {row.person.full_name} thôi từ {to_on:%d/%m/%Y},", on)


@transaction.atomic
def give_communes(
    *, by: Person, standing: Standing, team: Team, communes: Sequence[Unit], from_on: date, on: date
) -> None:
    """Let a team follow communes from a day on; another team that followed one ceases to. Raises Refused."""
    _begin(standing, team.district)
    if not communes:
        raise Refused("Chọn ít nhất một xã.")
    before = {row.unit_id: row for row in TeamCommune.objects.filter(unit__in=communes, to_on=None)}
    given = [unit for unit in communes if unit.pk not in before or before[unit.pk].team_id != team.pk]
    if not given:
        raise Refused("Đoàn này đang phụ trách các xã đó rồi.")
    for unit in given:
        _end(before.get(unit.pk), from_on, on)
    _not_long_ago(from_on, on, is_new=not before)
    TeamCommune.objects.bulk_create(TeamCommune(team=team, unit=unit, from_on=from_on) for unit in given)
    names = ", ".join(unit.name for unit in given)
    _remember(by, team, f"giao phụ trách xã {names} từ {from_on:%d/%m/%Y},", on)
    members = TeamMember.objects.filter(team=team, to_on=None).values_list("person_id", flat=True)
    sentence = f"“{team.name}” phụ trách thêm xã {names} từ {from_on:%d/%m/%Y}."
    notify(
        people=set(members) - {by.pk}, kind=NoticeKind.TASK, sentence=sentence, url=reverse("communes:teams"), on=on
    )


@transaction.atomic
def take_commune(*, by: Person, standing: Standing, seat: TeamCommune, to_on: date, on: date) -> None:
    """No team follows the commune from that day on. Raises Refused."""
    _begin(standing, seat.team.district)
    row = TeamCommune.objects.filter(pk=seat.pk, to_on=None).select_related("unit", "team").first()
    if row is None:
        raise Refused("Đoàn đã thôi phụ trách xã này. Tải lại trang.")
    _end(row, to_on, on)
    _remember(by, row.team, f"thôi phụ trách {row.unit.full_name} từ {to_on:%d/%m/%Y},", on)


def _begin(standing: Standing, district: Unit) -> None:
    if refusal := why_not_assign(standing, district.code):
        raise Refused(refusal)
    hold_history()


def _end(row: TeamMember | TeamCommune | None, day: date, on: date) -> None:
    """End what stands; days gone by stay as they were."""
    if row is None:
        return
    _not_long_ago(day, on, is_new=False)
    if row.from_on > day:
        raise Refused(f"Đã định từ ngày {row.from_on:%d/%m/%Y}; chọn ngày đó hoặc ngày sau.")
    row.to_on = day
    row.save(update_fields=["to_on"])


def _not_long_ago(day: date, on: date, *, is_new: bool) -> None:
    """What was never said before may begin in the past (the decision is older than its entry); a change may not."""
    if day < on and not is_new:
        raise Refused("Thay đổi tính từ hôm nay trở đi: những ngày đã qua giữ nguyên.")


def _remember(by: Person, team: Team, words: str, on: date) -> None:
    code = team.district.code
    sentence = f"{team.district.title}: {PERSON_MARK} {words} {team.name}" + (
        f" ({team.document})" if team.document else ""
    )
    remember(HistoryAct("team.change", by.pk, sentence, on, timezone.now(), {"team": team.pk}, code, code))
