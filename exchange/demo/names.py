"""Invented people: given names, family names and patronymics as they are heard in Kazakhstan, put together by chance."""

from random import Random
from typing import NamedTuple


class Name(NamedTuple):
    family: str
    given: str
    patronymic: str
    woman: bool


KAZAKH_MEN = (
    "Нұрлан Ерлан Болат Тимур Асқар Дәурен Марат Қайрат Серік Бауыржан Данияр Арман Руслан Олжас Талғат Жандос Мейрам Ербол "
    "Самат Абай Дархан Қуаныш Нұржан Айдос Берік Ғалым Ескендір Санжар Мақсат Азамат Рүстем Әлібек Жасұлан Бекзат Төлеген"
).split()
KAZAKH_WOMEN = (
    "Айгүл Гүлнар Жанар Мадина Сәуле Динара Ләззат Жанна Әсел Айнұр Гауһар Раушан Бақыт Меруерт Күлпаш Назгүл Шолпан "
    "Ақмарал Перизат Зәуре Ботагөз Қарлығаш"
).split()
KAZAKH_FAMILIES = (
    "Ахметов Сейтқалиев Оразбаев Дюсенов Бейсенов Жұмабаев Қасымов Нұрпейісов Сәрсенов Төлегенов Оспанов Мұқанов Әбенов "
    "Есімов Қалиев Жақсылықов Байжанов Сатыбалдин Ермеков Тоқтаров Құлмағамбетов Смағұлов Искаков Рахимов Тілеубаев "
    "Садықов Жүсіпов Ыбыраев Кенжебеков Әлімжанов Бекенов Досмағамбетов Шәкіров Тұрсынов Мәжитов Қожахметов Баймұратов "
    "Омаров Хамитов Әшімов Аманжолов Құрманов Сүлейменов Қыдыров Мұқашев Айтбаев Өтегенов Елубаев Балтабаев Жұнысов"
).split()
RUSSIAN_MEN = (
    "Сергей Алексей Владимир Артём Николай Виктор Игорь Павел Юрий Дмитрий Андрей Константин Олег Геннадий Василий"
).split()
RUSSIAN_WOMEN = "Ольга Наталья Светлана Ирина Татьяна Людмила Валентина Марина Вера Галина".split()
RUSSIAN_FATHERS = (
    "Сергеевич Алексеевич Владимирович Николаевич Викторович Игоревич Павлович Юрьевич Дмитриевич Андреевич Олегович "
    "Геннадьевич Васильевич Петрович Михайлович"
).split()
RUSSIAN_FAMILIES = (
    "Фёдоров Климов Воронов Мельников Зайцев Лукин Тарасов Гусев Рябов Ершов Логинов Панов Щербаков Носков Кудрин Сафронов "
    "Овчинников Третьяков Белов Корнеев"
).split()
# Korean, Uzbek, Uyghur, Tatar, German and Ukrainian families of the country.
OTHER_MEN = (
    "Ким:Сергей Пак:Виктор Цой:Андрей Тен:Роман Югай:Владислав Юсупов:Шухрат Каримов:Бахтиёр Хасанов:Равшан Турдиев:Ильшат "
    "Розиев:Арслан Галиев:Ринат Шарипов:Марсель Шмидт:Эдуард Вагнер:Виктор Коваленко:Иван Бондаренко:Пётр Мамедов:Рашид"
).split()
OTHER_WOMEN = "Ли:Елена Хегай:Марина Юсупова:Дилором Турдиева:Гульнара Гарипова:Алсу Миллер:Ирина Руденко:Оксана Шевчук:Анна".split()

# Thousands of different people come of these even without patronymics.
SHARE_KAZAKH, SHARE_RUSSIAN = 0.68, 0.90
SHARE_WOMEN = 0.3


def anybody(chance: Random) -> Name:
    """A name by chance."""
    woman = chance.random() < SHARE_WOMEN
    kind = chance.random()
    if kind < SHARE_KAZAKH:
        return kazakh(chance, woman=woman)
    if kind < SHARE_RUSSIAN:
        given, father = chance.choice(RUSSIAN_WOMEN if woman else RUSSIAN_MEN), chance.choice(RUSSIAN_FATHERS)
        patronymic = f"{father[:-2]}на" if woman else father
        return Name(_feminine(chance.choice(RUSSIAN_FAMILIES), woman), given, patronymic, woman)
    family, given = chance.choice(OTHER_WOMEN if woman else OTHER_MEN).split(":")
    return Name(family, given, "", woman)


def kazakh(chance: Random, *, woman: bool) -> Name:
    given, father = chance.choice(KAZAKH_WOMEN if woman else KAZAKH_MEN), chance.choice(KAZAKH_MEN)
    return Name(_feminine(chance.choice(KAZAKH_FAMILIES), woman), given, f"{father}{'қызы' if woman else 'ұлы'}", woman)


def called(text: str, *, woman: bool = False) -> Name:
    """The name of somebody in a story: “Ерлан Мұқашев”, with a patronymic at will."""
    given, family, *patronymic = text.split()
    return Name(family, given, " ".join(patronymic), woman)


def _feminine(family: str, woman: bool) -> str:
    return f"{family}а" if woman and family.endswith(("ов", "ев", "ин")) else family
