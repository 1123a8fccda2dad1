"""The stories of «Барыс Күзет» and its six schools: what the demo manager and the demo director see."""

from collections.abc import Callable

from exchange.demo.country import (
    EIGHT_HOURS,
    EVERY_DAY,
    SIX_DAYS,
    TWELVE_HOURS,
    Country,
    Firm,
    Person,
    Place,
    Site,
)
from exchange.demo.door import attendance
from exchange.demo.names import Name, called
from exchange.demo.papers import AS_USUAL, IDENTITY, MEDICAL, NO_RECORD, REFRESHER, Ends
from exchange.demo.training import INCLUSION

MAIN_DOOR, YARD = "Главный вход", "Двор"


class Stage:
    """An agency at one region: hires somebody and puts him straight on a post."""

    def __init__(self, country: Country, firm: Firm, region: str) -> None:
        self.country, self.firm, self.region = country, firm, region

    def guard(
        self, name: Name | None, since: int, until: int | None = None, *, reason: str = "", ends: Ends = AS_USUAL
    ) -> Person:
        """A guard in the agency's employment from so many days ago until so many days ago."""
        ago = self.country.ago
        last = None if until is None or until < 0 else ago(until)
        return self.country.hire(self.firm, ago(since), last, name=name, reason=reason if last else "", ends=ends)

    def served(
        self,
        post: Place,
        name: Name | None,
        since: int,
        until: int | None = None,
        *,
        reason: str = "",
        accepted: bool = False,
        stays: bool = False,
        ends: Ends = AS_USUAL,
        untrained: tuple[str, ...] = (),
    ) -> Person:
        """A new guard at a post; when he leaves it he leaves the agency too, unless he `stays`."""
        person = self.guard(name, since + 12, None if stays else until, reason=reason, ends=ends)
        self.stand(person, post, since, until, reason=reason, accepted=accepted, untrained=untrained)
        return person

    def stand(
        self,
        person: Person,
        post: Place,
        since: int,
        until: int | None = None,
        *,
        reason: str = "",
        accepted: bool = False,
        relief: bool = False,
        untrained: tuple[str, ...] = (),
    ) -> None:
        ago = self.country.ago
        last = None if until is None else ago(until)
        self.country.stand(
            person,
            post,
            self.firm,
            ago(since),
            last,
            reason=reason,
            accepted=accepted,
            relief=relief,
            untrained=untrained,
        )


def make(country: Country, region: str) -> tuple[Firm, Callable[[str], Site]]:
    """The agency with all its schools; returns it and a way to find a school by its number."""
    firm = country.agency("Барыс Күзет", region=region, head="Жүнісова Айгүл Маратқызы")
    stage = Stage(country, firm, region)
    schools = {
        "12": _gymnasium(stage),
        "3": _calm(stage),
        "57": _confetti(stage),
        "8": _papers(stage),
        "33": _provisional(stage),
        "21": _excused(stage),
    }
    for site in schools.values():
        country.contract(firm, site)
    # Two guards without a post: whom to place when somebody leaves.
    stage.guard(called("Самат Тілеубаев Болатұлы"), 420)
    stage.guard(called("Галина Носкова Петровна", woman=True), 95)
    return firm, schools.__getitem__


