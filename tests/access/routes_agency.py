"""Rows of this desk; see tests/access/matrix.py for their shape."""

from tests.access.matrix import MANAGERS, Route, Visitor

OWN, OTHER = Visitor.OWN_MANAGER, Visitor.OTHER_MANAGER
TO_COME = "31.12.2035"

ROUTES: list[Route] = [
    Route("agency:today", opens=MANAGERS, lists="school"),
    Route("agency:guards", opens=MANAGERS, lists="guard"),
    Route("agency:guard", {"public_id": "guard"}, opens=[OWN], hides=[OTHER]),
    Route("agency:schools", opens=MANAGERS, lists="school"),
    Route("agency:school", {"public_id": "school"}, opens=[OWN], hides=[OTHER]),
    Route("agency:place", {"public_id": "school"}, opens=[OWN], hides=[OTHER]),
    Route("agency:place", {"public_id": "school"}, opens=[OWN], hides=[OTHER], method="post", data={"post": ""}),
    Route("agency:place_choose", opens=MANAGERS, lists="school"),
    Route("agency:proposals", opens=MANAGERS, lists="proposal"),
    Route("agency:withdraw", {"public_id": "proposal"}, opens=[OWN], hides=[OTHER]),
    Route("agency:withdraw", {"public_id": "proposal"}, opens=[OWN], hides=[OTHER], method="post", answer=302),
    Route("agency:end", {"public_id": "assignment"}, opens=[OWN], hides=[OTHER]),
    Route(
        "agency:end",
        {"public_id": "assignment"},
        opens=[OWN],
        hides=[OTHER],
        method="post",
        data={"reason": "resigned", "last_day": TO_COME},
        answer=302,
    ),
    Route("agency:causes", opens=MANAGERS, lists="leave"),
    Route("agency:cause", {"public_id": "leave"}, opens=[OWN], hides=[OTHER]),
    Route("agency:cause", {"public_id": "leave"}, opens=[OWN], hides=[OTHER], method="post"),
    Route("agency:cause_evidence", {"public_id": "cause"}, opens=[OWN], hides=[OTHER]),
    Route("agency:imports", opens=MANAGERS, lists="sheet"),
    Route("agency:imports", opens=MANAGERS, method="post"),
    Route("agency:import_template", words={"kind": "guards", "ending": "xlsx"}, opens=MANAGERS),
    Route("agency:import", {"public_id": "sheet"}, opens=[OWN], hides=[OTHER]),
    Route("agency:import_match", {"public_id": "sheet"}, opens=[OWN], hides=[OTHER]),
    Route("agency:import_match", {"public_id": "sheet"}, opens=[OWN], hides=[OTHER], method="post"),
    Route("agency:import_mend", {"public_id": "sheet"}, opens=[OWN], hides=[OTHER], method="post"),
    Route("agency:import_load", {"public_id": "sheet"}, opens=[OWN], hides=[OTHER], method="post", answer=302),
    Route("agency:import_undo", {"public_id": "sheet"}, opens=[OWN], hides=[OTHER]),
    Route("agency:import_undo", {"public_id": "sheet"}, opens=[OWN], hides=[OTHER], method="post", answer=302),
    Route("agency:import_original", {"public_id": "sheet"}, opens=[OWN], hides=[OTHER]),
    Route("agency:import_rows", {"public_id": "sheet"}, opens=[OWN], hides=[OTHER]),
    Route("agency:findings", opens=MANAGERS, lists="finding"),
    Route("agency:finding", {"public_id": "finding"}, opens=[OWN], hides=[OTHER]),
    Route("agency:finding_rows", {"public_id": "finding"}, opens=[OWN], hides=[OTHER]),
]
