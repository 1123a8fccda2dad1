"""Who may not stand where he stands: every active assignment of the country against every requirement.

The yardstick is DuckDB over copies of the tables in memory. It shares nothing with the rules but the numbers of their
clauses, and must name the same assignments for the same requirements, on the day and on days before and after it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.functions import Cast, Coalesce

from agencies.models import Contract
from benchmarks.timing import Disagreement, Line, interleaved
from compliance.engine import RegisterWorld, base_terms, versions_judged
from compliance.gathering import gathered
from compliance.models import ClauseVersion
from compliance.predicates.columns import WITHIN, Day, listed
from compliance.predicates.standing import StandingRule
from compliance.register import COUNTRY
from guards.models import Assignment, Credential, Employment, EndReason, Guard, Module, Requirement, TrainingRecord
from schools.models import Post

TARGET = 15.0
# Days on which the answers are compared before a time is taken: papers run out, modules are asked for anew.
COMPARED = (timedelta(0), timedelta(days=-400), timedelta(days=200))
# An assignment by its identifier, a clause by its code, and the module where one is asked for.
Unmet = set[tuple[str, str, str]]
KINDS = tuple(str(kind) for kind in Credential.Kind.values)
# Days and years that never come.
NEVER, OLDEST = 2_500_000, 10_000

STANDING = """
CREATE OR REPLACE TEMP TABLE standing AS
SELECT assignments.key, guard, agency, school, iin, citizenship
FROM assignments JOIN posts ON posts.key = post JOIN guards ON guards.key = guard
WHERE holding AND first_day <= $day AND last_day >= $day
"""
AGE = """
WITH aged AS (
    SELECT key, citizenship, month_day($day) - ((
        CASE substr(iin, 7, 1) WHEN '1' THEN 1800 WHEN '2' THEN 1800 WHEN '3' THEN 1900 WHEN '4' THEN 1900
            WHEN '5' THEN 2000 WHEN '6' THEN 2000 ELSE 9900 END + substr(iin, 1, 2)::INT
        ) * 12 + substr(iin, 3, 2)::INT) * 32 - substr(iin, 5, 2)::INT AS lived
    FROM standing
)
SELECT key, '' FROM aged
WHERE lived < $minimum_age * 384 OR lived >= ($maximum_age + 1) * 384 OR citizenship NOT IN ('', 'KZ', 'KAZ')
"""
RECORDED = """
agency IN (
    SELECT agency FROM employments
    SEMI JOIN (SELECT guard, max(last_day) AS last_day FROM employments GROUP BY ALL) USING (guard, last_day)
    SEMI JOIN (SELECT guard FROM papers WHERE kind = $kind) USING (guard)
)
"""
PAPER = f"""
SELECT key, '' FROM standing ANTI JOIN (
    SELECT guard FROM papers WHERE kind = $kind AND issued_on <= $day AND valid_until >= $day
) USING (guard) WHERE {RECORDED}
"""  # nosec B608: a constant of this module
REFRESHER = f"""
SELECT key, '' FROM standing
SEMI JOIN (SELECT guard FROM employments WHERE first_day + to_months($months) < $day) USING (guard)
ANTI JOIN (
    SELECT guard FROM papers
    WHERE kind IN ($kind, $training) AND issued_on > DATE '0001-01-01' AND issued_on <= $day
        AND issued_on + to_months($months) >= $day
    UNION ALL
    SELECT guard FROM papers
    WHERE kind = $kind AND issued_on = DATE '0001-01-01' AND dated AND valid_until >= $day
) USING (guard) WHERE {RECORDED}
"""  # nosec B608
DISMISSED = """
SELECT key, '' FROM standing SEMI JOIN (
    SELECT guard FROM employments
    WHERE dismissed AND last_day < $day AND month_day(last_day) + $months * 32 > month_day($day)
) USING (guard)
"""
CONTRACT = """
SELECT key, '' FROM standing ANTI JOIN (
    SELECT agency, school FROM contracts
    WHERE first_day <= $day AND last_day >= $day AND signed_on <= $day AND (named OR NOT $names_licence)
) USING (agency, school)
"""
TRAINING = """
WITH asked AS (
    SELECT standing.key, guard, standing.school, module, code, general, valid_months
    FROM standing JOIN requirements USING (school) JOIN modules ON modules.key = module
    WHERE requirements.first_day <= $day AND requirements.last_day >= $day
), trained AS (
    SELECT guard, module, school, max(completed_on) AS completed_on
    FROM training WHERE completed_on <= $day GROUP BY ALL
), done AS (
    SELECT asked.key, asked.module FROM asked JOIN trained USING (guard, module)
    WHERE (general OR trained.school = asked.school)
        AND (valid_months IS NULL OR completed_on + to_months(valid_months) >= $day)
)
SELECT key, code FROM asked ANTI JOIN done USING (key, module)
"""


def eligibility(day: date, rounds: int) -> Iterator[Line]:
    """Measure, once the same was found by both on all days compared."""
    yardstick = Yardstick()
    found = [_agree(yardstick, day + apart) for apart in COMPARED]
    print(f"unmet requirements agree on {len(found)} days: {', '.join(f'{number:,}' for number in found)}", flush=True)
    took = interleaved(rounds, {"duckdb": lambda: yardstick.unmet(day), "rules": lambda: unmet(day)})
    yield Line("DuckDB: eligibility of the country, in memory", took["duckdb"])
    yield Line("from the database to the eligibility of the country", took["rules"], took["duckdb"].clock, TARGET)


def unmet(day: date) -> Unmet:
    """What the rules about who stands at a post find, one query each."""
    versions = versions_judged(day)
    world = RegisterWorld(day, COUNTRY, base_terms(versions))
    found: Unmet = set()
    for version, rule in _asked(versions):
        for row in world.ask(rule.failing_in):
            marks = [one.split(WITHIN)[0] for one in listed(row.missing)] if rule.code == "school_training" else [""]
            found.update((row.assignment_code, version.clause.code, mark) for mark in marks)
    return found


def _asked(versions: list[ClauseVersion]) -> Iterator[tuple[ClauseVersion, StandingRule]]:
    for version in versions:
        rule = version.build_rule()
        if isinstance(rule, StandingRule):
            yield version, rule


def _agree(yardstick: "Yardstick", day: date) -> int:
    ours, theirs = unmet(day), yardstick.unmet(day)
    if ours != theirs:
        raise Disagreement(f"Eligibility on {day}: {sorted(ours ^ theirs)[:5]} and {len(ours ^ theirs)} in all.")
    return len(ours)


class Yardstick:
    """The tables in DuckDB's memory. What is done on opening is not part of any time."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("CREATE MACRO month_day(a) AS (year(a) * 12 + month(a)) * 32 + day(a)")
        for name, read in TABLES.items():
            self._connection.register("given", read())
            days = [column for column in self._connection.table("given").columns if column.endswith(("_on", "_day"))]
            days += ["valid_until"] if name == "papers" else []
            dates = ", ".join(f"DATE '0001-01-01' + ({day} - 1)::INT AS {day}" for day in days)
            replaced = f"* REPLACE ({dates})" if days else "*"
            self._connection.table("given").project(replaced).create(name)
            self._connection.unregister("given")

    def unmet(self, day: date) -> Unmet:
        versions = versions_judged(day)
        self._connection.execute(STANDING, {"day": day})
        found: Unmet = set()
        for version, rule in _asked(versions):
            statement, given = _statement(rule)
            given = {name: value for name, value in {"day": day, **given}.items() if f"${name}" in statement}
            rows = self._connection.execute(
                f"SELECT code, mark FROM ({statement}) AS found(key, mark) JOIN assignments USING (key)",  # nosec B608
                given,
            )
            found.update((code, version.clause.code, mark) for code, mark in rows.fetchall())
        return found


