"""From the file to the figures and back: preview, one transaction, undo as one act, who sees what."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model

from accounts.models import HistoryEntry
from accounts.queries import history_break
from accounts.roles import Role
from communes.actions import importing
from communes.models import Act, Assessment, Holding, ImportBatch, Posting, Practice, Round, RoundEvent, Statement
from communes.rules.entry_columns import Column
from communes.rules.importing import ImportStage
from communes.rules.workflow import ActKind, Stage
from criteria.models import Measure
from tests.communes.importing import apply, bring, brought, fetch, filled, preview, undo
from tests.makers import (
    HEALTH_INSURANCE,
    TODAY,
    XA,
    YEAR,
    Cast,
    assign,
    make_cast,
    post,
    signed_in,
    stated,
    step,
    typed,
)

pytestmark = pytest.mark.django_db
VALUE = Column.VALUE
FIGURES = {HEALTH_INSURANCE: {VALUE: 96}, "xa.1.1": {VALUE: "Đạt"}, "xa.2.1": {VALUE: 88.5}}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def current(measure: str) -> Statement | None:
    return Assessment.objects.get(measure__code=measure).current


def everything() -> list[list[Any]]:
    """All rows that an import may touch, as they are."""
    tables: tuple[type[Model], ...] = (Assessment, Statement, Act, Holding, HistoryEntry, ImportBatch)
    return [list(table._default_manager.order_by("pk").values()) for table in tables]


def test_an_import_is_one_entry_of_history_and_a_revision_for_each_cell(cast: Cast) -> None:
    client = signed_in(cast.lan)
    before = HistoryEntry.objects.count()
    batch = brought(client, filled(fetch(client), FIGURES))
    apply(client, batch)
    assert Statement.objects.filter(batch=batch).count() == 3
    entry = HistoryEntry.objects.latest("number")
    assert HistoryEntry.objects.count() == before + 1 and history_break() is None
    assert "nhập 3 số liệu năm 2023 từ tệp" in entry.sentence and "96" not in entry.sentence
    batch.refresh_from_db()
    assert (batch.stage, batch.applied_by) == (ImportStage.APPLIED.value, cast.lan)
    assert client.get(f"/nhap-excel/{batch.pk}/").status_code == 200


def test_only_the_clean_rows_or_all_or_nothing(cast: Cast) -> None:
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), {**FIGURES, "xa.2.2": {VALUE: "sai"}}))
    refused = apply(client, batch, how="tat-ca")
    assert refused.status_code == 422 and not Statement.objects.exists()
    assert apply(client, batch, how="sach").status_code == 302
    assert Statement.objects.count() == 3


def test_what_changed_between_preview_and_writing_is_shown_again(cast: Cast) -> None:
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    seen = preview(client, batch).found.fingerprint
    typed(cast, HEALTH_INSURANCE, "97", by=cast.lan)
    answer = apply(client, batch, seen=seen)
    assert answer.status_code == 409
    fresh = [row for row in answer.context["preview"].found.rows if row.is_fresh]
    assert [row.title.split(" · ")[1][:4] for row in fresh] == ["15.1"]
    assert "vừa thay đổi" in answer.content.decode()
    assert Statement.objects.count() == 1, "nothing was written"
    assert apply(client, batch).status_code == 302, "seen again, and written"
    assert Statement.objects.count() == 3


def test_a_cell_that_moves_on_after_the_last_check_stops_the_whole_import(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    seen = preview(client, batch).found.fingerprint
    lock = importing.lock_cells

    def meanwhile(saves: Any, year: int) -> Any:
        Assessment.objects.filter(measure__code="xa.1.1").update(version=5)
        Assessment.objects.get_or_create(
            unit=cast.ky_phu, measure=Measure.objects.get(code="xa.1.1"), year=YEAR, defaults={"version": 5}
        )
        return lock(saves, year)

    monkeypatch.setattr(importing, "lock_cells", meanwhile)
    assert apply(client, batch, seen=seen).status_code == 409
    assert not Statement.objects.exists()
    assert ImportBatch.objects.get().stage == ImportStage.CHECKED.value


def test_without_the_version_the_import_would_overwrite_what_it_never_saw(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control of the two tests above."""
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    seen = preview(client, batch).found.fingerprint
    typed(cast, HEALTH_INSURANCE, "97", by=cast.lan)
    monkeypatch.setattr("communes.imports.entries.mark_of", lambda *said: b"12345")
    monkeypatch.setattr("communes.rules.importing.Found.fingerprint", property(lambda self: seen))
    lock = importing.lock_cells
    monkeypatch.setattr(importing, "lock_cells", lambda saves, year: lock(
        [save._replace(version=Assessment.objects.filter(unit=save.unit, measure=save.measure).values_list(
            "version", flat=True).first() or 0, revision=getattr(Assessment.objects.filter(
                unit=save.unit, measure=save.measure).first(), "current_id", None)) for save in saves], year))
    monkeypatch.setattr("communes.imports.entries._why_not", lambda *told: None)
    apply(client, batch, seen=seen)
    assert current(HEALTH_INSURANCE).value == "96", "the 97 that somebody typed meanwhile is lost"


