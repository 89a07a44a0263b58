"""What the library holds beside the rulebooks themselves, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from criteria.rules.rulebook import Criterion, Measure, Rulebook
from criteria.rules.vocabulary import Confidence, LabelledEnum, Level

# The survey content that asks about the whole; conditions of kind `survey` are judged by it.
OVERALL_CONTENT = "chung"


class Region(LabelledEnum):
    """The seven regions whose columns the annexes of decisions 318 and 320/QĐ-TTg of 2022 know."""

    NORTHERN_MIDLANDS = "trung_du_mien_nui_phia_bac", "Trung du miền núi phía Bắc"
    RED_RIVER_DELTA = "dong_bang_song_hong", "Đồng bằng sông Hồng"
    NORTH_CENTRAL = "bac_trung_bo", "Bắc Trung Bộ"
    SOUTH_CENTRAL_COAST = "duyen_hai_nam_trung_bo", "Duyên hải Nam Trung Bộ"
    CENTRAL_HIGHLANDS = "tay_nguyen", "Tây Nguyên"
    SOUTHEAST = "dong_nam_bo", "Đông Nam Bộ"
    MEKONG_DELTA = "dong_bang_song_cuu_long", "Đồng bằng sông Cửu Long"


@dataclass(frozen=True, slots=True)
class DepartmentEntry:
    """A department as the sets name it (`lead`, `others`)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class SurveyContent:
    """One thing residents are asked about; `OVERALL_CONTENT` is the whole."""

    code: str
    name: str
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class BaseQuantity:
    """Something counted once a year in every commune (hộ, dân số, km đường); `decimals` is how many may be typed."""

    code: str
    name: str
    unit: str
    decimals: int
    group: str


@dataclass(frozen=True, slots=True)
class Rollup:
    """A district indicator that can be proposed from a communes' measure, as a mean weighted by `weight`.

    `weight` is the code of a base figure, `weight_name` its Vietnamese name. A person confirms the proposal.
    """

    family: str
    indicator: str
    measure: Measure
    weight: str
    weight_name: str


@dataclass(frozen=True, slots=True)
class CommuneGroup:
    """A group of communes that sets of 2026-2030 use instead of regions."""

    family: str
    code: str
    definition: str


@dataclass(frozen=True, slots=True)
class ProvincialDecision:
    """A decision of the province met in sources. `dated` is an ISO day, a year, or "" where unknown."""

    number: str
    dated: str
    what: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Supplement:
    """What a province adds to national sets: criteria in the rulebooks of `families`, marked with `code`."""

    code: str
    name: str
    level: Level
    families: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    confidence: Confidence
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    decisions: tuple[ProvincialDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class AmendmentChange:
    """One change that an amending decision is known, or thought, to make."""

    family: str
    indicators: tuple[str, ...]
    type: str
    what: str
    confidence: Confidence
    relevant_to_pilot: bool = True


@dataclass(frozen=True, slots=True)
class Amendment:
    """A decision that amends sets and is not entered into them ("chưa nhập")."""

    number: str
    decided_on: date
    issuer: str
    title: str
    amends: tuple[str, ...]
    annexes: tuple[tuple[str, str], ...]
    changes: tuple[AmendmentChange, ...]
    new_families: tuple[str, ...]
    state: str
    confidence: Confidence
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Library:
    """Everything in the folder, checked. `rulebooks`: communes first, lower tiers first, drafts last."""

    measures: tuple[Measure, ...]
    rulebooks: tuple[Rulebook, ...]
    departments: tuple[DepartmentEntry, ...]
    survey_contents: tuple[SurveyContent, ...]
    rollups: tuple[Rollup, ...]
    base_quantities: tuple[BaseQuantity, ...] = ()
    supplements: tuple[Supplement, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    commune_groups: tuple[CommuneGroup, ...] = ()

    @cached_property
    def measure_by_code(self) -> dict[str, Measure]:
        return {measure.code: measure for measure in self.measures}

    def versions_of(self, family: str) -> tuple[Rulebook, ...]:
        """Every version of a family, oldest effective date first; empty for an unknown family."""
        found = (rulebook for rulebook in self.rulebooks if rulebook.family == family)
        return tuple(sorted(found, key=lambda rulebook: (rulebook.effective_on, rulebook.version)))
