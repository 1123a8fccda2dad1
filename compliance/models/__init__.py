"""The paragraph as dated data, what was measured, and what was found."""

from compliance.models.countrywide import Compared, Comparison, SchoolCount
from compliance.models.figures import Figure
from compliance.models.findings import Answer, Finding
from compliance.models.judging import Evaluation, Stale
from compliance.models.law import Clause, ClauseVersion, Draft, Paragraph
from compliance.models.rehearsals import Rehearsal, RehearsedMark
from compliance.models.trends import Trend, TrendMark

__all__ = [
    "Answer",
    "Clause",
    "ClauseVersion",
    "Compared",
    "Comparison",
    "Draft",
    "Evaluation",
    "Figure",
    "Finding",
    "Paragraph",
    "Rehearsal",
    "RehearsedMark",
    "SchoolCount",
    "Stale",
    "Trend",
    "TrendMark",
]
