"""What is typed and uploaded about documents, as plain values or a sentence. Fields: `tep` files, `loai` kind,
`trich-yeu` title, `so` number, `ngay` issued on, `co-quan` issuer, `den-ngay` valid until, `lien-ket` link,
`dap-ung` the asked-for paper that it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.http import HttpRequest

from communes.actions.evidence import Details, Upload
from communes.actions.keeping import NoRoom
from communes.imports.files import FileProblem, check_file
from communes.rules.evidence import PaperKind
from criteria.rules.days import DayProblem, parse_day
from criteria.rules.numbers import clean_text

LONGEST = {"title": 300, "number": 80, "issuer": 200, "link": 500}
_names = {"title": "Trích yếu", "number": "Số, ký hiệu", "issuer": "Cơ quan ban hành", "link": "Liên kết"}
_is_link = URLValidator(schemes=["http", "https"])
EARLIEST, LATEST = date(1945, 9, 2), date(2100, 12, 31)


class PaperProblem(Exception):
    """Why what was typed about a document cannot be taken: one sentence."""


def refusal_status(problem: Exception) -> int:
    """507 where the disk took nothing (nobody's mistake, nothing was kept), 422 for what the person can mend."""
    return 507 if isinstance(problem, NoRoom) else 422


class Problems(list[str]):
    """Sentences about what was brought, and the status that they make."""

    status = 422

    def add(self, problem: Exception) -> None:
        self.append(str(problem))
        self.status = max(self.status, refusal_status(problem))


@dataclass(frozen=True, slots=True)
class TypedPaper:
    """The fields as they were typed, to be shown again."""

    kind: str = PaperKind.DOCUMENT.value
    title: str = ""
    number: str = ""
    issued_on: str = ""
    issuer: str = ""
    valid_until: str = ""
    link: str = ""
    required: str = ""

    @property
    def kinds(self) -> list[tuple[str, str, bool]]:
        return [(value, label[:1].upper() + label[1:], value == self.kind) for value, label in PaperKind.choices()]

    @property
    def has_details(self) -> bool:
        return self != TypedPaper(required=self.required)


def typed_paper(posted: Mapping[str, str]) -> TypedPaper:
    def line(name: str) -> str:
        return " ".join(clean_text(posted.get(name, "")[:2000], keep_newlines=False).split())

    return TypedPaper(
        line("loai") or PaperKind.DOCUMENT.value, line("trich-yeu"), line("so"), line("ngay"), line("co-quan"),
        line("den-ngay"), line("lien-ket"), line("dap-ung"),
    )  # fmt: skip


def details_of(typed: TypedPaper) -> Details:
    """Raises PaperProblem. The title may still be empty: `titled` gives it one."""
    if typed.kind not in [kind.value for kind in PaperKind]:
        raise PaperProblem("Chọn loại văn bản trong danh sách.")
    for name, longest in LONGEST.items():
        if len(getattr(typed, name)) > longest:
            raise PaperProblem(f"{_names[name]} dài quá {longest} chữ.")
    issued, until = day_in(typed.issued_on, "Ngày ban hành"), day_in(typed.valid_until, "Ngày hết giá trị")
    if issued and until and until < issued:
        raise PaperProblem("Ngày hết giá trị sớm hơn ngày ban hành.")
    if typed.link:
        try:
            _is_link(typed.link)
        except ValidationError:
            raise PaperProblem("Liên kết phải là địa chỉ đầy đủ, bắt đầu bằng https:// hoặc http://.") from None
    return Details(PaperKind(typed.kind), typed.title, typed.number, issued, typed.issuer, until, typed.link)


def titled(details: Details, name: str, *, one_of_many: bool) -> Details:
    """With a title: the typed one, with the file's name where several files share it; else the file's name alone."""
    stem = PurePath(name).stem or name
    if details.title and one_of_many:
        return replace(details, title=f"{details.title} – {stem}"[: LONGEST["title"]])
    return details if details.title else replace(details, title=stem[: LONGEST["title"]])


def day_in(text: str, what: str) -> date | None:
    """The day typed, None for none. Raises PaperProblem with the sentence."""
    if not text:
        return None
    try:
        day = parse_day(text)
    except DayProblem as problem:
        raise PaperProblem(f"{what}: {problem}") from None
    if not EARLIEST <= day <= LATEST:
        raise PaperProblem(f"{what} “{text[:20]}” quá xa. Kiểm tra lại năm.")
    return day


def number_or_none(text: str) -> int | None:
    """The id of a choice, None for none. Raises BadRequest for what no page of ours sends."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    return int(text)


def files_in(request: HttpRequest) -> tuple[list[UploadedFile[Any]], list[str]]:
    """The files that came, and a sentence for each that was too large to be taken at all."""
    oversize = getattr(request, "oversize", [])
    return [file for file in request.FILES.getlist("tep") if file.name], list(oversize)


def uploads_in(files: list[UploadedFile[Any]], problems: list[str]) -> Iterator[Upload]:
    """The files that pass every check, one by one; a sentence for each other is added to `problems`."""
    for file in files:
        try:
            checked = check_file(file.file, file.name or "")  # type: ignore[arg-type]
        except FileProblem as problem:
            problems.append(str(problem))
            continue
        yield Upload(checked, file.file)  # type: ignore[arg-type]