def _gymnasium(stage: Stage) -> Site:
    """The director's school: five positions, one leave of two, a relief guard who now is proposed for good."""
    country = stage.country
    site = country.school(
        12,
        region=stage.region,
        locality="Караганда",
        title=("Школа-гимназия", "мектеп-гимназия"),
        calendar=SIX_DAYS,
        pupils=1240,
        vulnerable_since=country.ago(1015),
    )
    door = country.post(site, MAIN_DOOR, 4)
    yard = country.post(site, YARD, 1, TWELVE_HOURS)
    stage.served(door, called("Нұрлан Ахметов Серікұлы"), 1181)
    stage.served(door, called("Виктор Пак"), 900, 510, reason="retired", accepted=True)
    stage.served(door, called("Айгүл Сәрсенова Дәуренқызы", woman=True), 450, ends={MEDICAL: country.ago(-5)})
    stage.served(door, called("Болат Сейтқалиев Ерланұлы"), 1024, -6, reason="resigned")
    stage.served(door, called("Оксана Руденко", woman=True), 700, 258, reason="resigned")
    stage.served(door, called("Тимур Оразбаев Асқарұлы"), 233)
    stage.served(yard, called("Сергей Ким"), 980, 395, reason="moved_by_agency", stays=True)
    stage.served(yard, called("Гүлнар Бекова Абайқызы", woman=True), 393)

    relief = stage.guard(called("Ерлан Мұқашев Бекзатұлы"), 600)
    for since, until in ((330, 290), (176, 171), (120, 90), (60, 38)):
        stage.stand(relief, yard if since == 176 else door, since, until, relief=True, untrained=("alarm-button",))
    # He lacks a module of the school: the manager signed why he proposes him all the same.
    country.propose(relief, door, stage.firm, country.ago(-7), proposed=4, untrained=("alarm-button",))
    declined = stage.guard(called("Павел Ершов Викторович"), 40)
    country.propose(
        declined,
        door,
        stage.firm,
        country.ago(-7),
        proposed=12,
        status="declined",
        words="Айтуынша, бір аптадан кейін басқа жұмысқа ауысады. Тұрақты күзетші керек.",
    )
    attendance(
        country,
        door,
        exceptions={
            country.ago(2): "late",
            country.ago(5): "",
            country.ago(9): "other_person",
            country.ago(23): "absent",
        },
    )
    attendance(country, yard, exceptions={country.ago(0): "present", country.ago(6): "absent", country.ago(3): "late"})
    return site


def _calm(stage: Stage) -> Site:
    """Three long bars."""
    country = stage.country
    site = country.school(3, region=stage.region, locality="Караганда")
    door = country.post(site, MAIN_DOOR, 3)
    for name, since in (("Серік Есімов Маратұлы", 1130), ("Владимир Лукин Сергеевич", 1105), ("Асқар Омаров", 1092)):
        stage.served(door, called(name), since)
    attendance(country, door)
    return site


def _confetti(stage: Stage) -> Site:
    """Ten guards a year at four positions: chance cannot explain it. One stands unconfirmed, one position is empty."""
    country = stage.country
    site = country.school(
        57,
        region=stage.region,
        locality="Темиртау",
        title=("Школа-интернат", "мектеп-интернат"),
        calendar=EVERY_DAY,
        pupils=310,
    )
    door = country.post(site, MAIN_DOOR, 4)
    reasons = ("resigned", "dismissed", "resigned", "resigned", "resigned", "dismissed_negative")
    # Positions by when their guards left, in days ago; each next one came two days later.
    departures = (
        (870, 640, 520, 400, 215, 75, None),
        (900, 700, 480, 330, 190, 60, None),
        (800, 560, 310, 9),
        (850, 600, 250, 14),
    )
    number = 0
    for leaves in departures:
        since = 1090
        for left in leaves:
            number += 1
            reason = reasons[number % len(reasons)]
            stage.served(door, None, since, left, reason=reason)
            since = (left or 0) - 2
    unconfirmed = stage.guard(called("Олжас Бейсенов Талғатұлы"), 25, ends={IDENTITY: country.ago(-17)})
    country.propose(unconfirmed, door, stage.firm, country.ago(12), proposed=14)
    proposed = stage.guard(called("Жанна Қыдырова Самаққызы", woman=True), 20)
    country.propose(proposed, door, stage.firm, country.ago(-1), proposed=2)
    attendance(country, door, exceptions={country.ago(4): "other_person", country.ago(18): "absent"})
    return site


