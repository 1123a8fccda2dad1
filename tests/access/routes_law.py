"""Rows of the law, which all read who are judged by it, and of its drafts, which officers read; see matrix.py."""

from tests.access.matrix import MEMBERS, OFFICERS, Route

OF_DRAFT = {"public_id": "draft"}
CLAUSE = {"code": "school-guards", "number": "1"}
FIRST = {"number": "1"}

ROUTES = [
    Route("law:paragraphs", opens=MEMBERS),
    Route("law:clause", words=CLAUSE, opens=MEMBERS),
    Route("regulator:paragraph", opens=OFFICERS),
    Route("regulator:draft", OF_DRAFT, opens=OFFICERS),
    Route("regulator:draft_begin", opens=OFFICERS),
    Route("regulator:draft_begin", opens=OFFICERS, method="post"),
    Route("regulator:draft_edit", OF_DRAFT, opens=OFFICERS),
    Route("regulator:draft_edit", OF_DRAFT, opens=OFFICERS, method="post"),
    Route("regulator:draft_add", OF_DRAFT, opens=OFFICERS),
    Route("regulator:draft_add", OF_DRAFT, opens=OFFICERS, method="post"),
    Route("regulator:draft_clause", OF_DRAFT, FIRST, opens=OFFICERS),
    Route("regulator:draft_clause", OF_DRAFT, FIRST, opens=OFFICERS, method="post"),
    Route("regulator:draft_repeal", OF_DRAFT, FIRST, opens=OFFICERS),
    Route("regulator:draft_repeal", OF_DRAFT, FIRST, opens=OFFICERS, method="post"),
    Route("regulator:draft_mark", OF_DRAFT, {"number": "1", "mark": "drop"}, opens=OFFICERS, method="post"),
    Route("regulator:draft_step", OF_DRAFT, {"step": "hand-over"}, opens=OFFICERS),
    Route("regulator:draft_step", OF_DRAFT, {"step": "hand-over"}, opens=OFFICERS, method="post"),
]
