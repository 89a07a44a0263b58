"""Each view is a translator: read the address, ask one question, show the answer."""

from reports.views.boards import commune_list_page, indicator_page, matrix_page, overview_page
from reports.views.history import history_excel, history_list, history_paper
from reports.views.papers import (
    commune_excel,
    commune_paper,
    district_excel,
    district_paper,
    matrix_excel,
    matrix_paper,
)
from reports.views.personal_plan import personal_plan_calendar, personal_plan_page, personal_plan_paper
from reports.views.units import commune_detail, commune_why, district_detail, district_why
from reports.views.work import my_work_page

__all__ = [
    "commune_detail",
    "commune_excel",
    "commune_list_page",
    "commune_paper",
    "commune_why",
    "district_detail",
    "district_excel",
    "district_paper",
    "district_why",
    "history_excel",
    "history_list",
    "history_paper",
    "indicator_page",
    "matrix_excel",
    "matrix_page",
    "matrix_paper",
    "my_work_page",
    "overview_page",
    "personal_plan_calendar",
    "personal_plan_page",
    "personal_plan_paper",
]
