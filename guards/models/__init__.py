"""Guards and all that is known of them, one module a subject."""

from guards.models.assignments import Assignment, EndReason, Presence
from guards.models.briefings import Briefing
from guards.models.people import Credential, Employment, Guard
from guards.models.training import Module, Requirement, TrainingRecord

__all__ = [
    "Assignment",
    "Briefing",
    "Credential",
    "Employment",
    "EndReason",
    "Guard",
    "Module",
    "Presence",
    "Requirement",
    "TrainingRecord",
]
