"""What only the whole library shows: counts, mentions of other sets, measures nobody uses."""

from __future__ import annotations

from collections.abc import Iterable

from criteria.rules.library.attachments import RollupEntry, SupplementFile
from criteria.rules.library.parts import Reference, Shelf
from criteria.rules.library.sets import SetFile
from criteria.rules.rulebook import Rulebook


def check_library(
    sets: Iterable[SetFile],
    supplements: Iterable[SupplementFile],
    rollups: Iterable[RollupEntry],
    shelf: Shelf,
) -> None:
    """Tells every problem that needs more than one file, or a whole file, to be seen."""
    files = tuple(sets)
    by_family: dict[str, list[Rulebook]] = {}
    for file in files:
        _check_counts(file)
        versions = by_family.setdefault(file.rulebook.family, [])
        if any(other.version == file.rulebook.version for other in versions):
            what = f"bộ “{file.rulebook.family}” theo {file.rulebook.version} có ở hai tệp"
            file.fields.tell("family", what, "giữ lại một tệp, hoặc sửa decision.number")
        versions.append(file.rulebook)
    for reference in shelf.references:
        _check_reference(reference, by_family)
    for entry in rollups:
        _check_rollup(entry, by_family)
    for supplement in supplements:
        _check_supplement(supplement, by_family)
    _check_measures_used(shelf)


def _check_counts(file: SetFile) -> None:
    """National criteria only: a supplement never changes what the decision declares."""
    key = "counts_here" if "counts_here" in file.fields else "counts"
    if key == "counts_here" and not file.rulebook.is_draft:
        file.fields.tell(key, "chỉ bộ dự thảo mới ghi counts_here", "bỏ counts_here hoặc ghi draft: true")
    counts = file.fields.inner(key, "criteria indicators conditions")
    if counts is None:
        return
    found = {
        "criteria": (len(file.rulebook.criteria), "tiêu chí"),
        "indicators": (len(file.rulebook.indicators), "chỉ tiêu"),
        "conditions": (len(file.rulebook.conditions), "điều kiện"),
    }
    for name, (number, label) in found.items():
        declared = counts.whole(name, required=name != "conditions")
        if declared is not None and declared != number:
            what = f"khai báo {declared} {label} nhưng tệp có {number}"
            counts.tell(name, what, f"thêm, bớt {label} cho đủ hoặc sửa {key}.{name}")


def _check_reference(reference: Reference, by_family: dict[str, list[Rulebook]]) -> None:
    versions = by_family.get(reference.family, [])
    if not versions:
        what = f"không có bộ tiêu chí “{reference.family}”"
        reference.source.tell(reference.line, what, "sửa mã bộ: " + ", ".join(sorted(by_family)))
        return
    if reference.level and any(rulebook.level is not reference.level for rulebook in versions):
        what = f"bộ “{reference.family}” không phải của cấp {reference.level.label}"
        reference.source.tell(reference.line, what, f"dùng bộ của cấp {reference.level.label}")
    if reference.indicator:
        _check_indicator(reference, versions)


def _check_indicator(reference: Reference, versions: list[Rulebook]) -> None:
    for rulebook in versions:
        indicator = rulebook.indicators.get(reference.indicator)
        if indicator is None:
            what = f"bộ “{reference.family}” không có chỉ tiêu {reference.indicator}"
            reference.source.tell(reference.line, what, "sửa mã chỉ tiêu")
        elif reference.measure and all(part.measure.code != reference.measure for part in indicator.parts):
            what = f"chỉ tiêu {reference.family}:{reference.indicator} không đo “{reference.measure}”"
            reference.source.tell(reference.line, what, "dùng chỉ tiêu có cùng số đo")


def _check_rollup(entry: RollupEntry, by_family: dict[str, list[Rulebook]]) -> None:
    """A mean of percents is a percent: target and origin must have one kind and one unit."""
    origin = entry.rollup.measure
    for rulebook in by_family.get(entry.rollup.family, []):
        indicator = rulebook.indicators.get(entry.rollup.indicator)
        if indicator is None:
            continue  # told as a reference
        if not any((p.measure.kind, p.measure.unit) == (origin.kind, origin.unit) for p in indicator.parts):
            what = (
                f"số đo “{origin.code}” ({origin.unit}) khác loại hoặc đơn vị với chỉ tiêu {indicator.code}"
            )
            entry.fields.tell("from", what, "chọn số đo cùng loại, cùng đơn vị")


def _check_supplement(entry: SupplementFile, by_family: dict[str, list[Rulebook]]) -> None:
    """A supplement goes on counting where the national set ends ("tiêu chí 20"); it replaces nothing."""
    added = {criterion.number for criterion in entry.supplement.criteria}
    for family in entry.supplement.families:
        for rulebook in by_family.get(family, []):
            for number in sorted(added & {criterion.number for criterion in rulebook.criteria}):
                what = f"tiêu chí {number} đã có trong bộ “{family}”"
                entry.fields.tell("criteria", what, "đánh số tiêu chí bổ sung tiếp theo tiêu chí cuối của bộ")


def _check_measures_used(shelf: Shelf) -> None:
    for code, (source, line) in shelf.measure_places.items():
        if code not in shelf.measures_used:
            source.tell(line, f"số đo “{code}” không bộ nào dùng", "xóa số đo hoặc sửa mã ở bộ tiêu chí")
