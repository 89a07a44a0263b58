"""The gallery of components at /bo-suu-tap/, for developers: routed only in DEBUG. All values are invented."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace as Sample
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from criteria.rules.vocabulary import Basis, Tier, Verdict

_LAW = "law"
_TARGET = "target"


def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery.html", {"samples": samples()})


def samples() -> dict[str, Any]:
    """Everything gallery.html shows, in the shapes that the components ask for."""
    return {
        "years": [("2022", "2022", True), ("2023", "2023", False)],
        "sets": [("xa-ntm", "Xã NTM (318/QĐ-TTg, PL I)", True)],
        "bases": [
            ("duyet", "Đã duyệt", True),
            ("tham-tra", "Đã thẩm tra", False),
            ("tu-danh-gia", "Tự đánh giá", False),
            ("ca-ba", "Cả ba", False),
        ],
        "day": "2022-10-07",
        "basis_names": [Basis.APPROVED, Basis.VERIFIED, Basis.SELF],
        "verdicts": list(Verdict),
        "tiers": list(Tier),
        "value": Decimal("1234.50"),
        "share": Decimal("88.2"),
        "money": 3_200_000_000,
        "date": date(2022, 10, 7),
        "actions": [
            Sample(label="Excel", url="#", icon="download", kind="", why_not=None),
            Sample(label="Duyệt", url="#", icon="", kind="", why_not="Chưa duyệt được: còn 2 mục chờ thẩm tra."),
            Sample(label="Gửi thẩm tra 6 mục", url="#", icon="", kind="pri", why_not=None),
        ],
        "chips": [
            Sample(label="Tất cả", url="#", count=57, current=True, icon=""),
            Sample(label="Chưa nhập", url="#", count=3, current=False, icon=""),
            Sample(label="Bị trả lại", url="#", count=2, current=False, icon="undo-2"),
            Sample(label="Thiếu minh chứng", url="#", count=0, current=False, icon=""),
            Sample(label="Thuộc tôi", url="#", count=None, current=False, icon=""),
        ],
        "strips": _strips(),
        "bars": [
            Sample(
                code="15.1", label="Người dân tham gia bảo hiểm y tế", url="#", count=8, unsure=1, total=20, text="8 xã"
            ),
            Sample(
                code="17.1",
                label="Hộ sử dụng nước sạch theo quy chuẩn",
                url="#",
                count=7,
                unsure=4,
                total=20,
                text="7 xã",
            ),
            Sample(code="2.2", label="Đường thôn được cứng hóa", url="#", count=7, unsure=0, total=20, text="7 xã"),
        ],
        "criteria": [Sample(code=str(n), name=name) for n, name in enumerate(_CRITERIA, start=1)],
        "lines": _lines(),
        "entry": _entry(),
        "icons": re.findall(r'id="i-([^"]+)"', (settings.BASE_DIR / "static" / "icons.svg").read_text("utf-8")),
        "page": Paginator(range(57), 20).page(2),
    }


_CRITERIA = [
    "Quy hoạch",
    "Giao thông",
    "Thủy lợi",
    "Điện",
    "Trường học",
    "CSVC văn hóa",
    "Thương mại",
    "Thông tin",
    "Nhà ở",
    "Thu nhập",
    "Nghèo đa chiều",
    "Lao động",
    "Tổ chức sản xuất",
    "Giáo dục",
    "Y tế",
    "Văn hóa",
    "Môi trường",
    "Chính trị",
    "An ninh",
]


def _strips() -> list[Sample]:
    def mark(at: int, label: str, kind: str = _TARGET, row: int = 0, at_end: bool = False) -> Sample:
        return Sample(at=at, label=label, kind=kind, row=row, at_end=at_end)

    words = "5 xã đã duyệt, 2 xã đã thẩm tra, 1 xã tự đánh giá, trong 20 xã."
    return [
        Sample(
            tier=Tier.STANDARD, total=20, cells=["b3"] * 5 + ["b2"] * 2 + ["b1"] + [""] * 12, rows=2, words=words,
            counts="5 duyệt · 7 thẩm tra · 8 tự đánh giá",
            marks=[mark(8, "Mục tiêu 2022: 8"), mark(20, "Mục tiêu 2023 và luật: 20", row=1, at_end=True)],
        ),
        Sample(
            tier=Tier.ADVANCED, total=20, cells=["b3"] * 2 + ["b2"] + [""] * 17, rows=3, words=words,
            counts="2 duyệt · 3 thẩm tra · 3 tự đánh giá",
            marks=[mark(2, "Luật: 2", _LAW), mark(4, "Mục tiêu 2022: 4", row=1), mark(8, "Mục tiêu 2023: 8", row=2)],
        ),
        Sample(
            tier=Tier.MODEL, total=184, cells=["b3"] * 40 + ["b2"] * 20 + ["b1"] * 30 + [""] * 94, rows=1, words=words,
            counts="một tỉnh, 184 xã", marks=[mark(100, "Mục tiêu: 100")],
        ),
    ]  # fmt: skip


def _lines() -> list[Sample]:
    order = [
        Verdict.MET,
        Verdict.MET,
        Verdict.NOT_MET,
        Verdict.MET,
        Verdict.EXEMPT,
        Verdict.UNDETERMINED,
        Verdict.NO_DATA,
    ]
    bases = [Basis.APPROVED, Basis.VERIFIED, Basis.SELF]
    return [
        Sample(
            name=name,
            cells=[
                Sample(
                    verdict=order[(row * 3 + n) % 7],
                    basis=bases[(row + n // 3) % 3],
                    provisional=(row + n) % 6 == 0,
                    current=row == 0 and n == 14,
                )
                for n in range(19)
            ],
        )
        for row, name in enumerate(["Kỳ Châu", "Kỳ Đồng", "Kỳ Giang", "Kỳ Phú", "Lâm Hợp", "Kỳ Thượng"])
    ]


def _entry() -> list[Sample]:
    states = [
        ("2.1", "", "", "clock", "Chờ thẩm tra", ""),
        ("2.2", "saving", "saving", "refresh-cw", "Đang lưu", ""),
        ("2.3", "ret", "bad", "undo-2", "Bị trả lại", "Phòng Kinh tế - Hạ tầng trả lại 04/10/2022: “Ảnh chưa rõ.”"),
        ("2.4", "refused", "bad", "triangle-alert", "Chưa nhận", "Chưa lưu được 2.4: “992” lớn hơn 100 %."),
        ("3.1", "conflict", "warn", "users", "Người khác sửa", "Trần Văn Minh vừa lưu 84,9 % lúc 14:03."),
        ("3.2", "lock", "", "lock", "Đã duyệt", ""),
        ("4.1", "", "ok", "check", "Đã lưu 14:05", ""),
    ]
    return [
        Sample(
            code=code, state=state, mark=mark, icon=icon, words=words, message=message, value="96,4", required="≥ 90 %",
            name="Tỷ lệ đường thôn, bản, ấp và đường liên thôn được cứng hóa, đảm bảo ô tô đi lại thuận tiện quanh năm",
            verdict=Verdict.MET if mark != "bad" else Verdict.NOT_MET, basis=Basis.SELF, provisional=code == "2.1",
            missing=code == "4.1",
        )
        for code, state, mark, icon, words, message in states
    ]  # fmt: skip
