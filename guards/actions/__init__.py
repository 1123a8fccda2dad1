"""What is done with guards and their papers: every verb in its own transaction, with its event."""

from guards.actions.papers import add_paper, correct_paper, delete_paper, doubt_paper, verify_paper
from guards.actions.people import correct, dismiss, hire, set_photo

__all__ = [
    "add_paper",
    "correct",
    "correct_paper",
    "delete_paper",
    "dismiss",
    "doubt_paper",
    "hire",
    "set_photo",
    "verify_paper",
]
