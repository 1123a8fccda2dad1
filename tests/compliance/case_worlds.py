"""From a case as a lawyer reads it to a register: tests/compliance/cases/README.md says what each word means."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from agencies.models import Agency, Contract
from guards.models import Assignment, Guard, Module
from schools.models import Post, School
from tests import factories

LONG_AGO = factories.LONG_AGO


class CaseWorld:
    """The register that a case describes; what the case does not name is lawful."""

    def __init__(self, case: dict[str, Any]) -> None:
        # What is taken out of it on the way is missed by whoever reads the case next.
        self.case = case = deepcopy(case)
        self.modules: dict[str, Module] = {}
        self.calendar = factories.CalendarFactory(code="case", weekdays=case.get("weekdays", "1234567"))
        for first_day, last_day in case.get("closures", []):
            factories.ClosureFactory(calendar=self.calendar, first_day=first_day, last_day=last_day)
        self.school: School = factories.SchoolFactory(calendar=self.calendar, **case.get("school", {}))
        self.elsewhere: School = factories.SchoolFactory(calendar=self.calendar)
        self.agency: Agency = factories.AgencyFactory()
        self.other_agency: Agency = factories.AgencyFactory()
        self.posts: list[Post] = [
            factories.PostFactory(school=self.school, **post) for post in case.get("posts", [{"pattern": "24h"}])
        ]
        self.contracts: list[Contract] = [self._contract(dict(one)) for one in case.get("contracts", [{}])]
        for requirement in case.get("required", []):
            self._requirement(dict(requirement))
        self.guards: list[Guard] = [self._guard(dict(one)) for one in case.get("guards", [{}])]
        for kind in case.get("agency_keeps", []):
            colleague = factories.EmploymentFactory(agency=self.agency).guard
            factories.CredentialFactory(guard=colleague, kind=kind)
        for group in case.get("mobile_groups", []):
            factories.MobileGroupFactory(agency=self.agency, **group)
        for report in case.get("reports", []):
            factories.QuarterlyReportFactory(agency=self.agency, **report)
        for entry in case.get("log", []):
            factories.BriefingFactory(school=self.school, **entry)

    def _contract(self, said: dict[str, Any]) -> Contract:
        licence = dict(said.pop("licence", {}))
        names_licence = said.pop("names_licence", True)
        events = licence.pop("events", [])
        held = factories.LicenceFactory(agency=self.agency, **licence)
        for event in events:
            factories.LicenceEventFactory(licence=held, **event)
        return factories.ContractFactory(
            agency=self.agency, school=self.school, licence=held if names_licence else None, **said
        )

    def _module(self, code: str, **said: Any) -> Module:
        if code not in self.modules:
            self.modules[code] = factories.ModuleFactory(code=code, **said)
        return self.modules[code]

    def _requirement(self, said: dict[str, Any]) -> None:
        module = said.pop("module")
        about = {name: said.pop(name) for name in ("valid_months", "scope") if name in said}
        factories.RequirementFactory(
            school=self.school, module=self._module(module, **{"valid_months": None} | about), **said
        )

    def _guard(self, said: dict[str, Any]) -> Guard:
        """A guard who stands at the first post since long ago, unless the case says otherwise."""
        lists = {name: said.pop(name, []) for name in ("employments", "papers", "training", "shifts")}
        assignments = said.pop("assignments", [{}])
        guard: Guard = factories.GuardFactory(**said)
        for one in lists["employments"]:
            agency = self.other_agency if one.pop("elsewhere", False) else self.agency
            factories.EmploymentFactory(guard=guard, agency=agency, **one)
        for one in assignments:
            self._assignment(guard, dict(one))
        for one in lists["papers"]:
            factories.CredentialFactory(guard=guard, **{"issued_on": None, "valid_until": None} | one)
        for one in lists["training"]:
            school = self.elsewhere if one.pop("elsewhere", False) else self.school
            factories.TrainingRecordFactory(guard=guard, school=school, module=self._module(one.pop("module")), **one)
        for one in lists["shifts"]:
            self._shifts(guard, dict(one))
        return guard

    def _assignment(self, guard: Guard, said: dict[str, Any]) -> Assignment:
        if said.get("end_reason"):
            said["status"] = Assignment.Status.ENDED
        if said.get("status") == Assignment.Status.PROPOSED:
            said.setdefault("confirmed_on", None)
        post = self.posts[said.pop("post", 1) - 1]
        lawful = self.case.get("contracts", [{}])
        made: Assignment = factories.AssignmentFactory(guard=guard, post=post, agency=self.agency, **said)
        if not lawful:
            Contract.objects.filter(school=self.school).delete()
        return made

    def _shifts(self, guard: Guard, said: dict[str, Any]) -> None:
        for day in _days(said.pop("first_day"), said.pop("last_day")):
            factories.PresenceFactory(guard=guard, post=self.posts[0], on=day, **said)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)
