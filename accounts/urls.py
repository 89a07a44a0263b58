"""Addresses of logging in and out, of the own account and its notices."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("dang-nhap/", views.LoginPage.as_view(), name="login"),
    path("dang-xuat/", views.log_out, name="logout"),
    path("tai-khoan/", views.account, name="account"),
    path("tai-khoan/bat-dau/", views.landing, name="landing"),
    path("tai-khoan/thong-bao/", views.notice_settings, name="notice-settings"),
    path("tai-khoan/mat-khau/", views.PasswordPage.as_view(), name="password-change"),
    path("thong-bao/", views.notices, name="notices"),
    path("thong-bao/<int:notice>/", views.notice, name="notice"),
]