def test_writing_twice_writes_once(cast: Cast) -> None:
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    seen = preview(client, batch).found.fingerprint
    apply(client, batch, seen=seen)
    apply(client, batch, seen=seen)
    assert Statement.objects.count() == 3


def test_undoing_brings_back_what_stood_before(cast: Cast) -> None:
    typed(cast, HEALTH_INSURANCE, "90", by=cast.lan)
    sent = stated(cast, "xa.1.1", "Chưa đạt", by=cast.lan)
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    apply(client, batch)
    assert current(HEALTH_INSURANCE).value == "96"
    undo(client, batch)
    draft = current(HEALTH_INSURANCE)
    assert (draft.value, draft.stage) == ("90", Stage.DRAFT.value)
    assert current("xa.1.1") == sent and current("xa.1.1").stage == Stage.SUBMITTED.value
    assert current("xa.2.1") is None
    assert Statement.objects.filter(batch=batch, stage=Stage.REPLACED.value).count() == 3, "nothing is deleted"
    assert history_break() is None
    step(cast, draft, ActKind.SUBMIT, by=cast.lan)
    assert client.get(f"/xa/ky-phu/danh-gia/{XA}/{YEAR}/").status_code == 200


def test_undoing_leaves_what_was_changed_or_sent_since_and_lists_it(cast: Cast) -> None:
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    apply(client, batch)
    typed(cast, HEALTH_INSURANCE, "97", by=cast.lan)
    step(cast, current("xa.1.1"), ActKind.SUBMIT, by=cast.lan)
    undo(client, batch)
    assert current(HEALTH_INSURANCE).value == "97"
    assert current("xa.1.1").stage == Stage.SUBMITTED.value
    assert current("xa.2.1") is None
    page = client.get(f"/nhap-excel/{batch.pk}/").content.decode()
    assert "2 mục giữ nguyên" in page


def test_imports_may_be_undone_in_any_order(cast: Cast) -> None:
    client = signed_in(cast.lan)
    first = brought(client, filled(fetch(client), {HEALTH_INSURANCE: {VALUE: 91}}))
    apply(client, first)
    second = brought(client, filled(fetch(client), {HEALTH_INSURANCE: {VALUE: 92}}))
    apply(client, second)
    undo(client, second)
    assert current(HEALTH_INSURANCE).value == "91"
    third = brought(client, filled(fetch(client), {HEALTH_INSURANCE: {VALUE: 93}}))
    apply(client, third)
    undo(client, third)
    assert current(HEALTH_INSURANCE).value == "91", "not the draft of the import undone before"
    undo(client, first)
    assert current(HEALTH_INSURANCE) is None


