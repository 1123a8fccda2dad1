"""Rows of this desk; see tests/access/matrix.py for their shape."""

from datetime import timedelta

from django.utils import timezone

from tests.access.matrix import OFFICERS, Route, Visitor

ENTITLED = (Visitor.OWN_OFFICER, Visitor.NATIONAL_OFFICER)
HIDDEN = (Visitor.OTHER_OFFICER,)
OF_CAUSE = {"public_id": "cause"}
OF_FINDING = {"public_id": "finding"}
# A draft is of the country; what its rehearsals show is of a region.
OF_DRAFT = {"public_id": "rehearsed_draft"}
# The shift of yesterday of whoever stands at the post of each side.
OF_SHIFT = {"post": "post", "guard": "guard"}
YESTERDAY = (timezone.localdate() - timedelta(days=1)).isoformat()

ROUTES = [
    Route("regulator:overview", opens=OFFICERS, lists="finding"),
    Route("regulator:agencies", opens=OFFICERS, lists="agency"),
    Route("regulator:compare", opens=OFFICERS),
    Route("regulator:months", opens=OFFICERS),
    Route("regulator:agency", {"public_id": "agency"}, opens=ENTITLED, hides=HIDDEN),
    Route("regulator:agency_months", {"public_id": "agency"}, opens=ENTITLED, hides=HIDDEN),
    Route("regulator:schools", opens=OFFICERS, lists="school"),
    Route("regulator:school", {"public_id": "school"}, opens=ENTITLED, hides=HIDDEN),
    Route("regulator:school_months", {"public_id": "school"}, opens=ENTITLED, hides=HIDDEN),
    Route("regulator:guards", opens=OFFICERS, lists="guard"),
    Route("regulator:guard", {"public_id": "guard"}, opens=ENTITLED, hides=HIDDEN),
    Route("regulator:disagreements", opens=OFFICERS),
    Route("regulator:disagreement", OF_SHIFT, {"on": YESTERDAY}, opens=ENTITLED, hides=HIDDEN),
    Route("regulator:causes", opens=OFFICERS, lists="cause"),
    Route("regulator:cause", OF_CAUSE, opens=ENTITLED, hides=HIDDEN),
    Route(
        "regulator:cause", OF_CAUSE, opens=ENTITLED, hides=HIDDEN, method="post", data={"answer": "accept"}, answer=302
    ),
    Route("regulator:modules", opens=OFFICERS),
    Route("regulator:module_add", opens=OFFICERS),
    Route("regulator:module_add", opens=OFFICERS, method="post"),
    Route("regulator:papers", opens=OFFICERS, lists="paper"),
    Route("regulator:paper", {"public_id": "paper"}, opens=ENTITLED, hides=HIDDEN),
    Route(
        "regulator:paper",
        {"public_id": "paper"},
        opens=ENTITLED,
        hides=HIDDEN,
        method="post",
        data={"answer": "verify"},
        answer=302,
    ),
    Route("regulator:findings", opens=OFFICERS, lists="finding"),
    Route("regulator:finding", OF_FINDING, opens=ENTITLED, hides=HIDDEN),
    Route("regulator:finding_replay", OF_FINDING, opens=ENTITLED, hides=HIDDEN),
    Route("regulator:finding_rows", OF_FINDING, opens=ENTITLED, hides=HIDDEN),
    Route("regulator:finding_pdf", OF_FINDING, opens=ENTITLED, hides=HIDDEN),
    Route("regulator:rehearsal", OF_DRAFT, opens=OFFICERS, lists="school"),
    Route("regulator:rehearsal", OF_DRAFT, opens=OFFICERS, method="post", answer=302),
    Route("regulator:rehearsal_marks", OF_DRAFT, opens=OFFICERS, lists="school"),
]
