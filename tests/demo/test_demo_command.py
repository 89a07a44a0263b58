"""`manage.py demo`: fills an empty database once, and leaves everybody else's alone."""

import io

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from accounts.actions import make_person
from accounts.models import HistoryEntry, Installation, Person
from communes.models import Act, Unit
from ntm_tracker.management.commands.demo import _password
from tests.demo.conftest import load_criteria

pytestmark = pytest.mark.django_db


def demo(*arguments: str) -> str:
    out = io.StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NTM_DEMO_PASSWORD", raising=False)


@pytest.mark.slow
def test_it_prints_a_generated_password_once_and_a_second_run_changes_nothing(no_password: None):
    load_criteria()
    told = demo()
    password = next(line for line in told.splitlines() if "mật khẩu chung" in line).rpartition(" ")[2]
    assert len(password) >= 10
    assert all(Person.objects.get(username=name).check_password(password) for name in ("xa.kyphu", "quantri"))
    assert "xa.kyphu" in told and "vanphong" in told
    counts = (Act.objects.count(), HistoryEntry.objects.count(), Person.objects.count())
    for again in (demo(), demo("--if-empty")):
        assert password not in again and "đã có sẵn" in again
    assert (Act.objects.count(), HistoryEntry.objects.count(), Person.objects.count()) == counts

    assert "Đã đặt mật khẩu mới" in demo("--password", "mot-mat-khau-khac")
    assert Person.objects.get(username="xa.kychau").check_password("mot-mat-khau-khac")
    assert HistoryEntry.objects.count() == counts[1] + 1


def test_the_password_of_the_environment_is_used_and_not_printed(monkeypatch: pytest.MonkeyPatch):
    class Asked(Exception):
        """Instead of the whole district, which the test above builds."""

    def build(*, hashed: str):
        assert check_password("tu-moi-truong-2023", hashed)
        raise Asked

    monkeypatch.setattr("ntm_tracker.management.commands.demo.build", build)
    monkeypatch.setenv("NTM_DEMO_PASSWORD", "tu-moi-truong-2023")
    out = io.StringIO()
    with pytest.raises(Asked):
        call_command("demo", "--if-empty", stdout=out)
    assert "tu-moi-truong-2023" not in out.getvalue()
    assert _password("") == ("tu-moi-truong-2023", "lấy từ NTM_DEMO_PASSWORD")


def test_it_refuses_a_database_that_holds_anything_else():
    load_criteria()
    make_person(username="that", full_name="Người dùng thật", password=None, hashed="!")
    with pytest.raises(CommandError, match="đã có số liệu khác.*Cách sửa"):
        demo()
    with pytest.raises(CommandError, match="minh họa"):
        demo("--password", "mot-mat-khau-khac")
    assert "không nạp" in demo("--if-empty")
    assert not Unit.objects.exists() and not Installation.objects.exists()
    assert Person.objects.get().password == "!"


def test_it_asks_for_the_criteria_library_first():
    with pytest.raises(CommandError, match="load_criteria"):
        demo()
    assert not Person.objects.exists() and not Installation.objects.exists()