def _statement(rule: Any) -> tuple[str, Mapping[str, Any]]:
    """The requirement of a rule in SQL, with its numbers."""
    training = KINDS.index(Credential.Kind.TRAINING_CERTIFICATE)
    match rule.code:
        case "guard_age_citizenship":
            most = OLDEST if rule.maximum_age is None else rule.maximum_age
            return AGE, {"minimum_age": rule.minimum_age, "maximum_age": most}
        case "guard_no_bars" if rule.bar == "negative_dismissal":
            return DISMISSED, {"months": rule.months}
        case "guard_special_training" | "guard_identity_document" | "guard_no_bars":
            return PAPER, {"kind": KINDS.index(rule.kind)}
        case "guard_refresher":
            return REFRESHER, {"kind": KINDS.index(rule.kind), "training": training, "months": rule.months}
        case "contract_in_force":
            return CONTRACT, {"names_licence": rule.names_licence}
        case "school_training" if not rule.grace_open_days:
            return TRAINING, {}
    raise ValueError(f"The yardstick does not know {rule}.")


def _day(field: str, empty: int) -> Any:
    """A day as its number; `empty` where there is none."""
    return Coalesce(Day(F(field)), Value(empty))


def _is(**condition: Any) -> Any:
    return Case(When(**condition, then=Value(1)), default=Value(0))


