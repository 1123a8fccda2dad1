"""Guards and all that is known of them, one module a subject."""

from guards.models.assignments import Assignment, EndReason, Presence, PresenceNote, ProposalNote
from guards.models.briefings import Briefing
from guards.models.causes import Cause
from guards.models.people import Credential, Employment, Guard
from guards.models.relief import Relief
from guards.models.reminders import Reminder
from guards.models.training import Attendee, Module, Requirement, Session, TrainingRecord

__all__ = [
    "Assignment",
    "Attendee",
    "Briefing",
    "Cause",
    "Credential",
    "Employment",
    "EndReason",
    "Guard",
    "Module",
    "Presence",
    "PresenceNote",
    "ProposalNote",
    "Relief",
    "Reminder",
    "Requirement",
    "Session",
    "TrainingRecord",
]
