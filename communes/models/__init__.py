"""Units, postings and assignments, targets, assessments with their statements, surveys, recognitions."""

from communes.models.assessment import Act, Assessment, ExemptionGrant, Holding, Statement
from communes.models.outcome import CountTarget, Recognition, SurveyResult, Target
from communes.models.people import Assignment, Posting
from communes.models.unit import Unit

__all__ = [
    "Act",
    "Assessment",
    "Assignment",
    "CountTarget",
    "ExemptionGrant",
    "Holding",
    "Posting",
    "Recognition",
    "Statement",
    "SurveyResult",
    "Target",
    "Unit",
]
