"""YAML as plain values that know their line. Nothing is constructed: only texts, lists and mappings come out.

PyYAML's composer is used instead of its loader because only nodes carry line marks, and because a node is
inert: a tag that would build an object is refused, not obeyed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import yaml

from criteria.rules.library.problems import Source

# The largest file we ship has 45 kB. The caps keep a slip (a wrong file, an alias inside itself) from eating
# the machine.
MAX_BYTES = 1_000_000
MAX_NODES = 50_000
MAX_DEPTH = 20

_TAGS = {f"tag:yaml.org,2002:{kind}": kind for kind in ("str", "int", "float", "bool", "null", "timestamp")}


@dataclass(frozen=True, slots=True)
class Scalar:
    """`kind` is what YAML takes the text for: str, int, float, bool, null, timestamp."""

    line: int
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Listing:
    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    line: int
    items: dict[str, Node]


Node = Scalar | Listing | Mapping


def read_mapping(path: Path, source: Source) -> Mapping | None:
    """The file's top mapping, or None after telling why there is none."""
    text = _read_text(path, source)
    root = _compose(text, source) if text is not None else None
    if root is None:
        return None
    node = _Converter(source).convert(root, depth=0)
    if node is not None and not isinstance(node, Mapping):
        source.tell(
            node.line,
            "tệp không bắt đầu bằng các mục dạng “tên: giá trị”",
            "viết mỗi mục một dòng “tên: giá trị”",
        )
        return None
    return node


def _read_text(path: Path, source: Source) -> str | None:
    if path.stat().st_size > MAX_BYTES:
        source.tell(
            0,
            f"tệp lớn hơn {MAX_BYTES // 1000} kB",
            "tách tệp hoặc kiểm tra xem có đúng là tệp tiêu chí không",
        )
        return None
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        source.tell(line, "có ký tự không phải UTF-8", "lưu lại tệp với bảng mã UTF-8")
        return None


def _compose(text: str, source: Source) -> yaml.Node | None:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        source.tell(line, "có ký tự điều khiển", "xóa ký tự không nhìn thấy ở dòng này")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        source.tell(line, "không đọc được YAML", "kiểm tra thụt lề, dấu hai chấm và dấu nháy quanh dòng này")
    except RecursionError:
        source.tell(0, "các mục lồng nhau quá sâu", "bỏ bớt bậc lồng nhau")
    else:
        if root is None:
            source.tell(0, "tệp trống", "điền nội dung hoặc xóa tệp")
        return root
    return None


class _Converter:
    """Turns composed nodes into ours, telling duplicates, foreign tags, bad characters and runaway sizes."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.count = 0

    def convert(self, node: yaml.Node, depth: int) -> Node | None:
        self.count += 1
        line = node.start_mark.line + 1
        if self.count > MAX_NODES or depth > MAX_DEPTH:
            if self.count < 2 * MAX_NODES:  # told once; the rest of the file is not walked any more
                self.source.tell(
                    line, "nội dung quá lớn hoặc lồng nhau quá sâu", "kiểm tra các dấu & và * (bí danh)"
                )
            self.count = 2 * MAX_NODES
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, line, depth)
        if isinstance(node, yaml.SequenceNode):
            items = (self.convert(item, depth + 1) for item in node.value)
            return Listing(line, tuple(item for item in items if item is not None))
        return self._scalar(node, line)

    def _mapping(self, node: yaml.MappingNode, line: int, depth: int) -> Mapping:
        items: dict[str, Node] = {}
        for key_node, value_node in node.value:
            key, key_line = str(key_node.value), key_node.start_mark.line + 1
            if key in items:
                self.source.tell(key_line, f"mục “{key}” viết hai lần", "giữ lại một dòng")
                continue
            value = self.convert(value_node, depth + 1)
            if value is not None:
                items[key] = value
        return Mapping(line, items)

    def _scalar(self, node: yaml.Node, line: int) -> Scalar:
        kind = _TAGS.get(node.tag, "")
        text = str(node.value)
        if not kind:
            self.source.tell(line, f"thẻ “{node.tag}” không được dùng", "bỏ thẻ, chỉ viết giá trị")
        if any(unicodedata.category(letter) in ("Cc", "Cf") for letter in text):
            self.source.tell(
                line, "có ký tự điều khiển hoặc ký tự ẩn", "xóa ký tự không nhìn thấy ở dòng này"
            )
        if not unicodedata.is_normalized("NFC", text):
            self.source.tell(
                line, "dấu tiếng Việt viết dạng tổ hợp rời", "gõ lại bằng bảng mã Unicode dựng sẵn (NFC)"
            )
        return Scalar(line, text, kind or "str")
