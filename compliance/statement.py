"""What `evaluate --json` writes: figures and findings by lasting identifiers, never by those of the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from agencies.models import Agency
from compliance.engine import Judged, Judgement
from compliance.figures import STORED, all_figures
from compliance.findings import OPENED_AT_ONCE, standing
from compliance.models import ClauseVersion, Finding
from compliance.predicates import Subject
from compliance.predicates.base import evidence_in_full
from compliance.register import by_key
from compliance.turnover import ENGINE_VERSION
from guards.models import Guard
from schools.models import School

DECIMALS = 4


def statement(judgement: Judgement) -> dict[str, Any]:
    """The judgement as one object of the exchange format, in an order that does not depend on the database."""
    names = Names.of(judgement)
    figures = [
        {
            "level": level,
            "school_id": names.schools.get(row["school"]),
            "agency_bin": names.agencies.get(row["agency"]),
            "region": f"{row['region']:02d}" if row["region"] is not None else None,
            **{name: _rounded(row[name]) for name in STORED},
        }
        for level, rows in all_figures(judgement).items()
        for row in rows
    ]
    return {
        "as_of": judgement.day.isoformat(),
        "engine": ENGINE_VERSION,
        "paragraphs": _paragraphs(judgement),
        "figures": sorted(figures, key=_figure_order),
        "findings": _findings(judgement, names),
    }


@dataclass(frozen=True)
class Names:
    """The lasting identifiers of schools, agencies and guards by primary key; of no key none."""

    schools: Mapping[Any, str]
    agencies: Mapping[Any, str]
    guards: Mapping[Any, str]

    @classmethod
    def of(cls, judgement: Judgement) -> "Names":
        accused = {one.breach.subject.guard for one in judgement.breaches if one.breach.subject.guard}
        return cls(
            schools=dict(School.objects.values_list("pk", "code")),
            agencies=dict(Agency.objects.values_list("pk", "bin")),
            guards=by_key(Guard, accused, "iin"),
        )

    def subject(self, subject: Subject) -> tuple[str | None, str | None, str | None]:
        return self.schools.get(subject.school), self.agencies.get(subject.agency), self.guards.get(subject.guard)


def _rounded(value: Any) -> Any:
    return round(value, DECIMALS) if isinstance(value, float) else value


def _figure_order(figure: dict[str, Any]) -> tuple[str, ...]:
    return tuple(figure[name] or "" for name in ("level", "region", "agency_bin", "school_id"))


def _paragraphs(judgement: Judgement) -> list[dict[str, str]]:
    """Each paragraph with the day from which its present edition holds: when a clause last began, changed or ended."""
    latest: dict[str, str] = {}
    for version in judgement.versions:
        code = version.clause.paragraph.code
        latest[code] = max(latest.get(code, ""), version.effective_from.isoformat())
    repeals = ClauseVersion.objects.enacted().filter(rule="", effective_from__lte=judgement.day)
    for code, day in repeals.values_list("clause__paragraph__code", "effective_from"):
        if code in latest:
            latest[code] = max(latest[code], day.isoformat())
    return [{"code": code, "effective_from": day} for code, day in sorted(latest.items())]


def _findings(judgement: Judgement, names: Names) -> list[dict[str, Any]]:
    """What was found; a finding that was open before says since when, with the evidence it was opened on."""
    standing_then = standing(judgement)

    def finding_of(judged: Judged) -> Finding | None:
        held = standing_then.get((judged.version.pk, judged.breach.subject.key))
        return held if held and held.strength == judged.breach.strength else None

    told = _evidence([one for one in judgement.breaches if not finding_of(one)], judgement.day)

    def line(judged: Judged) -> dict[str, Any]:
        held = finding_of(judged)
        school, agency, guard = names.subject(judged.breach.subject)
        return {
            "clause": judged.version.clause.code,
            "rule": judged.version.rule,
            "strength": judged.breach.strength or None,
            "school_id": school,
            "agency_bin": agency,
            "iin": guard,
            "opened_on": (held.opened_on if held else judgement.day).isoformat(),
            "evidence": _rounded_within(held.evidence if held else told[id(judged)]),
        }

    def order(judged: Judged) -> tuple[str, ...]:
        subject = judged.breach.subject
        return judged.version.clause.code, *(name or "" for name in names.subject(subject)), subject.mark

    return [line(judged) for judged in sorted(judgement.breaches, key=order)]


def _evidence(judged: Sequence[Judged], day: date) -> dict[int, dict[str, Any]]:
    """The evidence of some breaches as findings would keep it, by what holds the breach."""
    told: dict[int, dict[str, Any]] = {}
    for start in range(0, len(judged), OPENED_AT_ONCE):
        some = judged[start : start + OPENED_AT_ONCE]
        of_some = evidence_in_full([(one.version.judging_rule, one.breach) for one in some], day)
        told |= {id(one): evidence for one, evidence in zip(some, of_some, strict=True)}
    return told


def _rounded_within(evidence: Any) -> Any:
    if isinstance(evidence, dict):
        return {name: _rounded_within(value) for name, value in evidence.items()}
    if isinstance(evidence, list):
        return [_rounded_within(value) for value in evidence]
    return _rounded(evidence)
