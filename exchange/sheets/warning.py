"""Whom the law would keep from a post: asked for the rows of a sheet of proposals before they are brought in.

It is a warning and no fault: a proposal opens no door, papers may come before the first day, and the law is asked again
when the director confirms. A sheet of a whole agency is asked about its first rows only.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from agencies.models import Agency
from exchange.checks import parts
from exchange.sheets.lines import Lines, Trouble
from guards.models import Guard
from schools.models import Post
from staffing.obstacles import of_clauses

MOST_ROWS = 5_000
# A post and a day are asked about at once, whoever is to stand there.
MOST_GROUPS = 200


def warnings(lines: Lines, agency: Agency, faulty: Collection[int]) -> tuple[list[Trouble], int]:
    """What the law has against the rows that are not at fault, and how many rows were asked about."""
    groups: dict[tuple[str, date], dict[str, int]] = defaultdict(dict)
    asked = 0
    for row, iin, post, first_day in lines.rows("iin", "post_id", "first_day"):
        if row in faulty:
            continue
        key = (post, date.fromisoformat(first_day))
        if asked == MOST_ROWS or (key not in groups and len(groups) == MOST_GROUPS):
            break
        groups[key][iin] = row
        asked += 1
    guards: dict[str, Guard] = {}
    for part in parts(sorted({iin for rows in groups.values() for iin in rows})):
        guards.update({guard.iin: guard for guard in Guard.objects.filter(iin__in=part)})
    posts = Post.objects.select_related("school").in_bulk({post for post, _day in groups}, field_name="code")
    found = []
    for (code, day), rows in groups.items():
        against = of_clauses([guards[iin] for iin in rows], posts[code], agency, day)
        for iin, row in rows.items():
            said = " ".join(one.whole for one in against[guards[iin].pk] if one.blocks)
            if said:
                found.append(Trouble(row, "iin", said))
    return sorted(found), asked
