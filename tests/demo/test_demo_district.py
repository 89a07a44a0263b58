"""What the demo district must show: every stage and verdict, tiers that differ by basis, and nothing that pretends."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.db.models import F

from accounts.models import Installation, Person
from accounts.queries import history_break
from accounts.roles import Role
from communes.models import (
    Act,
    Assessment,
    BaseFigure,
    Comment,
    CountTarget,
    Evidence,
    EvidenceFile,
    ExemptionGrant,
    Finding,
    Holding,
    Posting,
    Recognition,
    RequiredPaper,
    Round,
    RoundEvent,
    Snapshot,
    Statement,
    SurveyResult,
    Target,
    Unit,
)
from communes.policies import plays
from communes.queries.base_data import base_figures
from communes.queries.entry import item_of
from communes.queries.evidence import paper_states
from communes.queries.judged import Bench, UnitFinding, communes_of, recognised_under, set_up_bench
from communes.queries.people import leads_of, standing_of
from communes.queries.rounds import reported, rounds_for, year_lock
from communes.rules.rounds import RoundEventKind, RoundKind
from communes.rules.workflow import BULK_ACTS, MOVES, ActKind, Actor, Source, Stage, StatementKind
from criteria.models import LocalThreshold
from criteria.rules.vocabulary import Basis, CheckState, ExemptionKind, Tier, Verdict
from ntm_tracker.demo import build as building
from ntm_tracker.demo.build import Built
from ntm_tracker.demo.goals import RECOGNISED
from ntm_tracker.demo.law import ADVANCED, DISTRICT_SET, FAMILIES, MODEL, STANDARD
from ntm_tracker.demo.places import WORKING_DAY
from ntm_tracker.demo.scenario import PHU_GAP

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]


def district() -> Unit:
    return Unit.objects.get(code="447")


def bench(year: int = 2023, day: date = WORKING_DAY) -> Bench:
    return set_up_bench(district(), communes_of(district(), day), year, day)


def findings(basis: Basis, on: Bench) -> list[UnitFinding]:
    return [on.commune(unit, basis) for unit in on.communes]


def reaching(tier: Tier, found: list[UnitFinding]) -> int:
    """Cumulative: nâng cao includes kiểu mẫu."""
    return sum(1 for finding in found if finding.tier.stars >= tier.stars)


def verdicts(on: Bench) -> Iterator[Verdict]:
    for basis in Basis:
        for finding in findings(basis, on):
            for family in (STANDARD, ADVANCED):
                for criterion in finding.set(family).criteria:
                    yield from (indicator.verdict for indicator in criterion.indicators)


def test_the_installation_says_that_it_is_a_demo_and_which_day_it_works():
    installation = Installation.objects.get()
    assert (installation.is_demo, installation.working_day, installation.home_district) == (True, WORKING_DAY, "447")


def test_twenty_communes_with_their_official_codes():
    slugs = list(district().children.values_list("slug", flat=True))
    assert len(slugs) == 20 and slugs[0] == "ky-xuan" and {"ky-phu", "lam-hop"} <= set(slugs)
    phu = Unit.objects.get(slug="ky-phu")
    assert (phu.code, phu.population, phu.place().region) == ("18763", 8533, "bac_trung_bo")


def test_every_seat_has_an_account(demo: Built):
    names = {account.username for account in demo.accounts}
    assert {"quantri", "vanphong", "vanphong2", "lanhdao", "phong.gddt", "phong.bhxh", "xa.kyphu", "xa.lamhop",
            "doan.01", "doan.05"} <= names  # fmt: skip
    assert names == set(Person.objects.values_list("username", flat=True))
    assert set(Posting.objects.values_list("role", flat=True)) == {role.value for role in Role}
    assert not Posting.objects.filter(title="").exists()
    officers = Posting.objects.filter(role=Role.COMMUNE.value)
    assert officers.filter(signs_off=False).count() == 20 and officers.get(signs_off=True).unit.slug == "ky-phu"


def test_the_goals_of_the_plan():
    counts = {(row.year, row.tier): row.shown for row in CountTarget.objects.all()}
    assert counts[2022, "advanced"] == "4"
    assert counts[2023, "advanced"] == "8" and counts[2023, "model"] == "1 đến 2" and counts[2023, "standard"] == "20"
    assert Target.objects.filter(tier="advanced", year__lte=2023).count() == 8
    model = dict(Target.objects.filter(tier="model").values_list("unit__slug", "fields"))
    assert set(model) == {"ky-chau", "ky-phu", "ky-giang"} and model["ky-chau"] == ["chuyen_doi_so"]
    assert Target.objects.filter(unit=district(), year=2023, tier="standard").exists()


def test_thirteen_communes_meet_the_standard_as_approved_and_more_on_the_other_bases():
    today = bench()
    tiers = {basis: findings(basis, today) for basis in Basis}
    standard = [reaching(Tier.STANDARD, tiers[basis]) for basis in (Basis.APPROVED, Basis.VERIFIED, Basis.SELF)]
    advanced = [reaching(Tier.ADVANCED, tiers[basis]) for basis in (Basis.APPROVED, Basis.VERIFIED, Basis.SELF)]
    assert 13 <= standard[0] <= 14 and standard == sorted(set(standard))
    assert 6 <= advanced[0] <= 7 and advanced == sorted(set(advanced))
    assert reaching(Tier.MODEL, tiers[Basis.APPROVED]) == 1


def test_recognised_is_shown_apart_from_meeting():
    today = bench()
    recognised = [recognised_under(today.commune(unit, Basis.APPROVED), FAMILIES) for unit in today.communes]
    assert sum(tier.stars >= Tier.STANDARD.stars for tier in recognised) == 12
    assert 4 <= sum(tier.stars >= Tier.ADVANCED.stars for tier in recognised) <= 5
    phu = today.commune(Unit.objects.get(slug="ky-phu"), Basis.APPROVED)
    assert recognised_under(phu, FAMILIES) is Tier.STANDARD and phu.tier is Tier.NONE


@pytest.mark.parametrize(("year", "day"), [(2022, date(2022, 12, 30)), (2023, date(2023, 6, 30))])
def test_whoever_is_recognised_met_the_tier_as_approved_on_that_day(year: int, day: date):
    then = bench(year, day)
    for family, slugs in RECOGNISED[year].items():
        for slug in slugs:
            finding = then.commune(Unit.objects.get(slug=slug), Basis.APPROVED).set(family)
            assert finding.verdict is Verdict.MET, (slug, family)


def test_the_districts_question_of_the_year_is_open():
    found = {basis: bench().district_finding(basis).set(DISTRICT_SET) for basis in Basis}
    assert found[Basis.APPROVED].met_criteria == 6
    assert found[Basis.SELF].met_criteria > found[Basis.VERIFIED].met_criteria > 6
    gate = {c.condition.code: c for c in found[Basis.APPROVED].conditions}
    assert gate["all_communes_ntm"].shown == "12/20 xã được công nhận"
    assert gate["all_communes_ntm"].verdict is Verdict.NOT_MET
    assert gate["communes_nang_cao"].verdict is Verdict.MET
    assert gate["satisfaction_each_commune"].verdict is Verdict.NOT_MET


# The demo district does not ask for the chairman's signature, and loads nothing as approved.
BY_SIGNATURE = {ActKind.PROPOSE, ActKind.SEND_BACK, ActKind.RECALL}
NOT_IN_THE_DEMO = BY_SIGNATURE | BULK_ACTS


def test_every_stage_and_every_verdict_occurs():
    revisions = Statement.objects.filter(kind=StatementKind.REVISION.value)
    assert set(revisions.values_list("stage", flat=True)) == set(Stage) - {Stage.PROPOSED}
    assert set(Act.objects.values_list("kind", flat=True)) == set(ActKind) - NOT_IN_THE_DEMO
    assert set(Statement.objects.values_list("exemption", flat=True)) == {kind.value for kind in ExemptionKind}
    assert Counter(verdicts(bench())).keys() == set(Verdict)


def test_cells_have_several_revisions_and_reviewers_sometimes_see_it_otherwise():
    results = Statement.objects.exclude(kind=StatementKind.REVISION.value)
    for kind in (StatementKind.VERIFICATION, StatementKind.APPRAISAL):
        differing = results.filter(kind=kind.value).exclude(value=F("of__value"))
        assert 0 < differing.count() < results.filter(kind=kind.value).count() / 5
        assert results.filter(kind=kind.value, refused__isnull=False).exists()
    assert Statement.objects.filter(kind="revision").count() > 1.3 * Assessment.objects.count()


def test_what_was_sent_in_2022_ended_approved():
    current = Assessment.objects.filter(year=2022).values_list("current__stage", flat=True)
    assert set(current) == {Stage.APPROVED.value}


def test_the_persons_of_every_revision_are_three():
    result = Statement.objects.filter(kind=StatementKind.VERIFICATION.value)
    assert not result.filter(by=F("of__by")).exists()
    approvals = Act.objects.filter(kind=ActKind.APPROVE.value)
    assert approvals.exists()
    assert not approvals.filter(by=F("revision__by")).exists()
    assert not approvals.filter(revision__results__kind="verification", by=F("revision__results__by")).exists()


def test_everybody_held_the_seat_for_what_they_did():
    leads = leads_of(district(), WORKING_DAY)
    standings = {person.pk: standing_of(person, WORKING_DAY) for person in Person.objects.all()}
    units = {unit.pk: unit for unit in Unit.objects.select_related("parent")}
    seen = set()
    acts = Act.objects.exclude(kind=ActKind.APPRAISE.value)
    rows = acts.values_list("kind", "by", "assessment__unit", "assessment__measure__code").distinct()
    for kind, by, unit, measure in rows:
        item = item_of(units[unit], leads.of(measure))
        assert plays(standings[by], MOVES[ActKind(kind)].by, item), (kind, by, unit, measure)
        seen.add(kind)
    assert seen == set(MOVES) - BY_SIGNATURE
    revisions = Statement.objects.filter(kind="revision")
    typed = revisions.values_list("by", "assessment__unit", "assessment__measure__code", "source")
    for by, unit, measure, source in typed.distinct():
        filled_in = units[unit].is_commune and source != Source.COMMUNE
        actor = Actor.VERIFIER if filled_in else Actor.ASSESSOR
        assert plays(standings[by], actor, item_of(units[unit], leads.of(measure)))


def test_nothing_lies_after_the_working_day_and_history_holds():
    for model in (Statement, Act, SurveyResult, LocalThreshold, ExemptionGrant, BaseFigure, Evidence, Comment, Finding):
        assert not model._default_manager.filter(on__gt=WORKING_DAY).exists()
    assert not Holding.objects.filter(from_on__gt=WORKING_DAY).exists()
    assert not Recognition.objects.filter(decided_on__gt=WORKING_DAY).exists()
    assert history_break() is None


def test_identifiers_grow_with_the_working_days():
    for model in (Statement, Act):
        days = list(model.objects.order_by("pk").values_list("on", flat=True))
        assert days == sorted(days)


def test_no_threshold_pretends_to_be_checked():
    assert not LocalThreshold.objects.filter(is_illustrative=False).exists()
    assert not LocalThreshold.objects.exclude(document__startswith="Số liệu minh họa").exists()
    today = bench()
    phu = Unit.objects.get(slug="ky-phu")
    for family in (STANDARD, ADVANCED, MODEL):
        assert all(bound.check is not CheckState.CHECKED for bound in today.bounds(phu, family).values())


def test_one_indicator_is_left_without_a_number():
    today = bench()
    open_in = set()
    for unit in today.communes:
        for family in (STANDARD, ADVANCED):
            open_in |= {(family, item) for (item, _), b in today.bounds(unit, family).items() if b.value is None}
    assert open_in == {(ADVANCED, "3.3")}


def test_recognitions_that_are_invented_say_so():
    new = Recognition.objects.filter(family__in=FAMILIES)
    assert new.exists() and not new.filter(is_illustrative=False).exists()
    assert not new.exclude(decision__endswith="/QĐ-UBND (minh họa)").exists()
    old = Recognition.objects.exclude(family__in=FAMILIES)
    assert old.filter(tier="standard").count() == 20 and old.filter(tier="advanced").count() == 4
    assert set(old.filter(is_illustrative=False).values_list("decision", flat=True)) == {"218/QĐ-UBND", "283/QĐ-UBND"}
    assert set(old.filter(is_illustrative=True).values_list("decision", flat=True)) == {"Chưa rõ số"}


def test_ky_phu_lacks_one_indicator_to_the_standard_on_every_basis():
    today = bench()
    phu = Unit.objects.get(slug="ky-phu")
    for basis in Basis:
        found = today.commune(phu, basis).set(STANDARD)
        missing = [i for c in found.criteria for i in c.indicators if not i.verdict.counts_as_met]
        assert [i.indicator.code for i in missing] == ["4.2"]
        assert [p.part.measure.code for p in missing[0].parts] == [PHU_GAP]
        assert [c.condition.code for c in found.conditions if not c.verdict.counts_as_met] == ["all_criteria"]


def test_ky_phu_has_things_to_do():
    mine = Assessment.objects.filter(unit__slug="ky-phu", year=2023)
    stages = Counter(mine.values_list("current__stage", flat=True))
    assert stages["returned"] == 1 and stages["draft"] >= 2 and stages["withdrawn"] == 1 and stages["submitted"] >= 2
    act = Act.objects.get(revision=mine.get(measure__code="bhyt").current, kind="return")
    assert act.by.username == "phong.bhxh" and "thẻ đã hết hạn" in act.reason


def test_the_same_past_is_told_every_time():
    ground = building.Ground(
        district(),
        {unit.slug: unit for unit in communes_of(district(), WORKING_DAY)},
        {person.username: person for person in Person.objects.all()},
        {row.code: row for row in building.Department.objects.order_by("position")},
    )
    once, again = building._past(ground), building._past(ground)
    assert once == again
    assert len(once) > 10_000
    told = {(s.on, s.act.value if s.act else "", s.by.pk, s.unit.pk, s.measure.pk, s.year) for s in once if s.act}
    kept = Act.objects.values_list("on", "kind", "by", "assessment__unit", "assessment__measure", "assessment__year")
    assert told == set(kept)


def test_base_data_are_the_denominators_of_the_figures():
    phu = Unit.objects.get(slug="ky-phu")
    figures = base_figures([phu.pk], 2023, WORKING_DAY)[phu.pk]
    assert figures["households"] == 2370 and figures["population"] == 8533
    typed = Statement.objects.filter(assessment__measure__denominator="households", assessment__unit=phu)
    assert set(typed.exclude(denominator=None).values_list("denominator", flat=True)) == {figures["households"]}


def test_rounds_are_closed_open_extended_and_partly_reported():
    closed = {row.round.year for row in RoundEvent.objects.filter(kind=RoundEventKind.CLOSE.value)}
    assert closed == {2022, 2023} and Snapshot.objects.count() == 2 * 21
    assert year_lock("447", 2022) and not year_lock("447", 2023)
    last_year = Round.objects.get(kind=RoundKind.YEAR.value, year=2022)
    complete = [one.is_complete for one in reported(last_year, communes_of(district(), WORKING_DAY)).values()]
    assert 10 <= sum(complete) < 20
    october = Round.objects.get(kind=RoundKind.MONTH.value, year=2023)
    phu, lac = (Unit.objects.get(slug=slug) for slug in ("ky-phu", "ky-lac"))
    due = {unit.pk: next(r.due_on for r in rounds_for(unit, WORKING_DAY) if r.pk == october.pk) for unit in (phu, lac)}
    assert due[lac.pk] > due[phu.pk] == october.due_on
    state = reported(october, [phu], WORKING_DAY)[phu.pk]
    assert 0 < state.done < state.asked


def test_papers_lie_beside_figures_and_say_that_they_prove_nothing():
    files = EvidenceFile.objects.all()
    assert files.count() > 20 and all(default_storage.exists(file.stored.name) for file in files)
    assert RequiredPaper.objects.exists() and not RequiredPaper.objects.filter(is_illustrative=False).exists()
    phu = Unit.objects.get(slug="ky-phu")
    states = paper_states(phu, 2023, ["bhyt", "nuoc_sach_tap_trung"], WORKING_DAY)
    assert not states["bhyt"].is_lacking and len(states["nuoc_sach_tap_trung"].missing) == 2


def test_findings_are_open_late_done_and_closed():
    rows = Finding.objects.all()
    assert rows.filter(closed_on=None, done_on=None, due_on__lt=WORKING_DAY).exists()
    assert rows.filter(closed_on=None, done_on__isnull=False).exists() and rows.filter(closed_on__isnull=False).exists()
    assert Comment.objects.filter(answers__isnull=False).exists()
