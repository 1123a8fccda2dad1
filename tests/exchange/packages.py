"""A lawful package of one school and two guards, for tests to break one thing in; and what loading said of it."""

from pathlib import Path

from exchange.actions import Outcome, load
from exchange.faults import Faults
from exchange.packages import opened
from tests.factories import bin_number, iin

LAWFUL = {
    "calendars.csv": "calendar_id,name,weekdays\nfive,Five days,12345\n",
    "closures.csv": "calendar_id,first_day,last_day,reason\nfive,2026-06-01,2026-08-31,Summer\n",
    "schools.csv": (
        "school_id,bin,name_ru,name_kk,region,locality,pupils,staff,calendar_id,vulnerable_since,vulnerable_until\n"
        f"S1,{bin_number(1)},Школа № 1,№ 1 мектеп,35,Караганда,800,90,five,2024-01-01,\n"
    ),
    "posts.csv": (
        "post_id,school_id,name,pattern,positions,first_day,last_day\n"
        "P1,S1,Главный вход,24h,3,2024-01-01,\nP2,S1,Двор,8h,1,2024-01-01,\n"
    ),
    "agencies.csv": (
        f"bin,name_ru,name_kk,region,head_name,phone,email\n{bin_number(2)},ТОО «Қорғау»,,35,Болат,,a@example.kz\n"
    ),
    "licences.csv": f"number,agency_bin,subtype,issued_on\nL1,{bin_number(2)},all,2020-01-01\n",
    "licence_events.csv": ("number,on,event,basis\nL1,2025-03-01,suspended,Order 1\nL1,2025-04-01,resumed,Order 2\n"),
    "contracts.csv": (
        "contract_id,agency_bin,school_id,number,signed_on,first_day,last_day,licence_number\n"
        f"C1,{bin_number(2)},S1,7/2024,2023-12-20,2024-01-01,,L1\n"
    ),
    "guards.csv": (
        "iin,family_name,given_name,patronymic,citizenship\n"
        f"{iin(1)},Сейтқалиев,Болат,Ерланұлы,KZ\n{iin(2)},Ли,Елена,,\n"
    ),
    "employments.csv": (
        "iin,agency_bin,first_day,last_day,end_reason\n"
        f"{iin(1)},{bin_number(2)},2024-01-01,,\n{iin(2)},{bin_number(2)},2024-01-01,2025-12-31,resigned\n"
    ),
    "credentials.csv": (
        "iin,kind,number,issued_by,issued_on,valid_until\n"
        f"{iin(1)},medical_certificate,M1,Поликлиника № 3,2025-01-10,2026-01-10\n"
    ),
    "modules.csv": (
        "code,title_ru,title_kk,title_en,scope,hours,valid_months\n"
        "EVAC,Эвакуация,Эвакуация,Evacuation,school,2.5,12\nLAW,Право,,,general,,\n"
    ),
    "school_requirements.csv": "school_id,module_code,first_day,last_day\nS1,EVAC,2024-01-01,\n",
    "training.csv": (
        "iin,module_code,school_id,completed_on,hours,trainer\n"
        f"{iin(1)},EVAC,S1,2025-02-01,2.5,Асқар\n{iin(1)},LAW,,2025-02-01,,\n"
    ),
    "assignments.csv": (
        "assignment_id,iin,post_id,agency_bin,kind,first_day,last_day,end_reason,cause_accepted,status,confirmed_on\n"
        f"A1,{iin(1)},P1,{bin_number(2)},regular,2024-01-01,,,0,confirmed,2024-01-03\n"
        f"A2,{iin(2)},P1,{bin_number(2)},regular,2024-01-01,2025-06-30,illness,1,ended,2024-01-02\n"
        f"A3,{iin(2)},P2,{bin_number(2)},relief,2025-07-01,2025-12-31,resigned,0,ended,2025-07-01\n"
    ),
    "attendance.csv": (
        "iin,post_id,on,agency_claim,school_confirmation\n"
        f"{iin(1)},P1,2025-02-03,1,present\n{iin(1)},P1,2025-02-04,0,\n"
    ),
    "mobile_groups.csv": (
        "agency_bin,name,has_radio,is_armed,first_day,last_day\n"
        f"{bin_number(2)},Группа 1,1,1,2024-01-01,\n{bin_number(2)},Группа 2,1,0,2024-01-01,2025-01-01\n"
    ),
    "quarterly_reports.csv": f"agency_bin,year,quarter,sent_on\n{bin_number(2)},2026,3,2026-10-20\n",
    "briefings.csv": (
        "school_id,kind,held_on,topic,led_by\nS1,briefing,2026-09-02,,Асқар\nS1,drill,2026-09-10,Эвакуация,\n"
    ),
}


def loaded(path: Path, *, dry_run: bool = False) -> Outcome:
    faults = Faults()
    with opened(path, faults) as package:
        return load(package=package, faults=faults, dry_run=dry_run, by=None)


def said(outcome: Outcome) -> list[str]:
    """The faults as they are printed."""
    return [str(fault) for fault in outcome.faults]


def places(outcome: Outcome) -> list[str]:
    """Where the faults are: file, line and column."""
    return [f"{fault.file}:{fault.line}: {fault.column}" for fault in outcome.faults]


def counts(outcome: Outcome) -> dict[str, tuple[int, int, int]]:
    """New, changed and unchanged rows of the files that had any but unchanged."""
    tallies = {file: (tally.created, tally.changed, tally.unchanged) for file, tally in outcome.tallies.items()}
    return {file: numbers for file, numbers in tallies.items() if numbers[:2] != (0, 0)}
