"""The first handler of every upload: what is too large is refused while it arrives, before it fills the disk.

A file beyond the cap is read past and dropped, and its sentence waits in `request.oversize` for the view; so are all
files of a request that is too large as a whole. What is larger still is not read at all.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from criteria.rules.numbers import clean_text

MB = 1024 * 1024


class CappedUpload(FileUploadHandler):
    """Writes nothing itself: passes on to Django's own handlers what is small enough."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: bytes, encoding: str | None = None
    ) -> None:
        self.largest = settings.NTM_UPLOAD_MB * MB
        self.takes_files = content_length <= settings.NTM_REQUEST_MB * MB
        if content_length > 4 * settings.NTM_REQUEST_MB * MB:
            raise RequestDataTooBig(self._too_much())
        if not self.takes_files:
            self._tell(self._too_much())

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if not self.takes_files:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > self.largest:
            name = clean_text(self.file_name or "", keep_newlines=False)[:80]
            self._tell(
                f"Tệp “{name}” lớn hơn mức {settings.NTM_UPLOAD_MB} MB. "
                "Quét ở 150-200 dpi, thu nhỏ ảnh hoặc tách thành nhiều tệp."
            )
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one make the file."""

    def _too_much(self) -> str:
        return f"Mỗi lần gửi nhiều nhất {settings.NTM_REQUEST_MB} MB; chia ra gửi làm nhiều lần."

    def _tell(self, sentence: str) -> None:
        request: Any = self.request
        request.oversize = [*getattr(request, "oversize", []), sentence]
