"""Where the work goes on after an import: the sheet with its drafts, several sheets with their counts, the refusals."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from communes.imports.kinds import check_batch
from communes.models import ImportBatch
from communes.queries.people import standing_of
from communes.rules.entry_columns import Column
from tests.communes.importing import apply, brought, fetch, filled, undo
from tests.communes.lists import TARGETS, book_of
from tests.makers import HEALTH_INSURANCE, TODAY, XA, YEAR, Cast, make_cast, signed_in, stated

pytestmark = pytest.mark.django_db
VALUE = Column.VALUE
FIGURES = {HEALTH_INSURANCE: {VALUE: 96}, "xa.1.1": {VALUE: "Đạt"}, "xa.2.2": {VALUE: "sai"}}
SHEET = f"/xa/ky-phu/danh-gia/{XA}/{YEAR}/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def result(client: Client, batch: ImportBatch) -> Any:
    return client.get(reverse("communes:import-batch", kwargs={"batch": batch.pk}))


def imported(client: Client, *, both: bool = False) -> ImportBatch:
    """Figures of Kỳ Phú, and where `both` of Kỳ Châu too, brought and written."""
    content = filled(fetch(client), FIGURES)
    if both:
        content = filled(content, {HEALTH_INSURANCE: {VALUE: 95}}, unit="18790")
    batch = brought(client, content)
    assert apply(client, batch).status_code == 302
    return batch


def test_the_commune_is_led_to_its_drafts_and_keeps_the_list_of_refusals(cast: Cast) -> None:
    client = signed_in(cast.lan)
    batch = imported(client)
    page = result(client, batch)
    link = page.context["sheets"].only
    assert (link.label, link.url) == ("Mở phiếu: 2 mục nháp chưa gửi", f"{SHEET}?loc=nhap")
    said = page.content.decode()
    assert f'href="{SHEET}?loc=nhap"' in said and "Danh sách 1 dòng bị từ chối" in said
    sheet = client.get(link.url)
    assert sheet.status_code == 200
    refusals = client.get(reverse("communes:import-refusals", kwargs={"batch": batch.pk}))
    rows = list(load_workbook(BytesIO(refusals.getvalue())).active.iter_rows(min_row=5, values_only=True))
    assert [row[4] for row in rows] == ["sai"]


def test_the_list_of_refusals_stays_what_was_refused(cast: Cast) -> None:
    """Checked again, the rows that were written would be refused now: the commune has taken them up since."""
    office = signed_in(cast.tuan)
    batch = imported(office)
    stated(cast, HEALTH_INSURANCE, "97", by=cast.lan)
    batch.refresh_from_db()
    assert len(check_batch(batch, standing_of(cast.tuan, TODAY), TODAY).refusals) > 1
    refusals = office.get(reverse("communes:import-refusals", kwargs={"batch": batch.pk}))
    rows = list(load_workbook(BytesIO(refusals.getvalue())).active.iter_rows(min_row=5, values_only=True))
    assert [row[4] for row in rows] == ["sai"]


def test_the_lead_is_led_to_every_sheet_with_what_waits_for_its_commune(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    page = result(client, imported(client, both=True))
    sheets = page.context["sheets"]
    assert sheets.only is None and sheets.heads == ["Chờ xã nhận"]
    assert [(one.left.unit, one.left.waiting, one.url) for one in sheets.links] == [
        (cast.ky_phu, 2, SHEET), (cast.ky_chau, 1, SHEET.replace("ky-phu", "ky-chau")),
    ]  # fmt: skip
    assert "Việc tiếp theo: 2 phiếu đánh giá" in page.content.decode()
    assert "cán bộ xã đã được báo" in page.content.decode()


def test_what_was_taken_back_leads_nowhere(cast: Cast) -> None:
    client = signed_in(cast.lan)
    batch = imported(client)
    undo(client, batch)
    assert "Mở phiếu" not in result(client, batch).content.decode()


def test_an_initial_load_leads_to_the_sheet_and_a_list_to_none(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    content = filled(fetch(client), {HEALTH_INSURANCE: {VALUE: 96}})
    batch = brought(client, content, **{"lan-dau": "on", "ly-do": "Số liệu đã thẩm định"})
    apply(client, batch)
    assert result(client, batch).context["sheets"].only.label == "Mở phiếu đánh giá"
    listed = brought(client, book_of(TARGETS, {"unit": "Kỳ Châu", "year": 2024, "tier": "nâng cao"}))
    apply(client, listed)
    page = result(client, listed)
    assert "Đã ghi danh mục từ tệp" in page.content.decode() and not page.context["sheets"].links


def test_the_result_asks_the_same_however_many_sheets(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    one, two = imported(client), imported(client, both=True)
    asked = []
    for batch in (one, one, two):
        with CaptureQueriesContext(connection) as queries:
            result(client, batch)
        asked.append(len(queries))
    assert asked[1] == asked[2], asked
