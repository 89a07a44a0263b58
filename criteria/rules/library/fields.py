"""One mapping of a file, read key by key. Every getter tells what is wrong and goes on with a harmless value,
so that one reading finds all problems."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TypeVar

from criteria.rules.library.nodes import Listing, Mapping, Node, Scalar
from criteria.rules.library.problems import Source
from criteria.rules.vocabulary import LabelledEnum

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
NO_DAY = date(1, 1, 1)

EnumT = TypeVar("EnumT", bound=LabelledEnum)


class Fields:
    """Reads `mapping`; `known` are the keys that may stand in it (blank-separated), others are slips."""

    def __init__(self, mapping: Mapping, source: Source, known: str) -> None:
        self.mapping = mapping
        self.source = source
        names = known.split()
        for key, node in mapping.items.items():
            if key not in names:
                near = difflib.get_close_matches(key, names, 1)
                hint = f"có lẽ là “{near[0]}”" if near else "các mục được dùng ở đây: " + ", ".join(names)
                source.tell(node.line, f"không biết mục “{key}”", hint)

    @property
    def line(self) -> int:
        return self.mapping.line

    def __contains__(self, key: str) -> bool:
        return key in self.mapping.items

    def line_of(self, key: str) -> int:
        node = self.mapping.items.get(key)
        return node.line if node else self.line

    def tell(self, key: str, what: str, remedy: str) -> None:
        self.source.tell(self.line_of(key), what, remedy)

    def scalar(self, key: str, *, required: bool = True) -> Scalar | None:
        """The scalar under `key`; None when absent (told if `required`) or not a scalar (told)."""
        node = self.mapping.items.get(key)
        if node is None:
            if required:
                self.source.tell(self.line, f"thiếu mục “{key}”", f"thêm dòng “{key}: …”")
            return None
        if not isinstance(node, Scalar):
            self.source.tell(
                node.line, f"mục “{key}” phải là một giá trị", f"viết “{key}: giá trị” trên một dòng"
            )
            return None
        return node

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required unless a default is given. A number is refused: unquoted, 17.10 is 17.1."""
        scalar = self.scalar(key, required=default is None)
        if scalar is None:
            return default or ""
        if scalar.kind != "str":
            self.tell(
                key,
                f"mục “{key}” phải là chữ, không phải {scalar.text}",
                f"để trong dấu nháy: '{scalar.text}'",
            )
        elif not scalar.text.strip() or scalar.text != scalar.text.strip():
            self.tell(
                key, f"mục “{key}” trống hoặc thừa dấu cách ở đầu, cuối", "điền nội dung, bỏ dấu cách thừa"
            )
        return scalar.text

    def matching(self, key: str, pattern: str, form: str) -> str:
        """A required text of the given form, which the remedy describes."""
        text = self.text(key)
        if text and not re.fullmatch(pattern, text):
            self.tell(key, f"“{text}” không đúng dạng của mục “{key}”", form)
        return text

    def number(self, key: str, *, required: bool = True) -> Decimal | None:
        """A decimal number; None when absent or not one (told)."""
        scalar = self.scalar(key, required=required)
        return number_of(scalar, self.source, f"mục “{key}”") if scalar else None

    def whole(self, key: str, *, required: bool = True) -> int | None:
        """A whole number from 0; None when absent or not one (told)."""
        number = self.number(key, required=required)
        if number is None:
            return None
        if number != int(number) or number < 0:
            self.tell(key, f"mục “{key}” phải là số nguyên không âm, không phải {number}", "viết số nguyên")
            return None
        return int(number)

    def flag(self, key: str, default: bool = False) -> bool:
        scalar = self.scalar(key, required=False)
        if scalar is None:
            return default
        if scalar.text not in ("true", "false"):
            self.tell(
                key,
                f"mục “{key}” phải là true hoặc false, không phải “{scalar.text}”",
                "viết true hoặc false",
            )
        return scalar.text == "true"

    def day(self, key: str, default: date = NO_DAY) -> date:
        """A day written 2022-03-08; required unless a default is given."""
        scalar = self.scalar(key, required=default is NO_DAY)
        if scalar is None:
            return default
        try:
            return date.fromisoformat(scalar.text)
        except ValueError:
            self.tell(key, f"“{scalar.text}” không phải là ngày", "viết năm-tháng-ngày, ví dụ '2022-03-08'")
            return default

    def choice(self, key: str, enum: type[EnumT], default: EnumT, *, required: bool = True) -> EnumT:
        """A member of `enum` by its value; `default` when absent or unknown (told)."""
        scalar = self.scalar(key, required=required)
        if scalar is None:
            return default
        for member in enum:
            if member.value == scalar.text:
                return member
        words = ", ".join(str(member.value) for member in enum if member.value)
        self.tell(key, f"“{scalar.text}” không dùng được ở mục “{key}”", f"chọn một trong: {words}")
        return default

    def nodes(self, key: str, *, required: bool = False) -> tuple[Node, ...]:
        """The items of the list under `key`."""
        node = self.mapping.items.get(key)
        if node is None:
            if required:
                self.source.tell(
                    self.line, f"thiếu mục “{key}”", f"thêm “{key}:” và các dòng bắt đầu bằng dấu gạch"
                )
            return ()
        if not isinstance(node, Listing):
            self.tell(
                key, f"mục “{key}” phải là danh sách", "viết mỗi phần tử một dòng, bắt đầu bằng dấu gạch"
            )
            return ()
        return node.items

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of an optional list."""
        found = []
        for node in self.nodes(key):
            if isinstance(node, Scalar) and node.kind == "str" and node.text.strip():
                found.append(node.text)
            else:
                self.source.tell(node.line, f"phần tử của “{key}” phải là chữ", "để phần tử trong dấu nháy")
        return tuple(found)

    def each(self, key: str, known: str, *, required: bool = False) -> Iterator[Fields]:
        """The mappings of a list, each as `Fields`."""
        for node in self.nodes(key, required=required):
            if isinstance(node, Mapping):
                yield Fields(node, self.source, known)
            else:
                self.source.tell(node.line, f"phần tử của “{key}” phải gồm các mục", "viết “- tên: giá trị”")

    def inner(self, key: str, known: str, *, required: bool = False) -> Fields | None:
        """The mapping under `key` as `Fields`."""
        node = self.mapping.items.get(key)
        if isinstance(node, Mapping):
            return Fields(node, self.source, known)
        if node is not None or required:
            self.tell(
                key,
                f"mục “{key}” thiếu hoặc không gồm các mục con",
                f"viết “{key}:” rồi các mục con thụt vào",
            )
        return None


def number_of(scalar: Scalar, source: Source, where: str) -> Decimal | None:
    """The number of a scalar, exactly as written (never through a float); None, and told, if it isn't one."""
    if scalar.kind in ("int", "float") and _NUMBER.fullmatch(scalar.text):
        return Decimal(scalar.text)
    remedy = "viết bằng chữ số, không để trong dấu nháy, phần lẻ sau dấu chấm (ví dụ 2.5)"
    source.tell(scalar.line, f"{where} “{scalar.text}” không phải là số", remedy)
    return None
