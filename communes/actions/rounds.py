"""Rounds of reporting: opened, reminded of, extended, confirmed, closed and unlocked; how a district works.

Every act asks its policy, is remembered, and raises `Refused` with one sentence. Closing takes the lock of history
before it reads, so that a save which is under way is either in the snapshot or refused (`stating.refuse_if_locked`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions import hold_history, notify, remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from accounts.rules import NoticeKind
from communes.actions.locking import hold_units
from communes.actions.stating import refuse_if_locked
from communes.actions.telling import tell_of_round
from communes.models import Assessment, Confirmation, Extension, Practice, Round, RoundEvent, Snapshot, Unit
from communes.policies import Refused, why_not_confirm, why_not_run_rounds
from communes.queries.entry import item_of
from communes.queries.judged import communes_of, set_up_bench
from communes.queries.people import leads_of
from communes.queries.reminders import REMINDED, Answerer, answering, last_reminders
from communes.queries.rounds import (
    closings,
    extended_days,
    reported,
    reported_codes,
    standing_statements,
    units_of,
    working_rules,
)
from communes.queries.snapshots import freeze, papers_frozen
from communes.rules.rounds import RoundEventKind, RoundKind
from criteria.rules.numbers import clean_text

CLOSED_SENTENCE = "Kỳ này đã chốt."


@dataclass(frozen=True, slots=True)
class NewRound:
    kind: RoundKind
    number: int
    year: int
    opens_on: date
    due_on: date


@transaction.atomic
def open_round(*, by: Person, standing: Standing, district: Unit, new: NewRound, on: date) -> Round:
    """Open a round of a district, and tell everybody who reports in it."""
    _ask(standing, district)
    if not 1 <= new.number <= new.kind.per_year:
        raise Refused(f"Loại kỳ “{new.kind.label}” mỗi năm chỉ có {new.kind.per_year} kỳ.")
    if new.due_on < new.opens_on:
        raise Refused("Hạn gửi phải từ ngày mở kỳ trở đi.")
    if new.opens_on.year < new.year:
        raise Refused(f"Kỳ của năm {new.year} không mở trước năm đó.")
    hold_history()
    title = new.kind.titled(new.number, new.year)
    named = {"district": district, "year": new.year, "kind": new.kind.value, "number": new.number}
    if Round.objects.filter(**named).exists():
        raise Refused(f"Kỳ “{title}” đã mở rồi.")
    row = Round.objects.create(**named, opens_on=new.opens_on, due_on=new.due_on, by=by, at=timezone.now())
    said = f"mở kỳ báo cáo “{title}” từ {new.opens_on:%d/%m/%Y}, hạn gửi {new.due_on:%d/%m/%Y}"
    _remember("round.open", row, by, said, on, {})
    everybody = [one for people in answering(district, units_of(district, on), on).values() for one in people]
    _tell((one for one in everybody if one.person != by.pk), row, f"Văn phòng Điều phối NTM huyện {said}.", on)
    return row


@transaction.atomic
def extend(
    *, by: Person, standing: Standing, round: Round, unit: Unit, due_on: date, reason: str, on: date  # noqa: A002
) -> Extension:
    """Give one unit a later due day in one round."""
    _ask(standing, round.district)
    reason = _needed(reason, "Phải ghi lý do gia hạn.")
    # Before reading: a round that is being closed just now is closed, and of two extensions the second sees the first.
    hold_history()
    if round.pk in closings([round.pk]):
        raise Refused(f"{CLOSED_SENTENCE} {RoundKind(round.kind).reopening.capitalize()} kỳ rồi mới gia hạn.")
    if unit.district_code != round.district.code:
        raise Refused("Đơn vị này không thuộc kỳ báo cáo của huyện.")
    now_due = extended_days([round.pk], [unit.pk]).get((round.pk, unit.pk), round.due_on)
    if due_on <= now_due:
        raise Refused(f"Hạn mới phải sau hạn đang có ({now_due:%d/%m/%Y}).")
    row = Extension.objects.create(
        round=round, unit=unit, due_on=due_on, reason=reason, by=by, on=on, at=timezone.now()
    )
    said = f"gia hạn kỳ “{round}” cho {unit.full_name} đến {due_on:%d/%m/%Y}. Lý do: {reason}"
    _remember("round.extend", round, by, said, on, {"due_on": due_on.isoformat(), "reason": reason}, unit.code)
    told = answering(round.district, [unit], on)[unit.pk]
    _tell(told, round, f"Kỳ “{round}” của {unit.full_name} được gia hạn đến {due_on:%d/%m/%Y}.", on)
    return row


@transaction.atomic
def remind(*, by: Person, standing: Standing, round: Round, units: Sequence[Unit], on: date) -> list[Unit]:  # noqa: A002
    """Tell the people of those of these units that have not reported everything and were not reminded today. Answers
    which units were."""
    _ask(standing, round.district)
    if round.pk in closings([round.pk]):
        raise Refused(f"{CLOSED_SENTENCE} Không còn gì để nhắc.")
    hold_history()
    states, told_on = reported(round, units, on), last_reminders(round)
    behind = [unit for unit in units if not states[unit.pk].is_complete]
    if not behind:
        raise Refused("Không còn đơn vị nào chưa báo cáo đủ.")
    late = [unit for unit in behind if told_on.get(unit.code) != on]
    if not late:
        raise Refused("Hôm nay đã nhắc các đơn vị này rồi.")
    people = answering(round.district, late, on, {unit.pk: states[unit.pk].missing for unit in late})
    due = extended_days([round.pk], [unit.pk for unit in late])
    for unit in late:
        due_on, state = due.get((round.pk, unit.pk), round.due_on), states[unit.pk]
        said = f"{unit.title} còn {len(state.missing)}/{state.asked} mục chưa báo cáo trong kỳ “{round}”"
        _tell(people[unit.pk], round, f"{said}, hạn {due_on:%d/%m/%Y}.", on)
    names = ", ".join(unit.name for unit in late)
    _remember(REMINDED, round, by, f"nhắc báo cáo kỳ “{round}”: {names}", on, {"units": [unit.code for unit in late]})
    return late


@transaction.atomic
def confirm_unchanged(
    *, by: Person, standing: Standing, round: Round, unit: Unit, measures: Iterable[str], on: date,  # noqa: A002
    seen: Mapping[str, int] | None = None,
) -> int:  # fmt: skip
    """Say "không thay đổi" for measures (codes) of a unit: what stands counts as reported in the round. Answers how
    many were confirmed; what is reported already is passed over.

    `seen` binds each to the statement that the person saw. Raises Refused where something may not be confirmed.
    """
    codes = sorted(set(measures))
    if round.pk in closings([round.pk]):
        raise Refused(f"{CLOSED_SENTENCE} Không xác nhận được nữa.")
    if on < round.opens_on:
        raise Refused(f"Kỳ này mở từ {round.opens_on:%d/%m/%Y}.")
    # The same lock as sending and returning takes: what is confirmed stands until this act is done.
    locked = Assessment.objects.filter(unit=unit, year=round.year, measure__code__in=codes).order_by("pk")
    rows = {row.measure.code: row for row in locked.select_for_update(of=("self",)).select_related("measure")}
    standing_now = standing_statements([unit.pk], round.year)
    done = reported_codes([round], [unit.pk]).get((round.pk, unit.pk), set())
    chosen = [code for code in codes if code not in done]
    _refuse_confirming(standing, round, unit, chosen, on)
    statements = {code: standing_now.get((unit.pk, code)) for code in chosen}
    for code, statement in statements.items():
        if statement is None:
            raise Refused("Chỉ xác nhận được mục đã gửi và không bị trả lại; tải lại trang để xem.")
        if seen is not None and seen.get(code) != statement:
            raise Refused(f"“{rows[code].measure.name}” vừa có số liệu mới; xem lại rồi xác nhận.")
    if not statements:
        return 0
    now = timezone.now()
    Confirmation.objects.bulk_create(
        [
            Confirmation(round=round, assessment=rows[code], statement_id=statement, by=by, on=on, at=now)
            for code, statement in statements.items()
        ],
        # Confirmed before, returned since, mended and standing again: the newest confirmation counts.
        update_conflicts=True, unique_fields=["round", "assessment"], update_fields=["statement", "by", "on", "at"],
    )  # fmt: skip
    said = f"{unit.title}: {PERSON_MARK} xác nhận không thay đổi {len(statements)} mục trong kỳ “{round}”"
    changes = {"round": round.pk, "year": round.year, "statements": statements}
    remember(HistoryAct("round.confirm", by.pk, said, on, now, changes, unit.district_code, unit.code))
    refuse_if_locked(unit.district_code, round.year)
    if round.pk in closings([round.pk]):
        raise Refused(f"{CLOSED_SENTENCE} Không xác nhận được nữa.")
    return len(statements)


def _refuse_confirming(standing: Standing, round_: Round, unit: Unit, codes: Iterable[str], on: date) -> None:
    leads, rules = leads_of(round_.district, on), working_rules(round_.district, round_.year)
    for code in codes:
        if refusal := why_not_confirm(standing, item_of(unit, leads.of(code), rules=rules)):
            raise Refused(refusal)


@transaction.atomic
def close_round(*, by: Person, standing: Standing, round: Round, on: date) -> RoundEvent:  # noqa: A002
    """Close a round and freeze every commune and the district as they stand: from here on nothing of it changes."""
    _ask(standing, round.district)
    if on < round.opens_on:
        raise Refused(f"Kỳ này mở từ {round.opens_on:%d/%m/%Y}; chưa chốt được.")
    district = round.district
    # Who holds one of these rows (a survey being saved) ends with the lock of history (`actions.locking`).
    hold_units(unit.code for unit in units_of(district, on))
    hold_history()
    if round.pk in closings([round.pk]):
        raise Refused(CLOSED_SENTENCE)
    bench = set_up_bench(district, communes_of(district, on), round.year, on, full=True)
    units, leads = [*bench.communes, district], leads_of(district, on)
    papers, states = papers_frozen(units, round.year), reported(round, units, on)
    event = _event(round, RoundEventKind.CLOSE, by, on, "")
    snapshots = Snapshot.objects.bulk_create(
        freeze(event, bench, unit, leads, papers.get(unit.pk, {}), states[unit.pk]) for unit in units
    )
    marks = {snapshot.unit.code: snapshot.sha256 for snapshot in snapshots}
    _remember("round.close", round, by, f"chốt kỳ “{round}”", on, {"event": event.pk, "snapshots": marks})
    tell_of_round(event, by)
    return event


@transaction.atomic
def unlock_round(*, by: Person, standing: Standing, round: Round, reason: str, on: date) -> RoundEvent:  # noqa: A002
    """Open a closed round again; its snapshot stays, and so does the reason, for ever."""
    _ask(standing, round.district)
    word = RoundKind(round.kind).reopening
    reason = _needed(reason, f"Phải ghi lý do {word}.")
    hold_history()
    if round.pk not in closings([round.pk]):
        raise Refused("Kỳ này chưa chốt.")
    event = _event(round, RoundEventKind.UNLOCK, by, on, reason)
    said = f"{word} kỳ “{round}”. Lý do: {reason}"
    _remember("round.unlock", round, by, said, on, {"event": event.pk, "reason": reason})
    tell_of_round(event, by)
    return event


def _event(round_: Round, kind: RoundEventKind, by: Person, on: date, reason: str) -> RoundEvent:
    return RoundEvent.objects.create(
        round=round_, kind=kind.value, reason=reason, by=by, on=on, at=timezone.now()
    )


@transaction.atomic
def set_practice(*, by: Person, standing: Standing, district: Unit, needs_sign_off: bool, on: date) -> Practice:
    """Whether a commune's chairman signs before anything of it is sent. What waits for a signature stays where it is:
    its stage allows sending either way."""
    _ask(standing, district)
    row, made = Practice.objects.get_or_create(district=district)
    if row.needs_sign_off == needs_sign_off:
        return row
    Practice.objects.filter(pk=row.pk).update(needs_sign_off=needs_sign_off)
    row.needs_sign_off = needs_sign_off
    said = "bật" if needs_sign_off else "tắt"
    remember(
        HistoryAct(
            "practice.set", by.pk, f"{PERSON_MARK} {said} yêu cầu Chủ tịch xã ký duyệt trước khi gửi", on,
            timezone.now(), {"needs_sign_off": needs_sign_off}, district.code,
        )  # fmt: skip
    )
    return row


def _ask(standing: Standing, district: Unit) -> None:
    if refusal := why_not_run_rounds(standing, district.code):
        raise Refused(refusal)


def _needed(reason: str, missing: str) -> str:
    reason = clean_text(reason).strip()
    if not reason:
        raise Refused(missing)
    return reason


def _remember(
    act: str, round_: Round, by: Person, said: str, on: date, changes: Mapping[str, object], unit: str = ""
) -> None:
    told = {"round": round_.pk, "year": round_.year, **changes}
    remember(HistoryAct(act, by.pk, f"{PERSON_MARK} {said}", on, timezone.now(), told, round_.district.code, unit))


def _tell(people: Iterable[Answerer], round_: Round, sentence: str, on: date) -> None:
    url = reverse("communes:round", args=[round_.pk])
    notify(people=[one.person for one in people], kind=NoticeKind.ROUND, sentence=sentence, url=url, on=on)
