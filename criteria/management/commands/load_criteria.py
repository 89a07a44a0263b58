"""Check the criteria library and load it. A broken file names file, line and remedy, and nothing is loaded."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from criteria.actions.loading import MeasureChangedKind, load_library
from criteria.rules.library import LibraryProblems, read_library


class Command(BaseCommand):
    help = "Kiểm tra và nạp thư viện bộ tiêu chí (criteria/data)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "criteria" / "data")
        parser.add_argument("--check", action="store_true", help="chỉ kiểm tra, không nạp")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            library = read_library(options["folder"])
            if options["check"]:
                self.stdout.write(f"Thư viện đúng: {len(library.rulebooks)} bộ, {len(library.measures)} số đo.")
                return
            loaded = load_library(library=library, on=timezone.localdate())
        except (LibraryProblems, MeasureChangedKind) as problem:
            raise CommandError(str(problem)) from None
        parts = [("mới", loaded.new), ("thay", loaded.replaced), ("không đổi", loaded.unchanged)]
        self.stdout.write("Bộ tiêu chí: " + "; ".join(f"{len(names)} {word}" for word, names in parts) + ".")
