"""Logging in, changing one's password, choosing one's notices: sentences that tell what to do and never whether a
name exists."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm

from accounts.actions import change_password
from accounts.models import Person
from accounts.rules import NoticeKind


class LoginForm(AuthenticationForm):
    """One sentence for a wrong name, a wrong password and an account no longer used."""

    error_messages = {
        "invalid_login": "Tên đăng nhập hoặc mật khẩu chưa đúng.",
        "inactive": "Tên đăng nhập hoặc mật khẩu chưa đúng.",
    }

    def clean(self) -> dict[str, Any]:
        """A name longer than any is wrong before anything is asked: PostgreSQL would fail to keep it as an attempt."""
        if len(self.cleaned_data.get("username") or "") > Person._meta.get_field("username").max_length:
            raise self.get_invalid_login_error()
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class NewPasswordForm(PasswordChangeForm):
    """The old password, then the new one twice. `on` is the working day, for the history."""

    error_messages = {
        "password_mismatch": "Hai lần gõ mật khẩu mới chưa giống nhau.",
        "password_incorrect": "Mật khẩu đang dùng chưa đúng.",
    }

    def __init__(self, user: Person, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self._on = on
        labels = {
            "old_password": "Mật khẩu đang dùng",
            "new_password1": "Mật khẩu mới",
            "new_password2": "Gõ lại mật khẩu mới",
        }
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["new_password2"].help_text = ""

    def clean_new_password2(self) -> str:
        new = str(self.cleaned_data.get("new_password2") or "")
        if new and new == self.cleaned_data.get("old_password"):
            raise forms.ValidationError("Mật khẩu mới phải khác mật khẩu đang dùng.")
        return new

    def save(self, commit: bool = True) -> Person:
        return change_password(person=self.user, password=self.cleaned_data["new_password1"], on=self._on)


class NoticeForm(forms.Form):
    """The daily mail, its address, and the kinds to be told of (what is not ticked is left out of bell and mail)."""

    wants_digest = forms.BooleanField(label="Nhận một thư tổng hợp mỗi ngày làm việc", required=False)
    email = forms.EmailField(
        label="Địa chỉ thư điện tử", required=False, max_length=254,
        error_messages={
            "invalid": "Địa chỉ thư chưa đúng; cần có dạng ten@noi-dung-thu.vn.",
            "max_length": "Địa chỉ thư quá dài; tối đa 254 ký tự.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label="Báo cho tôi về", required=False, choices=NoticeKind.choices(), widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Loại thông báo này không có."},
    )  # fmt: skip

    def clean_email(self) -> str:
        """No line break reaches the head of a mail: the field refuses it; a stray space is not held against anybody."""
        return str(self.cleaned_data.get("email") or "").strip()

    @property
    def muted(self) -> set[NoticeKind]:
        return {kind for kind in NoticeKind if kind.value not in self.cleaned_data["kinds"]}
