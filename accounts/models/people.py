"""People who act and the departments they act for."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models


class PersonManager(BaseUserManager["Person"]):
    """The manager Django asks of a user model; people are made through `accounts.actions`."""

    def create_user(self, username: str, password: str | None = None, **extra: Any) -> Person:
        person = self.model(username=username, **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody with an account. What a person may do follows from postings (communes), never from this row."""

    username = models.CharField(
        "tên đăng nhập", max_length=60, unique=True, validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "Tên đăng nhập này đã có người dùng."},
    )  # fmt: skip
    full_name = models.CharField("họ và tên", max_length=120)
    email = models.EmailField("thư điện tử", blank=True)
    is_active = models.BooleanField("đang dùng", default=True)
    joined_at = models.DateTimeField("tạo lúc", auto_now_add=True)

    objects = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"

    def __str__(self) -> str:
        return self.full_name

    @property
    def initials(self) -> str:
        words = self.full_name.split() or ["?"]
        return (words[0][0] + words[-1][0] if len(words) > 1 else words[0][0]).upper()


class Department(models.Model):
    """A department of one district ("phòng, ban, ngành"), by the code of the district and its own."""

    district_code = models.CharField("mã huyện", max_length=10)
    code = models.SlugField("mã", max_length=20)
    name = models.CharField("tên", max_length=120)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)

    class Meta:
        ordering = ["district_code", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "code"], name="a_department_code_is_unique_in_its_district"
            )
        ]

    def __str__(self) -> str:
        return self.name
