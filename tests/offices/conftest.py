"""Three other offices, made of data alone: other words, another zone, and another decree."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from django.core.management import call_command

from consultations.enums import State
from consultations.models import StateTarget
from kit import clock
from office.models import Division, Office, OpeningHours, Position, Role, User
from office.worktime import in_office
from tests import factories
from tests.factories import Staff
from tests.offices.reading import Readers

FOLDER = Path(__file__).parent


@dataclass
class Other:
    """An office of the tests: its fixture, its divisions, its working day, and the words it must not show."""

    fixture: str
    divisions: tuple[tuple[str, str], tuple[str, str]]
    hours: tuple[str, str]
    foreign: tuple[str, ...]
    agenda_is_kept_by: str
    foreign_steps: tuple[str, ...] = ()
    """Words of another decree. Only the pages where an office writes its own may show them."""


FIRST_OFFICE = ("Tim PKD", "DINSOSPMD", "Pangkalpinang", "Bangka", "Pemberdayaan Masyarakat Desa")
"""Names of the first office. No other office shows them."""

TWICE = ("Sekretariat, atau Sekretariat", "Sekretariat dan Sekretariat", "Secretariat or the Secretariat")

BELITUNG_TIMUR = Other(
    fixture="belitung_timur",
    divisions=(("Perlindungan Anak", "PA"), ("Pemberdayaan Perempuan", "PP")),
    hours=("07:30", "16:00"),
    foreign=(*FIRST_OFFICE, *TWICE, "WIT", "WITA", "Head of Agency"),
    agenda_is_kept_by="sekretariat",
)
"""A Dinas whose Sekretariat keeps the agenda itself: the same person holds both positions."""

DISTRIK = Other(
    fixture="distrik_contoh",
    divisions=(("Pelayanan Umum", "PU"), ("Pemerintahan Kampung", "PK")),
    hours=("08:00", "15:00"),
    foreign=(
        *(*FIRST_OFFICE, "WIB", "WITA", "Dinas", "dinas", "Bidang", "bidang", "Desa", "desa"),
        *("Sekretariat", "Head of Office", "Head of Division", "Division", "division", "Secretariat"),
    ),
    agenda_is_kept_by="pkd",
)
"""A Kantor Distrik in Papua with a Sekretaris: other words, other hours, two hours ahead of Jakarta."""


KECAMATAN = Other(
    fixture="kecamatan_contoh",
    divisions=(("Ekonomi", "EK"), ("Pemerintahan", "PEM")),
    hours=("08:00", "16:00"),
    foreign=(
        *(*FIRST_OFFICE, "WIB", "WIT", "Dinas", "Bidang", "bidang", "Desa", "desa", "Sekretariat"),
        *("Head of Office", "Head of Division", "Division", "Secretariat"),
    ),
    agenda_is_kept_by="pkd",
    foreign_steps=(
        *("[Ss]embilan langkah", "[Nn]ine steps", "of 9", "dari 9", "[Tt]idak dipungut biaya", "tanpa biaya"),
        *("[Ff]ree of charge", "at no cost", "Permohonan disampaikan", "Permohonan dicatat"),
        *("mendisposisikan ke", "Petugas menyiapkan administrasi", "Pemohon menerima jadwal konsultasi"),
        *("Konsultasi dilaksanakan", "Datang langsung karena mendesak", "Materi konsultasi yang jelas"),
        *("NIK tidak diminta", "Saran, solusi, dan rekomendasi"),
    ),
)
"""A Kantor Kecamatan whose decree has seven steps, asks for KTP and KK, and has a tariff."""


@pytest.fixture(
    params=[
        *(pytest.param(office, marks=pytest.mark.release) for office in (BELITUNG_TIMUR, DISTRIK)),
        KECAMATAN,
    ],
    ids=["belitung-timur", "distrik", "kecamatan"],
)
def other(request: pytest.FixtureRequest, db: None) -> Iterator[Other]:
    """Store the office's data, and run the test as a request of the office does."""
    office: Other = request.param
    store(office)
    with in_office():
        yield office


@pytest.fixture
def kecamatan(db: None) -> Iterator[Office]:
    store(KECAMATAN)
    with in_office():
        yield Office.load()


@pytest.fixture
def distrik(db: None) -> Iterator[Office]:
    store(DISTRIK)
    with in_office():
        yield Office.load()


def store(office: Other) -> None:
    call_command("loaddata", FOLDER / f"{office.fixture}.json", verbosity=0)
    opens, closes = office.hours
    times = {"opens": opens, "break_starts": "12:00", "break_ends": "13:00", "closes": closes}
    OpeningHours.objects.bulk_create(OpeningHours(weekday=weekday, **times) for weekday in range(5))
    states = (State.SUBMITTED, State.REGISTERED, State.HELD)
    StateTarget.objects.bulk_create(StateTarget(state=state, hours=8) for state in states)


@pytest.fixture
def staff(other: Other) -> Staff:
    """The people of the office, with names that are no words of an office."""
    staff = factories.make_staff()
    for number, field in enumerate(fields(Staff), start=1):
        User.objects.filter(pk=getattr(staff, field.name).pk).update(name=f"Pegawai {number}")
    for code, (name, new_code) in zip(("SOS", "DESA"), other.divisions, strict=True):
        Division.objects.filter(code=code).update(name=name, code=new_code)
    for position in Position.objects.select_related("division"):
        position.title = factories.position_title(Role(position.role), position.division)
        position.save()
    if other.agenda_is_kept_by == "sekretariat":
        staff.pkd.appointments.update(ends=clock.today() - dt.timedelta(days=1))
        factories.appoint(staff.sekretariat, Role.TIM_PKD)
        staff.pkd = staff.sekretariat
    return staff


@pytest.fixture
def readers(staff: Staff) -> Readers:
    return Readers(staff)
