"""Evidence of each rule that is told without a presenter of its own, as the rule writes it."""

from typing import Any

WINDOW = ["2026-08-27", "2026-11-24"]
STANDING = {"assignment": "A7", "post": "P7", "first_day": "2026-03-02"}
PAPER = {"paper_number": "77", "paper_issued_on": "2024-02-01", "paper_valid_until": "2026-02-01"}

FLAT: dict[str, dict[str, Any]] = {
    "agency_vulnerable_capability": {
        "mobile_groups": 1,
        "radio_groups": 1,
        "armed_groups": 0,
        "groups_required": 2,
    },
    "briefings": {"kind": "briefing", "held": 1, "at_least": 2, "months": 12, "last_held_on": "2026-02-03"},
    "continuity_floor": {
        "level": "school",
        "window": WINDOW,
        "window_days": 90,
        "person_days": 900,
        "seasoned_days": 450,
        "continuity": 0.5,
        "floor": 0.6,
    },
    "contract_in_force": {
        **STANDING,
        "contract": "C7",
        "contract_number": "7/2025",
        "contract_first_day": "2025-01-01",
        "contract_last_day": "2026-10-31",
        "licence": "L7",
    },
    "guard_age_citizenship": {
        **STANDING,
        "born_on": "2008-12-31",
        "age": 17,
        "minimum_age": 19,
        "maximum_age": None,
        "citizenship": "KZ",
    },
    "guard_identity_document": {**STANDING, "paper": "identity_document", **PAPER},
    "guard_no_bars": {
        **STANDING,
        "dismissed_on": "2025-05-05",
        "dismissed_by": "601240000004",
        "barred_until": "2028-05-05",
    },
    "guard_refresher": {**STANDING, "last_trained_on": "2024-11-01", "months": 12},
    "guard_special_training": {**STANDING, "paper": "training_certificate", **PAPER},
    "post_covered": {
        "window": WINDOW,
        "post": "P7",
        "positions": 3,
        "open_days": 60,
        "vacant_days": 9,
        "limit_days": 5,
    },
    "presence_agrees": {"window": WINDOW, "answered": 100, "disagreed": 12, "share": 0.12, "limit_share": 0.05},
    "quarterly_report": {"quarter": "2026-Q3", "due_on": "2026-10-25"},
    "school_training": {
        **STANDING,
        "module": "M7",
        "required_since": "2026-01-01",
        "completed_on": None,
        "open_days_stood": 20,
        "grace_open_days": 3,
        "valid_months": 12,
    },
    "staffing_norm": {
        "guards_on_staff": 12,
        "guards_allowed": 9.5,
        "posts_24h": 2,
        "posts_12h": 0,
        "posts_8h": 0,
        "mobile_groups": 0,
        "contracts": 1,
    },
}