def _papers(stage: Stage) -> Site:
    """Papers that run out today, in a week, in a month, in two, and one that did."""
    country = stage.country
    site = country.school(
        8,
        region=stage.region,
        locality="Караганда",
        title=("Школа-лицей", "мектеп-лицей"),
        calendar=SIX_DAYS,
        pupils=980,
    )
    door = country.post(site, MAIN_DOOR, 4)
    annex = country.post(site, "Корпус Б", 2, TWELVE_HOURS)
    stage.served(door, called("Руслан Дюсенов Қайратұлы"), 820, ends={REFRESHER: country.ago(0)})
    stage.served(door, called("Сергей Мельников Андреевич"), 640, ends={NO_RECORD: country.ago(-25)})
    stage.served(door, called("Ләззат Садықова Болатқызы", woman=True), 710, ends={MEDICAL: country.ago(-53)})
    stage.served(door, called("Николай Рябов Олегович"), 700, 300, reason="resigned")
    once_elsewhere = stage.guard(called("Данияр Қалиев Саматұлы"), 640, ends={NO_RECORD: country.ago(-6)})
    stage.stand(once_elsewhere, door, 298)
    stage.served(annex, called("Бақыт Оспанова", woman=True), 505, ends={MEDICAL: country.ago(4)})
    stage.served(annex, called("Ильшат Турдиев"), 930, ends={IDENTITY: country.ago(-41)})
    attendance(country, door)
    attendance(country, annex)
    return site


def _provisional(stage: Stage) -> Site:
    """One left eight days ago and may come back; one leaves today and nobody comes tomorrow."""
    country = stage.country
    site = country.school(33, region=stage.region, locality="Сарань", pupils=540)
    door = country.post(site, MAIN_DOOR, 4)
    gate = country.post(site, YARD, 1, EIGHT_HOURS)
    stage.served(door, called("Марат Байжанов Ерболұлы"), 890)
    stage.served(door, called("Юрий Сафронов Игоревич"), 760)
    stage.served(door, called("Ләйла Ахметжанова", woman=True), 430, 0, reason="resigned")
    stage.served(door, called("Қайрат Нұрпейісов"), 515, 8, reason="resigned")
    stage.served(door, called("Айдос Тоқтаров Берікұлы"), 7)
    stage.served(gate, called("Людмила Воронова Павловна", woman=True), 940)
    attendance(country, door)
    attendance(country, gate)
    return site


def _excused(stage: Stage) -> Site:
    """Leaves excused and accepted, excused and not accepted; a sick guard relieved; one who came back after the gap."""
    country = stage.country
    site = country.school(21, region=stage.region, locality="Шахтинск", pupils=620)
    door = country.post(site, MAIN_DOOR, 4)
    gate = country.post(site, YARD, 1, EIGHT_HOURS)
    country.training.require(site.key, INCLUSION, country.ago(45))
    people = [
        stage.served(door, called("Талғат Ыбыраев Нұржанұлы"), 1010),
        stage.served(door, called("Дархан Шәкіров"), 300, untrained=("alarm-button",)),
        stage.served(gate, called("Ботагөз Тұрсынова", woman=True), 760, -5, reason="retired"),
    ]
    stage.served(
        door, called("Динара Әшімова", woman=True), 720, 320, reason="parental_leave", accepted=True, stays=True
    )
    stage.served(door, called("Константин Гусев Юрьевич"), 800, 303, reason="illness")
    back = stage.served(door, called("Әлібек Құрманов Жандосұлы"), 760, 316, reason="resigned", stays=True)
    stage.stand(back, door, 100)
    fourth = stage.served(door, called("Роман Тен"), 290)
    people += [back, fourth]
    # The module asked for six weeks ago: three had it before, one came to the session, the last has yet to come to one.
    for place, person in enumerate(people[:-2]):
        country.training.once(person.key, INCLUSION, site.key, country.ago(52 + place))
    hall = {"place": "Школа № 21, актовый зал"}
    held, planned = country.ago(20), country.ago(-5)
    country.training.session(stage.firm.key, INCLUSION, site.key, held, {back.key: True, fourth.key: False}, **hall)
    country.training.session(stage.firm.key, INCLUSION, site.key, planned, {fourth.key: None}, **hall)
    relief = stage.guard(called("Ринат Галиев"), 400)
    stage.stand(relief, door, 210, 190, relief=True)
    stage.stand(relief, door, 66, 52, relief=True)
    proposed = stage.guard(called("Мадина Сүлейменова", woman=True), 30)
    country.propose(proposed, gate, stage.firm, country.ago(-7), proposed=6)
    attendance(country, door)
    attendance(country, gate)
    return site
