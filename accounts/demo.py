"""Who can sign in to the demonstration country: one invented password, one line for each person."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from access.roles import Role
from accounts.actions import add_member
from accounts.models import Membership, User
from agencies.models import Agency
from schools.models import Region, School

PASSWORD = "qorgan-mektep-12"


@dataclass(frozen=True)
class Seat:
    """A role at an organisation, which is named as the stories name it; a regulator has a region, or the country."""

    role: Role
    agency: str = ""
    school: str = ""
    region: str = ""


@dataclass(frozen=True)
class Player:
    """A demo user and where he acts; `what` is how the list of sign-ins calls him."""

    email: str
    full_name: str
    what: str
    seats: tuple[Seat, ...]


PLAYERS = (
    Player(
        "manager@demo.qorgan.kz",
        "Айгүл Жүнісова",
        "agency manager, «Барыс Күзет»",
        (Seat(Role.AGENCY_MANAGER, agency="Барыс Күзет"),),
    ),
    Player(
        "director@demo.qorgan.kz",
        "Гүлжан Қасенова",
        "school director, № 12",
        (Seat(Role.SCHOOL_DIRECTOR, school="12"),),
    ),
    Player("regulator@demo.qorgan.kz", "Ержан Мұсабеков", "regulator, the whole country", (Seat(Role.REGULATOR),)),
    Player(
        "regulator2@demo.qorgan.kz",
        "Сәуле Ибраева",
        "regulator, the whole country: the second person who publishes",
        (Seat(Role.REGULATOR),),
    ),
    Player(
        "officer@demo.qorgan.kz",
        "Наталья Белова",
        "regulator, Karaganda region",
        (Seat(Role.REGULATOR, region="35"),),
    ),
    Player(
        "manager2@demo.qorgan.kz",
        "Олег Тарасов",
        "agency manager, «Алатау Секьюрити»",
        (Seat(Role.AGENCY_MANAGER, agency="Алатау Секьюрити"),),
    ),
    Player(
        "director2@demo.qorgan.kz",
        "Дилором Юсупова",
        "school director, № 118",
        (Seat(Role.SCHOOL_DIRECTOR, school="118"),),
    ),
    Player(
        "both@demo.qorgan.kz",
        "Марина Корнеева",
        "school director of two schools, № 3 and № 57",
        (Seat(Role.SCHOOL_DIRECTOR, school="3"), Seat(Role.SCHOOL_DIRECTOR, school="57")),
    ),
)
SIGN_INS = (
    *(f"{player.email:<26} {player.what}" for player in PLAYERS),
    f"the password of each: {PASSWORD}",
)


def make_sign_ins(*, agencies: Mapping[str, str], schools: Mapping[str, str]) -> None:
    """Let the demo users sign in, as often as it is called; the BIN or code of each organisation is given by name."""
    # Hashing is slow on purpose: once is enough for a password that is no secret.
    hashed = make_password(PASSWORD)
    for player in PLAYERS:
        for seat in player.seats:
            agency = Agency.objects.get(bin=agencies[seat.agency]) if seat.agency else None
            school = School.objects.get(code=schools[seat.school]) if seat.school else None
            region = Region.objects.get(code=seat.region) if seat.region else None
            held = Membership.objects.filter(user__email=player.email, role=seat.role, ended_on__isnull=True)
            if not held.filter(agency=agency, school=school, region=region).exists():
                add_member(
                    email=player.email,
                    full_name=player.full_name,
                    role=seat.role,
                    agency=agency,
                    school=school,
                    region=region,
                    by=None,
                )
        user = User.objects.get(email=player.email)
        if not user.has_usable_password():
            user.password = hashed
            user.save(update_fields=["password"])
