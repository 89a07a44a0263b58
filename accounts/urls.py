"""Addresses of logging in and out and of the own account."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("dang-nhap/", views.LoginPage.as_view(), name="login"),
    path("dang-xuat/", views.log_out, name="logout"),
    path("tai-khoan/", views.account, name="account"),
    path("tai-khoan/bat-dau/", views.landing, name="landing"),
    path("tai-khoan/mat-khau/", views.PasswordPage.as_view(), name="password-change"),
]
