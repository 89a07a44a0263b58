"""Addresses of what leaders read (product.md section 4)."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.overview_page, name="overview"),
    path("ma-tran/", views.matrix_page, name="matrix"),
    path("ma-tran/excel/", views.matrix_excel, name="matrix-excel"),
    path("ma-tran/pdf/", views.matrix_paper, name="matrix-pdf"),
    path("xa/", views.commune_list_page, name="commune-list"),
    path("xa/<str:code>/", views.commune_detail, name="commune"),
    path("xa/<str:code>/excel/", views.commune_excel, name="commune-excel"),
    path("xa/<str:code>/pdf/", views.commune_paper, name="commune-pdf"),
    path("xa/<str:code>/vi-sao/<slug:family>/<str:item>/", views.commune_why, name="commune-why"),
    path("huyen/", views.district_detail, name="district"),
    path("huyen/excel/", views.district_excel, name="district-excel"),
    path("huyen/pdf/", views.district_paper, name="district-pdf"),
    path("huyen/vi-sao/<slug:family>/<str:item>/", views.district_why, name="district-why"),
    path("viec-cua-toi/", views.my_work_page, name="my-work"),
    path("viec-cua-toi/ke-hoach/", views.personal_plan_page, name="personal-plan"),
    path("viec-cua-toi/ke-hoach/pdf/", views.personal_plan_paper, name="personal-plan-pdf"),
    path("viec-cua-toi/ke-hoach/lich/", views.personal_plan_calendar, name="personal-plan-calendar"),
    path("nhat-ky/", views.history_list, name="history"),
    path("nhat-ky/excel/", views.history_excel, name="history-excel"),
    path("nhat-ky/pdf/", views.history_paper, name="history-pdf"),
    path("tieu-chi/<slug:family>/<str:code>/", views.indicator_page, name="indicator"),
]
