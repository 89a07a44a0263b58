"""Units, postings and assignments, targets, assessments with their statements and evidence, rounds, imports."""

from communes.models.assessment import Act, Assessment, ExemptionGrant, Holding, Statement
from communes.models.base_data import BaseFigure
from communes.models.discussion import Comment, Finding
from communes.models.evidence import Attachment, Evidence, EvidenceFile, RequiredPaper
from communes.models.importing import ColumnMapping, ImportBatch
from communes.models.outcome import CountTarget, PromisedValue, Recognition, SurveyResult, Target
from communes.models.people import Assignment, Posting, Team, TeamCommune, TeamMember
from communes.models.rounds import Confirmation, Extension, Practice, Round, RoundEvent, Snapshot
from communes.models.unit import Unit

__all__ = [
    "Act",
    "Assessment",
    "Assignment",
    "Attachment",
    "BaseFigure",
    "ColumnMapping",
    "Comment",
    "Confirmation",
    "CountTarget",
    "Evidence",
    "EvidenceFile",
    "ExemptionGrant",
    "Extension",
    "Finding",
    "Holding",
    "ImportBatch",
    "Posting",
    "Practice",
    "PromisedValue",
    "Recognition",
    "RequiredPaper",
    "Round",
    "RoundEvent",
    "Snapshot",
    "Statement",
    "SurveyResult",
    "Target",
    "Team",
    "TeamCommune",
    "TeamMember",
    "Unit",
]
