"""Rows of this desk; see tests/access/matrix.py for their shape."""

from datetime import timedelta

from django.utils import timezone

from tests.access.matrix import DIRECTORS, Route, Visitor

OWN, OTHER = Visitor.OWN_DIRECTOR, Visitor.OTHER_DIRECTOR
OF_MODULE = {"module": "module-of-own"}

# The shift of yesterday of whoever stands at the post of each side.
SHIFT = {"post": "post", "guard": "guard"}
YESTERDAY = (timezone.localdate() - timedelta(days=1)).isoformat()

ROUTES: list[Route] = [
    Route("school:door", opens=DIRECTORS, lists="guard"),
    Route("school:proposals", opens=DIRECTORS, lists="proposal"),
    Route("school:proposal", {"public_id": "proposal"}, opens=[OWN], hides=[OTHER]),
    Route("school:proposal", {"public_id": "proposal"}, opens=[OWN], hides=[OTHER], method="post", answer=302),
    Route("school:decline", {"public_id": "proposal"}, opens=[OWN], hides=[OTHER]),
    Route(
        "school:decline",
        {"public_id": "proposal"},
        opens=[OWN],
        hides=[OTHER],
        method="post",
        data={"reason": "Somebody else was agreed on."},
        answer=302,
    ),
    Route("school:ask", {"public_id": "proposal"}, opens=[OWN], hides=[OTHER]),
    Route(
        "school:ask",
        {"public_id": "proposal"},
        opens=[OWN],
        hides=[OTHER],
        method="post",
        data={"text": "How long has he been with you?"},
        answer=302,
    ),
    Route("school:relief", {"public_id": "relief"}, opens=[OWN], hides=[OTHER]),
    Route(
        "school:relief",
        {"public_id": "relief"},
        opens=[OWN],
        hides=[OTHER],
        method="post",
        data={"answer": "approve"},
        answer=302,
    ),
    Route("school:cause", {"public_id": "cause"}, opens=[OWN], hides=[OTHER]),
    Route(
        "school:cause",
        {"public_id": "cause"},
        opens=[OWN],
        hides=[OTHER],
        method="post",
        data={"answer": "accept"},
        answer=302,
    ),
    Route("school:requirements", opens=DIRECTORS),
    Route("school:require", opens=DIRECTORS),
    Route("school:require", opens=DIRECTORS, method="post"),
    Route("school:requirement_words", words=OF_MODULE, opens=[OWN], hides=[OTHER]),
    Route("school:requirement_words", words=OF_MODULE, opens=[OWN], hides=[OTHER], method="post", answer=302),
    Route("school:requirement_end", words=OF_MODULE, opens=[OWN], hides=[OTHER]),
    Route(
        "school:requirement_end",
        words=OF_MODULE,
        opens=[OWN],
        hides=[OTHER],
        method="post",
        data={"last_day": "31.12.2035"},
        answer=302,
    ),
    Route("school:history", opens=DIRECTORS, lists="finding"),
    Route("school:months", opens=DIRECTORS),
    Route("school:disagreements", opens=DIRECTORS),
    Route("school:disagreement", SHIFT, {"on": YESTERDAY}, opens=[OWN], hides=[OTHER]),
    Route(
        "school:disagreement",
        SHIFT,
        {"on": YESTERDAY},
        opens=[OWN],
        hides=[OTHER],
        method="post",
        data={"text": "He came at nine."},
        answer=302,
    ),
    Route("school:findings", opens=DIRECTORS, lists="finding"),
    Route("school:finding", {"public_id": "finding"}, opens=[OWN], hides=[OTHER]),
]
