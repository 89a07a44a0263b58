"""Logging in and changing one's password, with sentences that tell what to do and never whether a name exists."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.rules import Act

PASSWORD_CHANGED = "person.password"  # noqa: S105 - the name of an act


class LoginForm(AuthenticationForm):
    """One sentence for a wrong name, a wrong password and an account no longer used."""

    error_messages = {
        "invalid_login": "Tên đăng nhập hoặc mật khẩu chưa đúng.",
        "inactive": "Tên đăng nhập hoặc mật khẩu chưa đúng.",
    }


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

    @transaction.atomic
    def save(self, commit: bool = True) -> Person:
        """The new hash and the act, together."""
        person: Person = super().save(commit)
        sentence = f"{PERSON_MARK} đổi mật khẩu"
        remember(Act(PASSWORD_CHANGED, person.pk, sentence, self._on, timezone.now(), {}))
        return person
