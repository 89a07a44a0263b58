"""The chain of history as pure arithmetic (what is hashed, whether a run of entries holds together), and notices as
plain values: their kinds, and how several of one sort become one sentence."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class NoticeKind(StrEnum):
    """What a notice is about; a person may leave kinds out."""

    RETURNED = "returned"
    DECIDED = "decided"
    ROUND = "round"
    PREFILLED = "prefilled"
    COMMENT = "comment"
    FINDING = "finding"
    IMPORT = "import"
    DIRECTIVE = "directive"
    TASK = "task"

    @property
    def label(self) -> str:
        return _NOTICE_LABELS[self]

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(kind.value, kind.label) for kind in cls]


_NOTICE_LABELS = {
    NoticeKind.RETURNED: "mục bị trả lại",
    NoticeKind.DECIDED: "kết quả thẩm tra, duyệt",
    NoticeKind.ROUND: "kỳ báo cáo và nhắc hạn",
    NoticeKind.PREFILLED: "số liệu phòng, ban nhập hộ",
    NoticeKind.COMMENT: "trao đổi có nhắc tên",
    NoticeKind.FINDING: "nội dung cần khắc phục",
    NoticeKind.IMPORT: "nhập từ tệp",
    NoticeKind.DIRECTIVE: "nội dung chỉ đạo được giao",
    NoticeKind.TASK: "việc trong kế hoạch được giao",
}


def summed(before: str, group: str) -> str:
    """The sentence of an unread notice after one more of its sort: `group` reads on after a number ("mục của xã Kỳ Phú
    bị trả lại"). What was a single sentence becomes "2 mục …", "2 mục …" becomes "3 mục …"."""
    counted = re.fullmatch(rf"(\d+) {re.escape(group)}", before)
    return f"{int(counted[1]) + 1 if counted else 2} {group}"


@dataclass(frozen=True, slots=True)
class Act:
    """One act to be remembered, before it has its place in the chain. `changes` must be JSON."""

    act: str
    person_id: int | None
    sentence: str
    on: date
    at: datetime
    changes: dict[str, Any]
    district_code: str = ""
    unit_code: str = ""
    measure_code: str = ""


def digest(number: int, act: Act, previous_hash: str) -> str:
    """SHA-256 over the entry and the hash before it; the instant in UTC to the microsecond."""
    body = [
        number, act.act, act.person_id, act.sentence, act.on.isoformat(), act.at.timestamp(), act.changes,
        act.district_code, act.unit_code, act.measure_code, previous_hash,
    ]  # fmt: skip
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def first_break(entries: Iterable[tuple[int, Act, str, str]]) -> int | None:
    """Number of the first entry (number, act, previous hash, hash) that does not follow from the one before."""
    last_number, last_hash = 0, ""
    for number, act, previous, own in entries:
        if number != last_number + 1 or previous != last_hash or digest(number, act, previous) != own:
            return number
        last_number, last_hash = number, own
    return None
