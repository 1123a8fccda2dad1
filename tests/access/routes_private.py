"""Rows of private files and kept filters; see tests/access/matrix.py for their shape."""

from tests.access.matrix import MEMBERS, Route, Visitor

OTHERS = (Visitor.OTHER_MANAGER, Visitor.OTHER_DIRECTOR, Visitor.OTHER_OFFICER)
OWN = (Visitor.OWN_MANAGER, Visitor.OWN_DIRECTOR, Visitor.OWN_OFFICER, Visitor.NATIONAL_OFFICER)

UNKNOWN = {"public_id": "00000000-0000-4000-8000-000000000000"}

ROUTES = [
    Route("private:photo", {"public_id": "guard"}, opens=OWN, hides=OTHERS),
    Route("private:scan", {"public_id": "paper"}, opens=OWN, hides=OTHERS),
    Route("private:cause", {"public_id": "cause"}, opens=OWN, hides=OTHERS),
    Route(
        "private:answer_file",
        {"public_id": "answer", "file": "answer_file"},
        opens=[visitor for visitor in OWN if visitor != Visitor.OWN_DIRECTOR],
        hides=[visitor for visitor in OTHERS if visitor != Visitor.OTHER_DIRECTOR],
    ),
    # Filters that one person keeps: of a list, his own alone.
    Route("saved:filters", opens=MEMBERS, data={"page": "agency:guards"}),
    Route("saved:filters", hides=MEMBERS, method="post"),
    Route("saved:delete", words=UNKNOWN, hides=MEMBERS, method="post"),
]