def _texts(model: Any, columns: Mapping[str, str]) -> dict[str, np.ndarray]:
    """Columns of texts, by name, with the primary key."""
    rows = model.objects.order_by().values_list("pk", *columns.values())
    found = list(zip(*rows, strict=True)) or [()] * (len(columns) + 1)
    return {
        "key": np.array(found[0], dtype=np.int64),
        **{name: np.array(texts, dtype=object) for name, texts in zip(columns, found[1:], strict=True)},
    }


def _assignments() -> dict[str, np.ndarray]:
    numbers = gathered(
        Assignment.objects.all(),
        key=F("pk"),
        guard=F("guard"),
        post=F("post"),
        agency=F("agency"),
        first_day=Day(F("first_day")),
        last_day=_day("last_day", NEVER),
        holding=_is(status__in=Assignment.HOLDING),
    )
    texts = _texts(Assignment, {"code": "code"})
    order, other = np.argsort(numbers["key"]), np.argsort(texts["key"])
    return {**{name: column[order] for name, column in numbers.items()}, "code": texts["code"][other]} | {
        "holding": numbers["holding"][order].astype(bool)
    }


def _modules() -> dict[str, np.ndarray]:
    rows = list(Module.objects.order_by("pk").values_list("pk", "code", "scope", "valid_months"))
    return {
        "key": np.array([key for key, *_ in rows], dtype=np.int64),
        "code": np.array([code for _, code, *_ in rows], dtype=object),
        "general": np.array([scope == Module.Scope.GENERAL for *_, scope, _ in rows], dtype=bool),
        "valid_months": np.ma.masked_array(
            [months or 0 for *_, months in rows], mask=[months is None for *_, months in rows]
        ),
    }


def _papers() -> dict[str, np.ndarray]:
    kinds = [When(kind=kind, then=Value(number)) for number, kind in enumerate(KINDS)]
    papers = gathered(
        Credential.objects.all(),
        guard=F("guard"),
        kind=Case(*kinds, default=Value(-1)),
        issued_on=_day("issued_on", 1),
        valid_until=_day("valid_until", NEVER),
        dated=_is(valid_until__isnull=False),
    )
    return {**papers, "dated": papers["dated"].astype(bool)}


def _employments() -> dict[str, np.ndarray]:
    found = gathered(
        Employment.objects.all(),
        guard=F("guard"),
        agency=F("agency"),
        first_day=Day(F("first_day")),
        last_day=_day("last_day", NEVER),
        dismissed=_is(end_reason=EndReason.DISMISSED_NEGATIVE),
    )
    return {**found, "dismissed": found["dismissed"].astype(bool)}


def _contracts() -> dict[str, np.ndarray]:
    found = gathered(
        Contract.objects.all(),
        agency=F("agency"),
        school=F("school"),
        first_day=Day(F("first_day")),
        last_day=_day("last_day", NEVER),
        signed_on=_day("signed_on", 1),
        named=_is(licence__isnull=False),
    )
    return {**found, "named": found["named"].astype(bool)}


def _requirements() -> dict[str, np.ndarray]:
    return gathered(
        Requirement.objects.all(),
        school=F("school"),
        module=F("module"),
        first_day=Day(F("first_day")),
        last_day=_day("last_day", NEVER),
    )


def _training() -> dict[str, np.ndarray]:
    return gathered(
        TrainingRecord.objects.all(),
        guard=F("guard"),
        module=F("module"),
        school=Coalesce(Cast("school", IntegerField()), Value(0)),
        completed_on=Day(F("completed_on")),
    )


TABLES: Mapping[str, Callable[[], dict[str, np.ndarray]]] = {
    "assignments": _assignments,
    "posts": lambda: gathered(Post.objects.all(), key=F("pk"), school=F("school")),
    "guards": lambda: _texts(Guard, {"iin": "iin", "citizenship": "citizenship"}),
    "papers": _papers,
    "employments": _employments,
    "contracts": _contracts,
    "requirements": _requirements,
    "modules": _modules,
    "training": _training,
}