def test_a_signature_asked_for_and_undone_import_stands_at_the_chairman_again(cast: Cast) -> None:
    Practice.objects.create(district=cast.district, needs_sign_off=True)
    draft = typed(cast, HEALTH_INSURANCE, "90", by=cast.lan)
    Statement.objects.filter(pk=draft.pk).update(stage=Stage.PROPOSED.value)
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), {HEALTH_INSURANCE: {VALUE: 96}}))
    apply(client, batch)
    undo(client, batch)
    assert (current(HEALTH_INSURANCE).pk, current(HEALTH_INSURANCE).stage) == (draft.pk, Stage.PROPOSED.value)


def test_what_the_commune_accepted_stays_when_the_department_takes_its_import_back(cast: Cast) -> None:
    client = signed_in(cast.hoa)
    batch = brought(client, filled(fetch(client), {HEALTH_INSURANCE: {VALUE: 93}}))
    apply(client, batch)
    step(cast, current(HEALTH_INSURANCE), ActKind.ACCEPT, by=cast.lan)
    undo(client, batch)
    assert (current(HEALTH_INSURANCE).value, current(HEALTH_INSURANCE).stage) == ("93", Stage.DRAFT.value)


def test_undoing_twice_undoes_once(cast: Cast) -> None:
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    apply(client, batch)
    undo(client, batch)
    before = everything()
    undo(client, batch)
    assert everything() == before


def test_a_file_that_was_put_aside_is_not_written(cast: Cast) -> None:
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    seen = preview(client, batch).found.fingerprint
    client.post(f"/nhap-excel/{batch.pk}/bo/")
    apply(client, batch, seen=seen)
    assert not Statement.objects.exists()


def test_a_locked_year_takes_nothing(cast: Cast) -> None:
    client = signed_in(cast.lan)
    content = filled(fetch(client), FIGURES)
    batch = brought(client, content)
    seen = preview(client, batch).found.fingerprint
    closed = Round.objects.create(
        district=cast.district, year=YEAR, kind="year", number=1, opens_on=TODAY, due_on=TODAY, by=cast.tuan,
        at="2023-10-15T00:00Z",
    )  # fmt: skip
    RoundEvent.objects.create(round=closed, kind="close", by=cast.tuan, on=TODAY, at="2023-10-15T00:00Z")
    assert apply(client, batch, seen=seen).status_code == 409
    assert {"chốt" in row.problems[0].reason for row in preview(client, batch).found.rows} == {True}
    assert not Statement.objects.exists()


def test_an_import_shows_what_was_never_sent_and_is_seen_by_who_brought_it(cast: Cast) -> None:
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    neighbour = post(cast.dung, Role.COMMUNE, cast.ky_phu).person
    pages = [f"/nhap-excel/{batch.pk}/", f"/nhap-excel/{batch.pk}/tep/", f"/nhap-excel/{batch.pk}/tu-choi.xlsx"]
    others = ((cast.tuan, 404), (cast.hoa, 404), (cast.minh, 404), (cast.binh, 404), (neighbour, 404))
    for person, status in ((cast.lan, 200), *others):
        for page in pages:
            answer = signed_in(person).get(page)
            b"".join(answer)  # read to its end, which closes the file
            assert answer.status_code == status, (person, page)
    for act in ("ghi", "hoan-tac", "bo"):
        for person in (cast.minh, cast.tuan):
            assert signed_in(person).post(f"/nhap-excel/{batch.pk}/{act}/").status_code == 404
    assert batch.name not in signed_in(cast.tuan).get("/nhap-excel/").content.decode()


def test_who_left_the_desk_neither_sees_nor_takes_back_what_was_brought_from_it(cast: Cast) -> None:
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    apply(client, batch)
    Posting.objects.filter(person=cast.lan).update(to_on=TODAY)
    post(cast.lan, Role.COMMUNE, cast.ky_chau)
    assert client.get(f"/nhap-excel/{batch.pk}/").status_code == 404
    assert client.post(f"/nhap-excel/{batch.pk}/hoan-tac/").status_code == 404
    assert current(HEALTH_INSURANCE).stage == Stage.DRAFT.value


