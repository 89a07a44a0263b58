"""Rounds: who is asked for what, who has reported, and the acts of the office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import HistoryEntry, Notice, Person
from accounts.queries import history_break
from communes.actions.moving import record_appraisal
from communes.actions.rounds import (
    NewRound,
    close_round,
    confirm_unchanged,
    extend,
    open_round,
    remind,
    set_practice,
    unlock_round,
)
from communes.actions.stating import Entry, grant_exemption
from communes.actions.surveying import save_survey
from communes.models import Confirmation, Posting, Practice, Round, RoundEvent, Snapshot, Statement, Target, Unit
from communes.policies import Refused
from communes.queries.entry import item_of
from communes.queries.people import leads_of
from communes.queries.rounds import asked_measures, reported, rounds_for, working_rules
from communes.queries.snapshots import mark_of, snapshot_of
from communes.rules.rounds import RoundKind
from communes.rules.workflow import ActKind, Stage
from criteria.models import Measure
from criteria.rules.facts import SurveyRow
from tests.makers import HEALTH_INSURANCE, TODAY, XA, XA_KM, XA_NC, YEAR, Cast, make_cast, stated, step, typed

pytestmark = pytest.mark.django_db
OPENS, DUE = date(2023, 10, 1), date(2023, 10, 20)
BEFORE = date(2023, 9, 10)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def opened(cast: Cast, kind: RoundKind = RoundKind.MONTH, number: int = 10, opens_on: date = OPENS) -> Round:
    new = NewRound(kind, number, YEAR, opens_on, DUE)
    return open_round(by=cast.tuan, standing=cast.standing(cast.tuan), district=cast.district, new=new, on=TODAY)


def of_office(cast: Cast, person: Person | None = None) -> dict[str, Any]:
    person = person or cast.tuan
    return {"by": person, "standing": cast.standing(person), "on": TODAY}


def confirm(cast: Cast, round_: Round, codes: Iterable[str], by: Person | None = None, unit: Unit | None = None) -> int:
    by = by or cast.lan
    return confirm_unchanged(
        by=by, standing=cast.standing(by), round=round_, unit=unit or cast.ky_phu, measures=codes, on=TODAY
    )


def codes_of(cast: Cast, *families: str) -> frozenset[str]:
    return frozenset(code for family in families for code in cast.books.book(family).measures_in_force())


# ---------- who is asked for what ----------


def test_a_commune_is_asked_for_the_standard_set_and_for_what_its_target_adds(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    Target.objects.create(unit=cast.ky_chau, year=YEAR - 1, tier="advanced")
    Target.objects.create(unit=cast.ky_phu, year=YEAR + 1, tier="model")
    with django_assert_max_num_queries(40):
        asked = asked_measures([cast.ky_phu, cast.ky_chau, cast.district], YEAR, TODAY)
    assert asked[cast.ky_phu.pk] == codes_of(cast, XA), "the target of next year asks for nothing yet"
    assert asked[cast.ky_chau.pk] == codes_of(cast, XA, XA_NC), "a target of last year still does, cumulatively"
    assert asked[cast.district.pk] and not asked[cast.district.pk] & codes_of(cast, XA, XA_NC, XA_KM)


def test_what_a_commune_sent_of_a_higher_set_is_asked_for_but_its_drafts_are_not(cast: Cast) -> None:
    extra = sorted(codes_of(cast, XA_NC) - codes_of(cast, XA))
    booleans = [m.code for m in Measure.objects.filter(code__in=extra, kind="boolean")[:2]]
    stated(cast, booleans[0], "Đạt", by=cast.lan)
    typed(cast, booleans[1], "Đạt", by=cast.lan)
    asked = asked_measures([cast.ky_phu], YEAR, TODAY)[cast.ky_phu.pk]
    assert asked == codes_of(cast, XA) | {booleans[0]}


# ---------- who has reported ----------


def test_reported_is_what_was_sent_from_the_first_day_of_the_round_on(cast: Cast) -> None:
    round_ = opened(cast)
    for code, day in (("xa.8.1", OPENS - timedelta(1)), ("xa.8.2", OPENS), ("xa.8.3", TODAY)):
        stated(cast, code, "Đạt", by=cast.lan, on=day)
    typed(cast, "xa.8.4", "Đạt", by=cast.lan)
    found = reported(round_, [cast.ky_phu, cast.ky_chau], TODAY)
    assert found[cast.ky_phu.pk].done == 2 and found[cast.ky_chau.pk].done == 0
    assert {"xa.8.1", "xa.8.4"} <= set(found[cast.ky_phu.pk].missing)
    assert not {"xa.8.2", "xa.8.3"} & set(found[cast.ky_phu.pk].missing)


def test_what_was_returned_or_withdrawn_is_not_reported_until_it_is_sent_again(cast: Cast) -> None:
    round_ = opened(cast)
    returned = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan)
    assert HEALTH_INSURANCE not in reported(round_, [cast.ky_phu], TODAY)[cast.ky_phu.pk].missing
    step(cast, returned, ActKind.RETURN, by=cast.hoa, reason="Thiếu danh sách thẻ.")
    assert HEALTH_INSURANCE in reported(round_, [cast.ky_phu], TODAY)[cast.ky_phu.pk].missing
    stated(cast, HEALTH_INSURANCE, "96,1", by=cast.lan)
    assert HEALTH_INSURANCE not in reported(round_, [cast.ky_phu], TODAY)[cast.ky_phu.pk].missing


def test_confirming_counts_only_what_stands_and_binds_to_the_statement(cast: Cast) -> None:
    round_ = opened(cast)
    old = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, on=BEFORE)
    assert confirm(cast, round_, [HEALTH_INSURANCE]) == 1
    assert confirm(cast, round_, [HEALTH_INSURANCE]) == 0, "the second click confirms nothing more"
    assert Confirmation.objects.get().statement == old
    assert HEALTH_INSURANCE not in reported(round_, [cast.ky_phu], TODAY)[cast.ky_phu.pk].missing
    with pytest.raises(Refused, match="đã gửi"):
        confirm(cast, round_, ["xa.8.1"])
    assert Statement.objects.count() == 1, "no new revision"


def test_a_returned_figure_cannot_be_confirmed(cast: Cast) -> None:
    round_ = opened(cast)
    stated(cast, HEALTH_INSURANCE, "95", by=cast.lan, on=BEFORE)
    newer = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, on=BEFORE)
    step(cast, newer, ActKind.RETURN, by=cast.hoa, reason="Sai.", on=BEFORE)
    with pytest.raises(Refused):
        confirm(cast, round_, [HEALTH_INSURANCE])


def test_what_was_confirmed_and_returned_since_is_missing_again_and_may_be_confirmed_once_mended(cast: Cast) -> None:
    round_ = opened(cast)
    old = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, on=BEFORE)
    confirm(cast, round_, [HEALTH_INSURANCE])
    step(cast, old, ActKind.RETURN, by=cast.hoa, reason="Sai.")
    assert HEALTH_INSURANCE in reported(round_, [cast.ky_phu], TODAY)[cast.ky_phu.pk].missing


def test_confirming_a_figure_that_was_replaced_meanwhile_is_refused(cast: Cast) -> None:
    round_ = opened(cast)
    old = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, on=BEFORE)
    stated(cast, HEALTH_INSURANCE, "97", by=cast.lan, on=BEFORE)
    with pytest.raises(Refused, match="vừa có số liệu mới"):
        confirm_unchanged(
            by=cast.lan, standing=cast.standing(cast.lan), round=round_, unit=cast.ky_phu, on=TODAY,
            measures=[HEALTH_INSURANCE], seen={HEALTH_INSURANCE: old.pk},
        )  # fmt: skip
    assert not Confirmation.objects.exists()


def test_only_its_own_officers_confirm_and_the_chairman_where_he_signs(cast: Cast) -> None:
    round_ = opened(cast)
    stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, on=BEFORE)
    for stranger in (cast.minh, cast.tuan, cast.hoa):
        with pytest.raises(Refused, match="cán bộ của xã"):
            confirm(cast, round_, [HEALTH_INSURANCE], by=stranger)
    set_practice(**of_office(cast), district=cast.district, needs_sign_off=True)
    with pytest.raises(Refused, match="Chủ tịch"):
        confirm(cast, round_, [HEALTH_INSURANCE])
    Posting.objects.filter(person=cast.lan).update(signs_off=True)
    assert confirm(cast, round_, [HEALTH_INSURANCE]) == 1


# ---------- opening, reminding, extending ----------


def test_a_round_is_opened_once_by_the_office_and_everybody_is_told(cast: Cast) -> None:
    round_ = opened(cast)
    assert str(round_) == "Tháng 10/2023"
    told = set(Notice.objects.values_list("person_id", flat=True))
    assert {cast.lan.pk, cast.minh.pk, cast.hoa.pk} <= told and cast.tuan.pk not in told and cast.binh.pk not in told
    with pytest.raises(Refused, match="đã mở rồi"):
        opened(cast)
    new = NewRound(RoundKind.QUARTER, 4, YEAR, OPENS, DUE)
    for person in (cast.lan, cast.hoa, cast.hung, cast.binh):
        with pytest.raises(Refused, match="Chỉ Văn phòng"):
            open_round(by=person, standing=cast.standing(person), district=cast.district, new=new, on=TODAY)
    assert Round.objects.count() == 1


@pytest.mark.parametrize(
    "new",
    [
        NewRound(RoundKind.QUARTER, 5, YEAR, OPENS, DUE),
        NewRound(RoundKind.MONTH, 0, YEAR, OPENS, DUE),
        NewRound(RoundKind.MONTH, 10, YEAR, OPENS, OPENS - timedelta(1)),
        NewRound(RoundKind.MONTH, 10, YEAR, date(2022, 12, 31), DUE),
    ],
)
def test_an_impossible_round_is_refused(cast: Cast, new: NewRound) -> None:
    with pytest.raises(Refused):
        open_round(**of_office(cast), district=cast.district, new=new)
    assert not Round.objects.exists()


def test_an_extension_is_for_one_unit_with_its_reason_and_only_later(cast: Cast) -> None:
    round_ = opened(cast)
    late = DUE + timedelta(10)
    for due_on, reason in ((late, "  "), (DUE, "Bão"), (DUE - timedelta(1), "Bão")):
        with pytest.raises(Refused):
            extend(**of_office(cast), round=round_, unit=cast.ky_phu, due_on=due_on, reason=reason)
    extend(**of_office(cast), round=round_, unit=cast.ky_phu, due_on=late, reason="Bão số 4")
    day = DUE + timedelta(1)
    own, other = rounds_for(cast.ky_phu, day)[0], rounds_for(cast.ky_chau, day)[0]
    assert (own.due_on, own.days_late, own.days_left, own.words) == (late, 0, 9, "còn 9 ngày")
    assert (other.due_on, other.days_late, other.words) == (DUE, 1, "trễ 1 ngày")
    assert "Bão số 4" in HistoryEntry.objects.get(act="round.extend").sentence
    with pytest.raises(Refused, match="không thuộc"):
        extend(**of_office(cast), round=round_, unit=cast.next_commune, due_on=late, reason="Bão")


def test_a_reminder_reaches_the_officers_of_those_behind_once_a_day(cast: Cast) -> None:
    round_ = opened(cast)
    Notice.objects.all().delete()
    assert remind(**of_office(cast), round=round_, units=[cast.ky_phu]) == [cast.ky_phu]
    notice = Notice.objects.get()
    assert notice.person_id == cast.lan.pk and f"/ky-bao-cao/{round_.pk}/" in notice.url
    with pytest.raises(Refused, match="Hôm nay đã nhắc"):
        remind(**of_office(cast), round=round_, units=[cast.ky_phu])
    assert remind(**of_office(cast), round=round_, units=[cast.ky_phu, cast.ky_chau]) == [cast.ky_chau]


# ---------- closing and unlocking ----------


def close(cast: Cast, round_: Round, on: date = TODAY) -> RoundEvent:
    return close_round(by=cast.tuan, standing=cast.standing(cast.tuan), round=round_, on=on)


def unlock(cast: Cast, round_: Round) -> RoundEvent:
    return unlock_round(**of_office(cast), round=round_, reason="Xã bổ sung minh chứng.")


def test_a_snapshot_holds_whatever_is_changed_later(cast: Cast) -> None:
    stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, until=Stage.APPROVED)
    round_ = opened(cast)
    event = close(cast, round_)
    kept = snapshot_of(event, cast.ky_phu)
    assert kept is not None and kept.matches
    before = dict(kept.data)
    stated(cast, HEALTH_INSURANCE, "50", by=cast.lan, until=Stage.APPROVED, on=TODAY + timedelta(1))
    Unit.objects.filter(pk=cast.ky_phu.pk).update(name="Tên Mới")
    again = snapshot_of(event, cast.ky_phu)
    assert again is not None and again.data == before and again.matches
    found = [p for s in again.data["sets"] for c in s["criteria"] for i in c["indicators"] for p in i["parts"]]
    part = next(part for part in found if part["measure"] == HEALTH_INSURANCE)
    assert [f["fact"]["value"] for f in part["findings"]] == ["96.4"] * 3
    assert [f["fact"]["by"] for f in part["findings"]][0] == cast.lan.full_name
    assert part["bound"]["op"] == ">=" and part["bound"]["source"]
    assert Snapshot.objects.filter(event=event).count() == 3, "two communes and the district"
    unknown = again.data["sets"][0]["findings"][2]["unknown"]
    assert unknown and again.data["sets"][0]["findings"][2]["total"] >= unknown


def test_a_changed_snapshot_does_not_match_even_where_its_mark_was_changed_too(cast: Cast) -> None:
    event = close(cast, opened(cast))
    row = Snapshot.objects.get(event=event, unit=cast.ky_phu)
    data = {**row.data, "year": 1999}
    Snapshot.objects.filter(pk=row.pk).update(data=data)
    assert not snapshot_of(event, cast.ky_phu).matches  # type: ignore[union-attr]
    Snapshot.objects.filter(pk=row.pk).update(data=data, sha256=mark_of(data))
    assert not snapshot_of(event, cast.ky_phu).matches, "history remembers the mark"  # type: ignore[union-attr]
    Snapshot.objects.filter(pk=row.pk).update(data=row.data, sha256=row.sha256)
    assert snapshot_of(event, cast.ky_phu).matches, "positive control"  # type: ignore[union-attr]


def test_closing_again_adds_a_snapshot_and_unlocking_stays_visible(cast: Cast) -> None:
    round_ = opened(cast)
    first = close(cast, round_)
    with pytest.raises(Refused, match="đã chốt"):
        close(cast, round_)
    for reason in ("", "   "):
        with pytest.raises(Refused, match="lý do"):
            unlock_round(**of_office(cast), round=round_, reason=reason)
    unlock(cast, round_)
    with pytest.raises(Refused, match="chưa chốt"):
        unlock(cast, round_)
    stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan)
    second = close(cast, round_)
    kinds = list(RoundEvent.objects.filter(round=round_).values_list("kind", flat=True))
    assert kinds == ["close", "unlock", "close"]
    old, new = snapshot_of(first, cast.ky_phu), snapshot_of(second, cast.ky_phu)
    assert old is not None and new is not None and old.matches and new.matches
    assert old.snapshot.sha256 != new.snapshot.sha256
    assert "Xã bổ sung minh chứng." in HistoryEntry.objects.get(act="round.unlock").sentence
    assert history_break() is None


def test_a_closed_round_is_read_as_it_was_closed(cast: Cast) -> None:
    round_ = opened(cast)
    stated(cast, "xa.8.1", "Đạt", by=cast.lan)
    close(cast, round_)
    stated(cast, "xa.8.2", "Đạt", by=cast.lan)
    assert reported(round_, [cast.ky_phu], TODAY)[cast.ky_phu.pk].done == 1
    unlock(cast, round_)
    assert reported(round_, [cast.ky_phu], TODAY)[cast.ky_phu.pk].done == 2


def test_other_rounds_just_freeze_and_only_the_years_round_locks(cast: Cast) -> None:
    month, year = opened(cast), opened(cast, RoundKind.YEAR, 1, date(2023, 1, 1))
    close(cast, month)
    typed(cast, "xa.8.1", "Đạt", by=cast.lan)
    sent = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, until=Stage.VERIFIED)
    close(cast, year)
    for act in _acts_on_the_figures(cast, sent):
        with pytest.raises(Refused, match="Kỳ năm 2023 đã chốt"):
            act()
    unlock(cast, year)
    for act in _acts_on_the_figures(cast, sent):
        act()


def _acts_on_the_figures(cast: Cast, sent: Statement) -> list[Any]:
    """Every way to change a figure of the year, by somebody who otherwise may."""
    item = item_of(cast.ky_phu, leads_of(cast.district, TODAY).of(HEALTH_INSURANCE), sent)
    row = Measure.objects.get(code="xa.8.3")
    tuan = {"by": cast.tuan, "standing": cast.standing(cast.tuan), "on": TODAY}
    return [
        lambda: typed(cast, "xa.8.2", "Đạt", by=cast.lan),
        lambda: save_survey(**tuan, unit=cast.ky_phu, year=YEAR, rows=[SurveyRow("chung", 10, 9, 8)]),
        lambda: grant_exemption(
            **tuan, item=item, unit=cast.ky_phu, measure=row, year=YEAR, reason="Không có chợ", document="12/UBND"
        ),
        lambda: step(cast, sent, ActKind.APPROVE, by=cast.mai),
    ]


def test_the_provinces_result_comes_when_the_districts_year_is_closed(cast: Cast) -> None:
    year = opened(cast, RoundKind.YEAR, 1, date(2023, 1, 1))
    sent = stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, until=Stage.VERIFIED)
    close(cast, year)
    rules = working_rules(cast.district, YEAR)
    item = item_of(cast.ky_phu, leads_of(cast.district, TODAY).of(HEALTH_INSURANCE), sent, rules=rules)
    standing = cast.standing(cast.tuan)
    assert record_appraisal(
        by=cast.tuan, standing=standing, item=item, revision=sent, entry=Entry(Decimal("95")), on=TODAY
    ).value == "95"


def test_a_locked_year_leaves_nothing_of_a_refused_act(cast: Cast) -> None:
    year = opened(cast, RoundKind.YEAR, 1, date(2023, 1, 1))
    close(cast, year)
    entries = HistoryEntry.objects.count()
    with pytest.raises(Refused):
        typed(cast, "xa.8.2", "Đạt", by=cast.lan)
    with pytest.raises(Refused, match="đã chốt"):
        confirm(cast, year, ["xa.8.2"])
    assert not Statement.objects.exists() and HistoryEntry.objects.count() == entries


# ---------- how a district works ----------


def test_the_practice_of_a_district_is_set_by_its_office_and_remembered_once(cast: Cast) -> None:
    with pytest.raises(Refused):
        set_practice(**of_office(cast, cast.hung), district=cast.district, needs_sign_off=True)
    for _ in range(2):
        set_practice(**of_office(cast), district=cast.district, needs_sign_off=True)
    assert Practice.objects.get().needs_sign_off and HistoryEntry.objects.filter(act="practice.set").count() == 1
