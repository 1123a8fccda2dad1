"""The stories of the other three agencies: the handover, the licences, the summer and the silence."""

from collections.abc import Callable

from exchange.demo.barys import MAIN_DOOR, YARD, Stage
from exchange.demo.country import SIX_DAYS, TWELVE_HOURS, Country, Firm, Site
from exchange.demo.door import attendance
from exchange.demo.names import called
from exchange.demo.years import seasons

HANDED_OVER = 152
CHANGES_HANDS = -4


def make(country: Country, region: str) -> tuple[Callable[[str], Firm], Callable[[str], Site]]:
    """Three agencies with six schools; returns ways to find them by name and number."""
    falcon = country.agency("Сұңқар Күзет", region=region, head="Юсупов Шухрат")
    alatau = country.agency(
        "Алатау Секьюрити", region=region, head="Тарасов Олег Павлович", subtype="except_vulnerable"
    )
    shield = country.agency("Темір Қалқан", region=region, head="Байжанов Мейрам", unsent=1)
    ago = country.ago
    country.licence_event(falcon, ago(442), "suspended", "Ұйғарым мерзімінде орындалмады")
    country.licence_event(falcon, ago(412), "resumed", "Бұзушылықтар жойылды")
    country.licence_event(shield, ago(21), "suspended", "Күзетшілер саны нормадан асты")
    schools = {
        "9": _handed_over(country, region, shield, falcon),
        "52": _summer(country, region, falcon),
        "74": _indicated(country, region, falcon),
        "118": _vulnerable(country, region, alatau),
        "5": _silent(country, region, alatau),
        "61": _suspended(country, region, shield, alatau),
    }
    firms = {firm.name: firm for firm in (falcon, alatau, shield)}
    return firms.__getitem__, schools.__getitem__


def _handed_over(country: Country, region: str, before: Firm, after: Firm) -> Site:
    """The contract went to another agency, and the same three guards stayed at the door."""
    site = country.school(9, region=region, locality="Шымкент", calendar=SIX_DAYS, pupils=860)
    door = country.post(site, MAIN_DOOR, 3)
    ended, begun = country.ago(HANDED_OVER), country.ago(HANDED_OVER - 1)
    for name, since in (("Бауыржан Рахимов", 1060), ("Шухрат Каримов", 990), ("Ғалым Баймұратов", 880)):
        first = country.ago(since)
        person = country.hire(
            before,
            country.ago(since + 10),
            ended,
            name=called(name),
            reason="contract_ended",
            served_until=country.today,
        )
        country.employ(person, after, begun)
        country.stand(person, door, before, first, ended, reason="contract_ended", accepted=True)
        country.stand(person, door, after, begun)
    country.contract(before, site, last=ended)
    country.contract(after, site, first=begun)
    attendance(country, door)
    return site


def _summer(country: Country, region: str, firm: Firm) -> Site:
    """Guards who stand on school days only: their rows end each May and begin again each September."""
    stage = Stage(country, firm, region)
    site = country.school(52, region=region, locality="Шымкент", pupils=450)
    door = country.post(site, MAIN_DOOR, 2, TWELVE_HOURS)
    for name, since in (("Мақсат Елубаев", 1080), ("Равшан Хасанов", 1000)):
        person = stage.guard(called(name), since + 12)
        for first, last in seasons(country.ago(since), country.today):
            country.stand(person, door, firm, first, last)
    country.contract(firm, site)
    attendance(country, door)
    return site


def _indicated(country: Country, region: str, firm: Firm) -> Site:
    """Two of three left within the year: over the limit, and chance could explain it."""
    stage = Stage(country, firm, region)
    site = country.school(74, region=region, locality="Шымкент", pupils=390)
    door = country.post(site, MAIN_DOOR, 3)
    stage.served(door, called("Берік Ермеков"), 1015)
    stage.served(door, called("Артём Фёдоров Николаевич"), 700, 262, reason="resigned")
    stage.served(door, called("Жасұлан Бекенов"), 260)
    stage.served(door, called("Рашид Мамедов"), 905, 214, reason="dismissed")
    stage.served(door, called("Санжар Айтбаев"), 212)
    country.contract(firm, site)
    attendance(country, door)
    return site


def _vulnerable(country: Country, region: str, firm: Firm) -> Site:
    """A school on the list of vulnerable objects, guarded under the licence that leaves such objects out."""
    stage = Stage(country, firm, region)
    site = country.school(
        118,
        region=region,
        locality="Шымкент",
        title=("Гимназия", "гимназия"),
        calendar=SIX_DAYS,
        pupils=1510,
        vulnerable_since=country.ago(1400),
    )
    door = country.post(site, MAIN_DOOR, 4)
    yard = country.post(site, YARD, 2, TWELVE_HOURS)
    for since in (1110, 930, 815, 600):
        stage.served(door, None, since)
    for since in (1003, 777):
        stage.served(yard, None, since)
    country.contract(firm, site)
    attendance(country, door)
    attendance(country, yard)
    return site


def _silent(country: Country, region: str, firm: Firm) -> Site:
    """Guards stand at the door, and the school never confirmed one: nothing can be measured."""
    stage = Stage(country, firm, region)
    site = country.school(5, region=region, locality="Шымкент", pupils=280)
    door = country.post(site, MAIN_DOOR, 3)
    for since in (500, 480, 410):
        person = stage.guard(None, since + 12)
        country.propose(person, door, firm, country.ago(since), proposed=since + 4)
    country.contract(firm, site)
    attendance(country, door, answers=False)
    return site


def _suspended(country: Country, region: str, firm: Firm, after: Firm) -> Site:
    """A quiet school whose agency's licence is suspended now: in five days another guards it, and two guards stay."""
    ends, begins = country.ago(CHANGES_HANDS), country.ago(CHANGES_HANDS - 1)
    stage = Stage(country, firm, region)
    site = country.school(61, region=region, locality="Шымкент", title=("Школа-лицей", "мектеп-лицей"), pupils=730)
    door = country.post(site, MAIN_DOOR, 3)
    for name, since in (("Нұрбол Сатпаев Ерікұлы", 1044), ("Игорь Литвинов", 950)):
        person = country.hire(
            firm,
            country.ago(since + 12),
            ends,
            name=called(name),
            reason="contract_ended",
            served_until=country.today,
        )
        country.employ(person, after, begins)
        stage.stand(person, door, since)
    stage.served(door, called("Қанат Жолдасов"), 720)
    country.contract(firm, site, last=ends)
    country.contract(after, site, first=begins, last=country.ago(CHANGES_HANDS - 366))
    # Whom the next agency has free: one whom it has trained for this school, one whom it has not.
    spare = Stage(country, after, region)
    trained = spare.guard(called("Гүлмира Тоқсанова", woman=True), 210)
    country.training.at_school(trained.key, site.key, country.ago(20), country.today)
    spare.guard(called("Пётр Анисимов"), 120)
    attendance(country, door)
    return site
