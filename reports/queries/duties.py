"""The value object of /viec-cua-toi/ and of the daily mail: what waits for one person, as sentences with a day.

Made by `my_work` from what `unit_work` (own figures) and `desk_work` (verifying, approving, rounds, findings) read.
Plain values: no query here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

SOON_DAYS = 7
# Sorts named in the headline; what is left is counted together.
MOST_SAID = 3


class Sort(Enum):
    """What is to be done, in the order in which it should be done; the label reads on after a number."""

    CORRECT = "mục bị trả lại"
    SIGN = "mục chờ ký"
    ENTER = "mục chưa báo cáo"
    ACCEPT = "mục nhập hộ chờ nhận"
    VERIFY = "mục chờ thẩm tra"
    APPROVE = "mục chờ duyệt"
    DIRECTIVE = "nội dung chỉ đạo chưa xong"
    MEND = "nội dung cần khắc phục"
    PLAN = "việc trong kế hoạch"
    CONFIRM = "nội dung chỉ đạo chờ xác nhận"
    CLOSE_FINDING = "nội dung khắc phục chờ đóng"
    CLOSE_ROUND = "kỳ báo cáo chờ chốt"
    ANSWER = "trao đổi chờ trả lời"
    ATTACH = "mục thiếu minh chứng"
    APPLY = "tệp nhập chờ ghi"


class Urgency(Enum):
    LATE = "Quá hạn"
    SOON = "Hôm nay và 7 ngày tới"
    LATER = "Sau đó"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a duty with a link of its own: "Kỳ Phú 12"."""

    label: str
    count: int
    url: str
    days: int


@dataclass(frozen=True, slots=True)
class Duty:
    """One line. `due_on` is a day given by a round, a finding, a directive or the plan; without one, `since` says how
    long others wait. `is_own`: it names this very person; else it is for the whole desk."""

    sort: Sort
    title: str
    url: str
    verb: str
    detail: str = ""
    due_on: date | None = None
    since: date | None = None
    count: int = 1
    can_wait: bool = False
    shares: tuple[Share, ...] = ()
    is_own: bool = False

    def urgency(self, today: date) -> Urgency:
        """What somebody waits for without a day of its own is for now; what hurts nobody may come later."""
        if self.due_on is None:
            return Urgency.LATER if self.can_wait else Urgency.SOON
        left = (self.due_on - today).days
        if left < 0:
            return Urgency.LATE
        return Urgency.SOON if left <= SOON_DAYS else Urgency.LATER

    def when(self, today: date) -> str:
        """ "trễ 3 ngày (hạn 10/10)", "hạn hôm nay", "còn 3 ngày (18/10)", "chờ 4 ngày", ""."""
        if self.due_on is not None:
            left = (self.due_on - today).days
            if left == 0:
                return "hạn hôm nay"
            day = f"{self.due_on:%d/%m}"
            return f"trễ {-left} ngày (hạn {day})" if left < 0 else f"còn {left} ngày ({day})"
        return waited(self.since, today)


@dataclass(frozen=True, slots=True)
class Awaited:
    """What was sent and waits at somebody else's desk."""

    title: str
    detail: str
    url: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Line:
    duty: Duty
    when: str
    is_late: bool


@dataclass(frozen=True)
class MyWork:
    """Everything that waits for one person on one day. `reads_only`: a seat that is asked to fill in nothing."""

    name: str
    today: date
    duties: Sequence[Duty]
    awaited: Sequence[Awaited] = ()
    reads_only: bool = False
    seats: Sequence[str] = field(default_factory=tuple)

    @property
    def groups(self) -> list[tuple[Urgency, list[Line]]]:
        """Duties by urgency, the most pressing first; groups without any are left out."""
        return self._grouped(self.duties)

    @property
    def parts(self) -> list[tuple[str, list[tuple[Urgency, list[Line]]]]]:
        """What names this person, then what is for the whole desk, each by urgency; one part alone has no title."""
        own = [duty for duty in self.duties if duty.is_own]
        desks = [duty for duty in self.duties if not duty.is_own]
        if not (own and desks):
            return [("", self.groups)]
        return [("Giao cho tôi", self._grouped(own)), ("Của đơn vị tôi", self._grouped(desks))]

    def _grouped(self, duties: Sequence[Duty]) -> list[tuple[Urgency, list[Line]]]:
        order = list(Sort)
        found: dict[Urgency, list[Line]] = {urgency: [] for urgency in Urgency}
        for duty in sorted(duties, key=lambda d: (d.due_on or date.max, order.index(d.sort))):
            urgency = duty.urgency(self.today)
            found[urgency].append(Line(duty, duty.when(self.today), urgency is Urgency.LATE))
        return [(urgency, lines) for urgency, lines in found.items() if lines]

    @property
    def counts(self) -> list[tuple[Sort, int]]:
        """How much of each sort, none left out that is there."""
        total = {sort: sum(duty.count for duty in self.duties if duty.sort is sort) for sort in Sort}
        return [(sort, number) for sort, number in total.items() if number]

    @property
    def late_count(self) -> int:
        return sum(duty.count for duty in self.duties if duty.urgency(self.today) is Urgency.LATE)

    @property
    def headline(self) -> str:
        """The page's message: the two or three sorts that come first, and the nearest day."""
        if not self.counts:
            return "Không còn việc nào chờ anh/chị."
        said = [f"{number} {sort.value}" for sort, number in self.counts[:MOST_SAID]]
        if others := sum(number for _, number in self.counts[MOST_SAID:]):
            said.append(f"{others} việc khác")
        words = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} và {said[-1]}"
        days = [duty.due_on for duty in self.duties if duty.due_on and duty.due_on >= self.today]
        late = f", trong đó {self.late_count} đã quá hạn" if self.late_count else ""
        nearest = f"; hạn gần nhất {min(days):%d/%m/%Y}" if days else ""
        return f"Có {words}{late}{nearest}."


def waited(since: date | None, today: date) -> str:
    """ "chờ 4 ngày"; since today: "hôm nay"; unknown: ""."""
    if since is None:
        return ""
    days = (today - since).days
    return f"chờ {days} ngày" if days > 0 else "hôm nay"
