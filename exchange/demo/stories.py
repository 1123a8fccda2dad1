"""The stories of the demonstration country, whatever its size: where each is found, and what it claims.

Schools and agencies are named as the register names them in Russian. The tests hold each claim on days of every kind.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    code: str
    claim: str
    school: str = ""
    agency: str = ""
    # Given name and family name of those whom it is about.
    guards: tuple[str, ...] = ()


BARYS, ALATAU = "ТОО «Барыс Күзет»", "ТОО «Алатау Секьюрити»"
FALCON, SHIELD = "ТОО «Сұңқар Күзет»", "ТОО «Темір Қалқан»"
GYMNASIUM, CALM, CONFETTI = "Школа-гимназия № 12", "Школа № 3", "Школа-интернат № 57"
LYCEUM, YARD, EXCUSED = "Школа-лицей № 8", "Школа № 33", "Школа № 21"
HANDED_OVER, SUMMER, INDICATED = "Школа № 9", "Школа № 52", "Школа № 74"
VULNERABLE, SILENT, SUSPENDED = "Гимназия № 118", "Школа № 5", "Школа-лицей № 61"

STORIES = (
    Story(
        "calm",
        "Three long bars: three guards for all of three years; nobody left; no finding.",
        CALM,
        BARYS,
        ("Серік Есімов", "Владимир Лукин", "Асқар Омаров"),
    ),
    Story(
        "confetti",
        "Guards change so often that chance cannot explain it: the limit is broken, established.",
        CONFETTI,
        BARYS,
    ),
    Story(
        "indicated",
        "Two of three left within the year: the limit is broken, indicated only.",
        INDICATED,
        FALCON,
        ("Артём Фёдоров", "Рашид Мамедов"),
    ),
    Story("near_limit", "One leave is used of the two that the limit allows; one is left.", GYMNASIUM, BARYS),
    Story(
        "at_limit",
        "As many have left as the limit allows: one more and it is broken. No turnover finding.",
        EXCUSED,
        BARYS,
    ),
    Story(
        "handover",
        "The contract went from one agency to another and the same guards stayed: calm at the level of the school; the "
        "old agency's services ended as the contract did, and count for nothing.",
        HANDED_OVER,
        FALCON,
        ("Бауыржан Рахимов", "Шухрат Каримов", "Ғалым Баймұратов"),
    ),
    Story(
        "summer",
        "Rows end each May and begin again each September: one service for each guard, and no leave that counts.",
        SUMMER,
        FALCON,
        ("Мақсат Елубаев", "Равшан Хасанов"),
    ),
    Story(
        "relief",
        "A relief guard whom the school knows: he stood in for months, no service and no leave comes of it.",
        GYMNASIUM,
        BARYS,
        ("Ерлан Мұқашев",),
    ),
    Story(
        "waiting",
        "Proposals that wait for the school: he who was the relief guard, and one who should come tomorrow.",
        "",
        BARYS,
        ("Ерлан Мұқашев", "Жанна Қыдырова", "Мадина Сүлейменова"),
    ),
    Story("declined", "The school said no, and why.", GYMNASIUM, BARYS, ("Павел Ершов",)),
    Story("planned_leave", "A guard leaves in six days; his end is planned.", GYMNASIUM, BARYS, ("Болат Сейтқалиев",)),
    Story(
        "unconfirmed",
        "A guard stands at the post longer than the grace, unconfirmed: a finding.",
        CONFETTI,
        BARYS,
        ("Олжас Бейсенов",),
    ),
    Story(
        "papers",
        "Papers that run out today, within 7, 30 and 60 days, and one that has run out, with its finding.",
        LYCEUM,
        BARYS,
        (
            "Руслан Дюсенов",
            "Данияр Қалиев",
            "Сергей Мельников",
            "Ләззат Садықова",
            "Бақыт Оспанова",
            "Ильшат Турдиев",
        ),
    ),
    Story(
        "provisional",
        "One left eight days ago: the leave is provisional, no finding rests on it.",
        YARD,
        BARYS,
        ("Қайрат Нұрпейісов",),
    ),
    Story("empty_tomorrow", "A guard leaves today, and nobody comes tomorrow.", YARD, BARYS, ("Ләйла Ахметжанова",)),
    Story(
        "excused",
        "A leave excused because its cause was accepted; another of a cause that was not accepted counts.",
        EXCUSED,
        BARYS,
        ("Динара Әшімова", "Константин Гусев"),
    ),
    Story(
        "came_back",
        "A guard came back after the gap: two services, and the leave between them counts.",
        EXCUSED,
        BARYS,
        ("Әлібек Құрманов",),
    ),
    Story(
        "training_gaps",
        "One guard never learned a module that the school asks for, another lacks the newest one: a finding for each.",
        EXCUSED,
        BARYS,
        ("Дархан Шәкіров", "Роман Тен"),
    ),
    Story("silent", "The school confirms nothing: not measurable, and that is a finding.", SILENT, ALATAU),
    Story(
        "wrong_subtype",
        "A vulnerable school guarded under the licence that leaves such schools out.",
        VULNERABLE,
        ALATAU,
    ),
    Story("suspended_now", "The agency's licence is suspended today: a finding.", SUSPENDED, SHIELD),
    Story(
        "changes_hands",
        "The contract of the suspended agency ends in four days; then another guards the school, and two of the three "
        "guards go over to it.",
        SUSPENDED,
        SHIELD,
        ("Нұрбол Сатпаев", "Игорь Литвинов"),
    ),
    Story(
        "signed_reason",
        "The relief guard is proposed for good although he lacks a module of the school: the manager signed why.",
        GYMNASIUM,
        BARYS,
        ("Ерлан Мұқашев",),
    ),
    Story(
        "suspended_once", "A licence was suspended for a month last year and is in force again: no finding.", "", FALCON
    ),
    Story(
        "report_missing", "An agency sent its quarterly reports, but the latest that was due it did not.", "", SHIELD
    ),
    Story(
        "at_the_door",
        "A fortnight at the door: present, late, absent, another person, not marked; today is not answered yet.",
        GYMNASIUM,
        BARYS,
    ),
)
