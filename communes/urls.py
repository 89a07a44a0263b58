"""Addresses of the working screens (product.md section 4); `<code>` is a unit's official code or its slug."""

from django.urls import path

from communes.views import cells, queues, sheets, surveys

app_name = "communes"
SHEET = "<slug:family>/<int:year>/"
OF_COMMUNE = "xa/<str:code>/danh-gia/"
OF_DISTRICT = "huyen/danh-gia/"
urlpatterns = [
    path(OF_COMMUNE, sheets.sheet_home, name="sheet-home"),
    path(OF_COMMUNE + SHEET, sheets.sheet, name="sheet"),
    path(OF_COMMUNE + SHEET + "o/<str:measure>/", cells.cell, name="cell"),
    path(OF_COMMUNE + SHEET + "gui/", sheets.submit, name="submit"),
    path(OF_COMMUNE + SHEET + "khong-ap-dung/<str:measure>/", cells.exemption, name="exemption"),
    path("xa/<str:code>/khao-sat/<int:year>/", surveys.survey, name="survey"),
    path(OF_DISTRICT, sheets.district_sheet_home, name="district-sheet-home"),
    path(OF_DISTRICT + SHEET, sheets.district_sheet, name="district-sheet"),
    path(OF_DISTRICT + SHEET + "o/<str:measure>/", cells.district_cell, name="district-cell"),
    path(OF_DISTRICT + SHEET + "gui/", sheets.district_submit, name="district-submit"),
    path("tham-tra/", queues.verification_queue, name="verification-queue"),
    path("tham-tra/<int:revision>/", queues.verify, name="verify"),
    path("duyet/", queues.approval_queue, name="approval-queue"),
    path("duyet/<int:revision>/", queues.approve, name="approve"),
    path("tham-dinh/<int:revision>/", sheets.appraise, name="appraise"),
]
