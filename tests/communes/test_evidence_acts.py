"""Papers beside figures: who attaches and takes away, what a decision binds to, what is asked for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from accounts.models import HistoryEntry
from accounts.queries import history_break
from communes.actions import evidence as acts
from communes.actions.asking_papers import ask_for_paper, stop_asking
from communes.actions.evidence import attach, bring_in, correct, detach, renew
from communes.actions.moving import Seen, StaleEvidence, move
from communes.models import Act, Assessment, Attachment, Evidence, EvidenceFile, Round, RoundEvent
from communes.policies import Refused
from communes.queries.documents import item_beside, resting_on
from communes.queries.evidence import paper_states, papers_beside, papers_of
from communes.rules.evidence import evidence_mark
from communes.rules.workflow import ActKind, Stage
from criteria.models import Measure
from tests.makers import TODAY, YEAR, Cast, make_cast, stated, step, typed
from tests.papers import Shelf, attached, beside, details, make_shelf, picture, upload

pytestmark = pytest.mark.django_db
BHYT = "bhyt"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shelf:
    return make_shelf(monkeypatch, tmp_path / "files")


def who(cast: Cast, person) -> dict[str, object]:
    return {"by": person, "standing": cast.standing(person), "on": TODAY}


def close_year(cast: Cast) -> None:
    row = Round.objects.create(
        district=cast.district,
        kind="year",
        number=1,
        year=YEAR,
        opens_on=TODAY,
        due_on=TODAY,
        by=cast.tuan,
        at="2023-10-15T08:00:00Z",
    )
    RoundEvent.objects.create(round=row, kind="close", by=cast.tuan, on=TODAY, at="2023-10-15T09:00:00Z")


# ---------- who ----------


def test_lan_attaches_before_anything_was_typed(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    assert row.assessment.current is None and not row.on_behalf and row.evidence.unit == cast.ky_phu
    entry = HistoryEntry.objects.latest("number")
    assert entry.act == "evidence.attach" and "đính kèm “Báo cáo BHYT” cho" in entry.sentence
    assert typed(cast, BHYT, "96,4", by=cast.lan).assessment == row.assessment, "the figure comes afterwards"
    assert history_break() is None


def test_hoa_adds_a_paper_on_the_communes_behalf_and_it_is_marked(cast: Cast, shelf: Shelf) -> None:
    stated(cast, BHYT, "96,4", by=cast.lan)
    row = attached(cast, BHYT, by=cast.hoa)
    assert row.on_behalf and row.evidence.unit == cast.district
    assert papers_of([row.assessment_id])[row.assessment_id][0].on_behalf
    entry = HistoryEntry.objects.latest("number")
    assert "thêm thay xã" in entry.sentence and entry.changes["on_behalf"] is True


@pytest.mark.parametrize("name", ["minh", "hung", "dung", "quan", "binh"])
def test_others_attach_nothing(name: str, cast: Cast, shelf: Shelf) -> None:
    with pytest.raises(Refused, match="đính kèm minh chứng"):
        attached(cast, BHYT, by=getattr(cast, name))
    assert shelf.names == [] and Evidence.objects.count() == 0


def test_a_department_adds_nothing_to_what_it_does_not_lead(cast: Cast, shelf: Shelf) -> None:
    with pytest.raises(Refused):
        attached(cast, "xa.17.1.a", by=cast.hoa)


def test_a_district_figure_takes_papers_of_whoever_leads_it(cast: Cast, shelf: Shelf) -> None:
    measure = next(code for code in ("huyen.1.1", "huyen.9.1") if Measure.objects.filter(code=code).exists())
    item, _ = item_beside(cast.district, measure, YEAR, TODAY)
    by = cast.tuan if item.is_led_by_office else None
    if by is not None:
        assert not attached(cast, measure, by=by, unit=cast.district).on_behalf
    with pytest.raises(Refused):
        attached(cast, measure, by=cast.lan, unit=cast.district)


def test_a_paper_is_taken_away_by_the_side_that_attached_it(cast: Cast, shelf: Shelf) -> None:
    own, added = attached(cast, BHYT, by=cast.lan), attached(cast, BHYT, by=cast.hoa, content=picture(9))
    for person, row in ((cast.hoa, own), (cast.lan, added)):
        with pytest.raises(Refused, match="Bên nào đính kèm"):
            detach(**who(cast, person), beside=beside(cast, BHYT), attachment=row.pk)
    for person, row in ((cast.lan, own), (cast.tuan, added)):
        detach(**who(cast, person), beside=beside(cast, BHYT), attachment=row.pk)
        row.refresh_from_db()
        assert row.removed_by == person and EvidenceFile.objects.filter(evidence=row.evidence).exists()
    assert Attachment.objects.count() == 2, "rows stay"


@pytest.mark.parametrize("stage", [Stage.VERIFIED, Stage.APPROVED])
def test_nothing_is_taken_from_under_a_decision(stage: Stage, cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    stated(cast, BHYT, "96,4", by=cast.lan, until=stage)
    with pytest.raises(Refused, match="bản số liệu mới"):
        detach(**who(cast, cast.lan), beside=beside(cast, BHYT), attachment=row.pk)
    with pytest.raises(Refused, match="văn bản mới"):
        renew(
            **who(cast, cast.lan),
            document=row.evidence,
            items=resting_on(row.evidence, TODAY),
            upload=upload(picture(1)),
        )
    if stage is Stage.APPROVED:
        typed(cast, BHYT, "97", by=cast.lan)
        detach(**who(cast, cast.lan), beside=beside(cast, BHYT), attachment=row.pk)
        assert Act.objects.get(kind=ActKind.APPROVE.value).evidence[0][0] == row.pk, "the approval still knows it"


def test_detaching_asks_the_stage_that_holds_not_the_one_of_the_page(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    old_page = beside(cast, BHYT)
    stated(cast, BHYT, "96,4", by=cast.lan, until=Stage.VERIFIED)
    with pytest.raises(Refused):
        detach(**who(cast, cast.lan), beside=old_page, attachment=row.pk)


def test_nothing_changes_in_a_closed_year(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    before = beside(cast, BHYT)
    close_year(cast)
    refusals = (
        lambda: attached(cast, BHYT, by=cast.lan, content=picture(1)),
        lambda: attached(cast, BHYT, by=cast.hoa, content=picture(2)),
        # Also where the page was opened before the year was closed.
        lambda: bring_in(**who(cast, cast.lan), beside=before, details=details(), upload=upload(picture(3))),
        lambda: detach(**who(cast, cast.lan), beside=before, attachment=row.pk),
        lambda: renew(
            **who(cast, cast.lan),
            document=row.evidence,
            items=resting_on(row.evidence, TODAY),
            upload=upload(picture(4)),
        ),
        lambda: correct(
            **who(cast, cast.lan), document=row.evidence, items=resting_on(row.evidence, TODAY), details=details("Khác")
        ),
    )
    for act in refusals:
        with pytest.raises(Refused, match="đã chốt"):
            act()
    assert Attachment.objects.filter(removed_at=None).count() == EvidenceFile.objects.count() == 1


def test_returned_work_may_get_its_papers_mended(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    revision = stated(cast, BHYT, "96,4", by=cast.lan)
    step(cast, revision, ActKind.RETURN, by=cast.hoa, reason="Thiếu dấu.")
    renew(
        **who(cast, cast.lan), document=row.evidence, items=resting_on(row.evidence, TODAY), upload=upload(picture(3))
    )
    step(cast, revision, ActKind.SUBMIT, by=cast.lan)


# ---------- what a decision binds to ----------


def decide(cast: Cast, revision, *, mark: str | None) -> None:
    item, _ = item_beside(cast.ky_phu, BHYT, YEAR, TODAY)
    result = revision.results.first()
    move(
        act=ActKind.APPROVE,
        by=cast.mai,
        standing=cast.standing(cast.mai),
        item=item,
        seen=Seen(revision.pk, result.pk, mark),
        on=TODAY,
    )


def test_an_approval_binds_to_the_papers_that_were_seen(cast: Cast, shelf: Shelf) -> None:
    attached(cast, BHYT, by=cast.lan)
    revision = stated(cast, BHYT, "96,4", by=cast.lan, until=Stage.VERIFIED)
    seen = evidence_mark(papers_beside([revision.assessment_id])[revision.assessment_id])
    assert paper_states(cast.ky_phu, YEAR, [BHYT], TODAY)[BHYT].mark == seen
    attached(cast, BHYT, by=cast.hoa, content=picture(7))
    with pytest.raises(StaleEvidence):
        decide(cast, revision, mark=seen)
    decide(cast, revision, mark=None)  # positive control: without the mark it goes through unseen
    assert Act.objects.filter(kind=ActKind.APPROVE.value).count() == 1


def test_a_new_scan_is_another_paper_to_a_decision(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    stated(cast, BHYT, "96,4", by=cast.lan)
    before = papers_beside([row.assessment_id])[row.assessment_id]
    renew(
        **who(cast, cast.lan), document=row.evidence, items=resting_on(row.evidence, TODAY), upload=upload(picture(5))
    )
    after = papers_beside([row.assessment_id])[row.assessment_id]
    assert before[0][0] == after[0][0] and evidence_mark(before) != evidence_mark(after)


# ---------- documents ----------


def test_one_document_supports_figures_of_several_communes(cast: Cast, shelf: Shelf) -> None:
    document = acts.bring_in_for_district(
        **who(cast, cast.tuan), district=cast.district, details=details("Thông báo của huyện"), upload=upload()
    )
    for unit in (cast.ky_phu, cast.ky_chau):
        row = attach(**who(cast, cast.tuan), beside=beside(cast, BHYT, unit=unit), document=document)
        assert row.on_behalf
    assert Attachment.objects.filter(evidence=document).count() == 2 and len(shelf.names) == 1
    with pytest.raises(Refused, match="đã đính kèm"):
        attach(**who(cast, cast.tuan), beside=beside(cast, BHYT), document=document)


def test_a_communes_document_stays_in_its_commune(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    with pytest.raises(Refused, match="của xã khác"):
        attach(**who(cast, cast.tuan), beside=beside(cast, BHYT, unit=cast.ky_chau), document=row.evidence)
    attach(**who(cast, cast.lan), beside=beside(cast, "xa.17.1.a"), document=row.evidence)


def test_a_new_file_keeps_the_old_bytes(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    old = row.evidence.files.get()
    renew(
        **who(cast, cast.lan), document=row.evidence, items=resting_on(row.evidence, TODAY), upload=upload(picture(1))
    )
    assert [file.sha256 for file in row.evidence.files.all()][1] == old.sha256
    with default_storage.open(old.stored.name) as kept:
        assert kept.read() == picture()
    with pytest.raises(Refused, match="giống hệt"):
        renew(
            **who(cast, cast.lan),
            document=row.evidence,
            items=resting_on(row.evidence, TODAY),
            upload=upload(picture(1)),
        )


def test_corrections_are_remembered_with_before_and_after(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan, number="12/BC")
    items = resting_on(row.evidence, TODAY)
    correct(**who(cast, cast.lan), document=row.evidence, items=items, details=details(number="21/BC"))
    entry = HistoryEntry.objects.latest("number")
    assert entry.act == "evidence.correct" and entry.changes["fields"] == {"number": ["12/BC", "21/BC"]}
    with pytest.raises(Refused):
        correct(**who(cast, cast.hoa), document=row.evidence, items=items, details=details("Khác"))
    for other in (cast.minh, cast.binh):
        with pytest.raises(Refused):
            correct(**who(cast, other), document=row.evidence, items=items, details=details("Khác"))


def test_the_same_file_twice_beside_one_figure_is_refused(cast: Cast, shelf: Shelf) -> None:
    attached(cast, BHYT, by=cast.lan)
    with pytest.raises(Refused, match="đã đính kèm mục này"):
        attached(cast, BHYT, by=cast.lan, title="Lần nữa")


# ---------- asked for ----------


def test_what_is_asked_for_and_missing(cast: Cast, shelf: Shelf) -> None:
    row = ask_for_paper(
        **who(cast, cast.hoa),
        district=cast.district,
        measure=Measure.objects.get(code=BHYT),
        lead="bhxh",
        name="Danh sách tham gia BHYT",
    )
    state = paper_states(cast.ky_phu, YEAR, [BHYT, "xa.17.1.a"], TODAY)
    assert state[BHYT].missing == ("Danh sách tham gia BHYT",) and state[BHYT].is_lacking
    assert state["xa.17.1.a"].missing == () and state["xa.17.1.a"].is_lacking, "nothing at all is there"
    attached(cast, BHYT, by=cast.lan)
    assert paper_states(cast.ky_phu, YEAR, [BHYT], TODAY)[BHYT].is_lacking, "another paper does not answer it"
    attached(cast, BHYT, by=cast.lan, content=picture(1), required=row.pk, valid_until=TODAY - timedelta(days=1))
    state = paper_states(cast.ky_phu, YEAR, [BHYT], TODAY)
    assert not state[BHYT].is_lacking and state[BHYT].count == 2 and state[BHYT].expired == ("Báo cáo BHYT",)
    stop_asking(by=cast.tuan, standing=cast.standing(cast.tuan), paper=row, lead="bhxh", on=TODAY)
    with pytest.raises(Refused, match="vừa thay đổi"):
        attached(cast, BHYT, by=cast.lan, content=picture(2), required=row.pk)


def test_a_department_asks_for_papers_of_its_own_measures_only(cast: Cast) -> None:
    measure = Measure.objects.get(code="xa.17.1.a")
    for person in (cast.hoa, cast.lan, cast.hung):
        with pytest.raises(Refused):
            ask_for_paper(**who(cast, person), district=cast.district, measure=measure, lead="tnmt", name="X")
    ask_for_paper(**who(cast, cast.tuan), district=cast.district, measure=measure, lead="tnmt", name="X")
    with pytest.raises(Refused, match="đã có"):
        ask_for_paper(**who(cast, cast.tuan), district=cast.district, measure=measure, lead="tnmt", name=" X ")


def test_states_of_many_measures_cost_the_same(cast: Cast, shelf: Shelf, django_assert_num_queries) -> None:
    for shade, code in enumerate((BHYT, "xa.17.1.a", "xa.8.1")):
        attached(cast, code, by=cast.lan, content=picture(shade))
    with django_assert_num_queries(3):
        paper_states(cast.ky_phu, YEAR, [BHYT, "xa.17.1.a", "xa.8.1"], TODAY, seen_by=cast.standing(cast.hoa))
    pks = list(Assessment.objects.values_list("pk", flat=True))
    with django_assert_num_queries(2):
        assert len(papers_of(pks)) == 3
