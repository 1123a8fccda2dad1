"""Evidence of each rule that is told without a presenter of its own, as the rule writes it."""

from typing import Any

WINDOW = ["2026-08-27", "2026-11-24"]
STANDING = {"assignment": "A7", "post": "P7", "first_day": "2026-03-02"}
PAPER = {"paper_number": "77", "paper_issued_on": "2024-02-01", "paper_valid_until": "2026-02-01"}
# A record of each kind, as findings keep what they counted.
ROWS = [
    {
        "assignment_id": "A7",
        "iin": "990101300011",
        "school_id": "S7",
        "post_id": "P7",
        "agency_bin": "601240000004",
        "kind": "regular",
        "first_day": "2026-03-02",
        "last_day": None,
        "end_reason": "",
        "cause_accepted": False,
        "confirmed_on": "2026-03-03",
    }
]
SHIFTS = [
    {
        "on": "2026-11-02",
        "post_id": "P7",
        "iin": "990101300011",
        "school_confirmation": "other_person",
        "agency_bin": "601240000004",
    }
]
CONTRACTS = [
    {
        "contract": "C7",
        "agency_bin": "601240000004",
        "school_id": "S7",
        "first_day": "2025-01-01",
        "last_day": None,
    }
]
LISTED = [{**CONTRACTS[0], "vulnerable_since": "2024-01-01", "vulnerable_until": None}]
POSTS = [
    {
        "post_id": "P7",
        "school_id": "S7",
        "pattern": "12h",
        "positions": 3,
        "first_day": "2020-01-01",
        "last_day": None,
    }
]
STAFF = [{"iin": "990101300011", "first_day": "2026-03-02", "last_day": None}]
GROUPS = [{"group": "Сұңқар", "has_radio": True, "is_armed": False, "first_day": "2024-01-01", "last_day": None}]
LOG = [{"held_on": "2026-02-03", "topic": "Өрт қауіпсіздігі"}]
CALENDARS = [
    {
        "calendar": "K7",
        "schools": ["S7"],
        "weekdays": "12345",
        "closures": [["2026-10-26", "2026-11-01"], ["2026-03-21", "2026-03-23"]],
    }
]
PAPERS = [{"paper": "training_certificate", "number": "77", "issued_on": "2024-02-01", "valid_until": "2026-02-01"}]
SERVICE = [
    {
        "agency_bin": "601240000004",
        "first_day": "2020-02-02",
        "last_day": "2025-05-05",
        "end_reason": "dismissed_negative",
    }
]
TRAINING = [{"completed_on": "2024-01-01", "school_id": "S7"}]
MODULES = [{"module": "M7", "scope": "school", "valid_months": 12}]
SIGNED = [{**CONTRACTS[0], "contract_number": "7/2025", "signed_on": "2024-12-30", "licence": "L7"}]
REPORTS = [{"report_year": 2026, "report_quarter": 2, "sent_on": "2026-07-20"}]
SPELLS = [
    {
        "iin": "990101300011",
        "school_id": "S7",
        "first_day": "2026-03-02",
        "last_day": None,
        "days_in_window": 90,
        "seasoned_in_window": 45,
    }
]
EVENTS = [{"licence": "L7", "on": "2026-11-07", "event": "suspended", "basis": ""}]
LICENCES = [{"licence": "L7", "subtype": "all", "issued_on": "2017-11-20"}]
KEPT: dict[str, list[dict[str, Any]]] = {
    "rows": ROWS,
    "shifts": SHIFTS,
    "contracts": CONTRACTS,
    "posts": POSTS,
    "staff": STAFF,
    "groups": GROUPS,
    "log": LOG,
    "papers": PAPERS,
    "service": SERVICE,
    "training": TRAINING,
    "modules": MODULES,
    "licences": LICENCES,
    "events": EVENTS,
    "reports": REPORTS,
    "spells": SPELLS,
}

FLAT: dict[str, dict[str, Any]] = {
    "agency_vulnerable_capability": {
        "mobile_groups": 1,
        "radio_groups": 1,
        "armed_groups": 0,
        "groups_required": 2,
        "groups": GROUPS,
        "contracts": LISTED,
    },
    "briefings": {"kind": "briefing", "held": 1, "at_least": 2, "months": 12, "last_held_on": "2026-02-03", "log": LOG},
    "continuity_floor": {
        "level": "school",
        "window": WINDOW,
        "person_days": 900,
        "seasoned_days": 450,
        "continuity": 0.5,
        "floor": 0.6,
        "rows": ROWS,
        "calendars": CALENDARS,
        "spells": SPELLS,
    },
    "contract_in_force": {
        **STANDING,
        "contract": "C7",
        "contract_number": "7/2025",
        "contract_first_day": "2025-01-01",
        "contract_last_day": "2026-10-31",
        "licence": "L7",
        "contracts": SIGNED,
    },
    "guard_age_citizenship": {
        **STANDING,
        "born_on": "2008-12-31",
        "age": 17,
        "minimum_age": 19,
        "maximum_age": None,
        "citizenship": "KZ",
    },
    "guard_identity_document": {**STANDING, "paper": "identity_document", **PAPER, "papers": PAPERS},
    "guard_no_bars": {
        **STANDING,
        "dismissed_on": "2025-05-05",
        "dismissed_by": "601240000004",
        "barred_until": "2028-05-05",
        "papers": [],
        "service": SERVICE,
    },
    "guard_refresher": {
        **STANDING,
        "last_trained_on": "2024-11-01",
        "months": 12,
        "in_service_since": "2020-02-02",
        "papers": PAPERS,
        "service": SERVICE,
    },
    "guard_special_training": {**STANDING, "paper": "training_certificate", **PAPER, "papers": PAPERS},
    "post_covered": {
        "window": WINDOW,
        "post": "P7",
        "positions": 3,
        "open_days": 60,
        "vacant_days": 9,
        "limit_days": 5,
        "rows": ROWS,
        "contracts": CONTRACTS,
        "posts": POSTS,
        "calendars": CALENDARS,
    },
    "presence_agrees": {
        "window": WINDOW,
        "answered": 100,
        "disagreed": 12,
        "share": 0.12,
        "limit_share": 0.05,
        "shifts": SHIFTS,
        "rows": ROWS,
    },
    "quarterly_report": {"quarter": "2026-Q3", "due_on": "2026-10-25", "reports": REPORTS},
    "school_training": {
        **STANDING,
        "module": "M7",
        "required_since": "2026-01-01",
        "completed_on": None,
        "open_days_stood": 20,
        "grace_open_days": 3,
        "valid_months": 12,
        "calendars": CALENDARS,
        "training": TRAINING,
        "modules": MODULES,
    },
    "staffing_norm": {
        "guards_on_staff": 12,
        "guards_allowed": 9.5,
        "posts_24h": 2,
        "posts_12h": 0,
        "posts_8h": 0,
        "mobile_groups": 0,
        "staff": STAFF,
        "posts": POSTS,
        "contracts": CONTRACTS,
        "groups": GROUPS,
    },
}
