"""Fill an empty database with the demo district, or give its accounts a new password."""

import os
import secrets
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ntm_tracker.demo.build import NoLibrary, build, holds_anything_else, is_demo
from ntm_tracker.demo.people import change_passwords
from ntm_tracker.demo.places import WORKING_DAY

ALREADY = "Số liệu minh họa đã có sẵn (ngày làm việc {day:%d/%m/%Y}). Quên mật khẩu: manage.py demo --password"
FOREIGN = (
    "Cơ sở dữ liệu này đã có số liệu khác, không nạp số liệu minh họa vào. "
    "Cách sửa: đặt NTM_DATA_DIR hoặc DATABASE_URL sang một cơ sở dữ liệu trống rồi chạy lại."
)
NO_LIBRARY = "Chưa có bộ tiêu chí. Cách sửa: chạy manage.py load_criteria trước."
NOT_DEMO = "Chỉ đặt lại mật khẩu chung được trên cơ sở dữ liệu minh họa."
SHORT_LIST = (
    ("quantri", "quản trị hệ thống"),
    ("vanphong, vanphong2", "Văn phòng Điều phối NTM huyện"),
    ("lanhdao", "lãnh đạo huyện"),
    ("phong.<mã>", "phòng, ban: phong.kt-ht, phong.gddt, phong.bhxh…"),
    ("xa.<tên xã>", "cán bộ xã: xa.kyphu, xa.kychau, xa.lamhop…"),
    ("chutich.kyphu", "Chủ tịch UBND xã Kỳ Phú (ký duyệt khi huyện bật yêu cầu ký)"),
    ("doan.01 … doan.05", "thành viên đoàn công tác"),
)


class Command(BaseCommand):
    help = "Nạp huyện minh họa (Kỳ Anh, ngày làm việc 15/10/2023) vào cơ sở dữ liệu trống."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="chỉ nạp khi cơ sở dữ liệu còn trống")
        parser.add_argument(
            "--password", nargs="?", const="", metavar="MẬT_KHẨU",
            help="đặt mật khẩu chung mới cho các tài khoản minh họa (không ghi thì lấy NTM_DEMO_PASSWORD hoặc tự sinh)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if options["password"] is not None and not self._is_to_be_built(options):
            return self._change(options["password"])
        if is_demo():
            self.stdout.write(ALREADY.format(day=WORKING_DAY))
            self._list_accounts()
        elif not holds_anything_else():
            self._build(options["password"] or "")
        elif options["if_empty"]:
            self.stdout.write("Cơ sở dữ liệu đã có số liệu; không nạp số liệu minh họa.")
        else:
            raise CommandError(FOREIGN)
        return None

    def _is_to_be_built(self, options: dict[str, Any]) -> bool:
        return not is_demo() and not holds_anything_else()

    def _change(self, given: str) -> None:
        if not is_demo():
            raise CommandError(NOT_DEMO)
        password, shown = _password(given)
        count = change_passwords(make_password(password), WORKING_DAY)
        self.stdout.write(f"Đã đặt mật khẩu mới cho {count} tài khoản: {shown}")

    def _build(self, given: str) -> None:
        password, shown = _password(given)
        try:
            built = build(hashed=make_password(password))
        except NoLibrary:
            raise CommandError(NO_LIBRARY) from None
        done = built.replayed
        self.stdout.write(
            f"Đã nạp huyện minh họa: {done.assessments} mục đánh giá, {done.statements} lượt nêu số liệu, "
            f"{done.acts} thao tác, {built.thresholds} ngưỡng minh họa."
        )
        self.stdout.write(f"{len(built.accounts)} tài khoản để thử, mật khẩu chung: {shown}")
        self._list_accounts()

    def _list_accounts(self) -> None:
        for name, who in SHORT_LIST:
            self.stdout.write(f"  {name:<22}{who}")


def _password(given: str) -> tuple[str, str]:
    """The password, and how it is printed: one that the environment gave is not repeated on the screen."""
    if given:
        return given, "như vừa ghi trong lệnh"
    if from_environment := os.environ.get("NTM_DEMO_PASSWORD"):
        return from_environment, "lấy từ NTM_DEMO_PASSWORD"
    generated = secrets.token_urlsafe(9)
    return generated, generated