def test_what_the_office_brought_the_whole_office_sees(cast: Cast) -> None:
    batch = brought(signed_in(cast.tuan), filled(fetch(signed_in(cast.tuan)), FIGURES))
    assert signed_in(cast.mai).get(f"/nhap-excel/{batch.pk}/").status_code == 200
    apply(signed_in(cast.mai), batch)
    assert {row.stage for row in Statement.objects.all()} == {Stage.PREFILLED.value}


def test_the_file_is_kept_as_it_was_brought(cast: Cast) -> None:
    client = signed_in(cast.lan)
    content = filled(fetch(client), FIGURES)
    batch = brought(client, content)
    response = client.get(f"/nhap-excel/{batch.pk}/tep/")
    assert b"".join(response) == content
    assert response["X-Content-Type-Options"] == "nosniff" and "attachment" in response["Content-Disposition"]


# --- initial load ---------------------------------------------------------------------------------


LOAD = {"lan-dau": "on", "ly-do": "Số liệu đã thẩm định năm 2022"}


def test_an_initial_load_stands_on_every_basis_at_once(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    batch = brought(client, filled(fetch(client), FIGURES), **LOAD)
    apply(client, batch)
    assert Holding.objects.filter(until_on=None).count() == 9
    assert {row.stage for row in Statement.objects.filter(kind="revision")} == {Stage.APPROVED.value}
    assert {act.reason for act in Act.objects.all()} == {LOAD["ly-do"]}
    assert "nạp lần đầu, coi như đã duyệt 3 số liệu" in HistoryEntry.objects.latest("number").sentence
    assert "88,5" in client.get("/xa/ky-phu/").content.decode()


def test_undoing_an_initial_load_leaves_no_figure_on_any_basis(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    batch = brought(client, filled(fetch(client), FIGURES), **LOAD)
    apply(client, batch)
    typed(cast, HEALTH_INSURANCE, "97", by=cast.lan)
    undo(client, batch)
    assert Holding.objects.filter(until_on=None).count() == 3, "the cell that goes on keeps its figure"
    assert Act.objects.filter(kind=ActKind.UNLOAD.value).count() == 2
    again = brought(client, filled(fetch(client), {"xa.2.1": {VALUE: 70}}), **LOAD)
    apply(client, again)
    assert Holding.objects.filter(until_on=None, statement__value="70").count() == 3


def test_an_initial_load_never_joins_what_the_workflow_has_seen(cast: Cast) -> None:
    stated(cast, HEALTH_INSURANCE, "90", by=cast.lan)
    typed(cast, "xa.1.1", "Chưa đạt", by=cast.lan)
    client = signed_in(cast.tuan)
    shown = preview(client, brought(client, filled(fetch(client), FIGURES), **LOAD))
    assert shown.clean == 1
    reasons = sorted(row.problems[0].reason for row in shown.found.refused)
    assert "đã được gửi" in reasons[0] and "đang soạn" in reasons[1]


def test_an_initial_load_is_the_offices_and_has_its_reason(cast: Cast) -> None:
    content = filled(fetch(signed_in(cast.lan)), FIGURES)
    assert bring(signed_in(cast.lan), content, **LOAD).status_code == 422
    without = bring(signed_in(cast.tuan), content, **{**LOAD, "ly-do": " "})
    assert without.status_code == 422 and "lý do" in without.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_lead_verifies_what_was_imported_like_any_draft(cast: Cast) -> None:
    assign(district=cast.district, measure=HEALTH_INSURANCE, lead=cast.departments["bhxh"])
    client = signed_in(cast.lan)
    apply(client, brought(client, filled(fetch(client), {HEALTH_INSURANCE: {VALUE: 96}})))
    row = current(HEALTH_INSURANCE)
    step(cast, row, ActKind.SUBMIT, by=cast.lan)
    step(cast, row, ActKind.VERIFY, by=cast.hoa)
    assert current(HEALTH_INSURANCE).stage == Stage.VERIFIED.value
