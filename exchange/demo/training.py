"""What guards are taught: the modules, who asks for which, who completed what and when."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from exchange.demo.ledger import Ledger
from guards.models import Attendee, Module, Requirement, Session, TrainingRecord

# Repeated with two months left, as the papers are.
REPEATED_AFTER = 300
TRAINERS = ("Қ. Әбенова", "И. Логинов", "С. Төлегенова", "Р. Югай")


# Code, title in Russian, Kazakh and English, scope, hours, months of validity.
MODULES = (
    ("evacuation", "Эвакуация школы", "Мектепті эвакуациялау", "Evacuation of the school", "school", "2.00", 12),
    ("access-regime", "Пропускной режим", "Өткізу режимі", "Access regime", "school", "2.00", 12),
    ("alarm-button", "Тревожная кнопка", "Дабыл түймесі", "Alarm button", "school", "1.00", 12),
    (
        "inclusion",
        "Дети с особыми потребностями",
        "Ерекше қажеттіліктері бар балалар",
        "Children with special needs",
        "school",
        "3.00",
        12,
    ),
    ("children", "Как говорить с детьми", "Балалармен сөйлесу", "Talking with children", "general", "4.00", 12),
    ("first-aid", "Первая помощь", "Алғашқы көмек", "First aid", "general", "6.00", 12),
)
# What every school asks for, what every guard learns, what one school asks for besides.
AT_EVERY_SCHOOL, GENERAL, INCLUSION = (
    ("evacuation", "access-regime", "alarm-button"),
    ("children", "first-aid"),
    "inclusion",
)
HOURS = {code: hours for code, _ru, _kk, _en, _scope, hours, _months in MODULES}


class Training:
    """Puts down modules, requirements and completed training."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._modules: dict[str, int] = {}
        self._required: dict[int, list[str]] = {}
        self._last: dict[tuple[int, int], date] = {}

    def found(self) -> None:
        for code, ru, kk, en, scope, hours, months in MODULES:
            self._modules[code] = self._ledger.add(
                Module,
                code=code,
                title_ru=ru,
                title_kk=kk,
                title_en=en,
                scope=scope,
                hours=hours,
                valid_months=months,
            )

    def require(self, school: int, module: str, first: date) -> None:
        """A school asks for a module from a day on; guards who came before a late requirement have not got it."""
        self._ledger.add(Requirement, school_id=school, module_id=self._modules[module], first_day=first)
        if module in AT_EVERY_SCHOOL:
            self._required.setdefault(school, []).append(module)

    def general(self, guard: int, first: date, last: date) -> None:
        for module in GENERAL:
            self._repeat(guard, module, None, first - timedelta(days=4), last)

    def at_school(self, guard: int, school: int, first: date, last: date, without: Sequence[str] = ()) -> None:
        """Every module that the school asks for, before the first shift, and again while the guard stands there."""
        begin = first - timedelta(days=3)
        trained = self._last.get((guard, school))
        if trained:
            begin = max(begin, trained + timedelta(days=REPEATED_AFTER))
        for module in self._required.get(school, ()):
            if module not in without:
                done = self._repeat(guard, module, school, begin, last)
                self._last[guard, school] = done or trained or begin

    def session(
        self, agency: int, module: str, school: int, on: date, guards: Mapping[int, bool | None], *, place: str
    ) -> None:
        """A session at a school: held where it is said of each guard whether he came, else planned."""
        held = None not in guards.values()
        key = self._ledger.add(
            Session,
            agency_id=agency,
            module_id=self._modules[module],
            school_id=school,
            on=on,
            place=place,
            trainer=TRAINERS[0],
            hours=HOURS[module],
            status="held" if held else "planned",
        )
        for guard, came in guards.items():
            self._ledger.add(Attendee, session_id=key, guard_id=guard, came=came)
            if came:
                self.once(guard, module, school, on, session=key)

    def once(self, guard: int, module: str, school: int | None, on: date, session: int | None = None) -> None:
        """A training completed on a day."""
        self._ledger.add(
            TrainingRecord,
            guard_id=guard,
            module_id=self._modules[module],
            school_id=school,
            completed_on=on,
            hours=HOURS[module],
            trainer=TRAINERS[0 if session else guard % len(TRAINERS)],
            session_id=session,
        )

    def _repeat(self, guard: int, module: str, school: int | None, begin: date, last: date) -> date | None:
        """The training from a day on, again and again until the last one; returns the latest."""
        done, on = None, begin
        while on <= last:
            self.once(guard, module, school, on)
            done, on = on, on + timedelta(days=REPEATED_AFTER)
        return done
