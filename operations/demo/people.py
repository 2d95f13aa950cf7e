"""The people of the demo, all invented: staff with an account for each party, applicants, other agencies."""

import datetime as dt
from dataclasses import dataclass
from random import Random

from django.contrib.auth.hashers import make_password

from dispositions.addressees import get_addressee
from kit import clock
from office.models import Appointment, Division, Instruction, Position, Role, User
from operations.demo.topics import Topic

PASSWORD = "rembuk-demo-2026"  # noqa: S105 -- public, printed by bin/demo

type Row = tuple[str, str, str, str]

OFFICE_WIDE: dict[Role, Row] = {
    Role.HEAD: (
        "kadis",
        "Drs. Zulkarnain Harun, M.Si.",
        "19690412 199403 1 004",
        "Pembina Utama Muda (IV/c)",
    ),
    Role.SECRETARIAT: ("sekretariat", "Yulia Safitri, A.Md.", "19920718 201503 2 006", "Pengatur (II/c)"),
    Role.SUPERVISOR: ("pengawas", "Sri Wahyuni, S.E., M.Ak.", "19800514 200604 2 007", "Pembina (IV/a)"),
    Role.TIM_PKD: ("pkd", "Rendi Kurniawan, S.A.P.", "19880903 201101 1 003", "Penata (III/c)"),
}
DIVISIONS: dict[str, tuple[Row, Row, Row]] = {
    "LINJAMSOS": (
        ("kabid1", "Hj. Nurhayati Basri, S.Sos., M.A.P.", "19740225 199903 2 005", "Pembina (IV/a)"),
        ("petugas1", "Fitriani Lestari, S.Sos.", "19870611 201001 2 012", "Penata Tk. I (III/d)"),
        ("petugas2", "Agus Saputra, S.E.", "19900130 201403 1 007", "Penata (III/c)"),
    ),
    "REHSOS": (
        ("kabid2", "Bambang Suryono, S.ST., M.Si.", "19760817 200112 1 002", "Pembina (IV/a)"),
        ("petugas3", "Dewi Anggraini, S.Tr.Sos.", "19850423 200902 2 004", "Penata Tk. I (III/d)"),
        ("petugas4", "Muhammad Iqbal, S.Psi.", "19931105 201903 1 009", "Penata Muda (III/a)"),
    ),
    "DAYASOS": (
        ("kabid3", "Ratna Komalasari, S.H.", "19790309 200501 2 008", "Penata Tk. I (III/d)"),
        ("petugas5", "Hendra Wijaya, S.Sos.", "19890227 201101 1 010", "Penata (III/c)"),
        ("petugas6", "Siska Oktaviani, S.Kom.", "", ""),
    ),
    "PMD": (
        ("kabid4", "Ir. Syafruddin Mahmud, M.M.", "19710514 199803 1 006", "Pembina Tk. I (IV/b)"),
        ("petugas7", "Lukman Hakim, S.IP.", "19840719 200803 1 005", "Penata Tk. I (III/d)"),
        ("petugas8", "Anisa Rahmawati, S.T.", "19950206 202012 2 011", "Penata Muda (III/a)"),
    ),
}
ACTING = "kabid3"


@dataclass(frozen=True)
class Team:
    """Head and officers of one division."""

    division: Division
    head: User
    officers: list[User]


@dataclass(frozen=True)
class Staff:
    """The accounts that take steps. Made by `create_staff()`."""

    secretariat: User
    pkd: User
    head: User
    teams: dict[str, Team]
    instructions: list[str]

    def other_teams(self, code: str) -> list[Team]:
        return [team for other, team in self.teams.items() if other != code]


def create_staff(password: str | None = PASSWORD) -> Staff:
    """Create the accounts and appoint each to a position of the office's data.

    Without a password nobody can log in with them.
    """
    hashed = make_password(password)
    since = clock.today().replace(month=1, day=1) - dt.timedelta(days=365)

    def create(row: Row, **more: bool) -> User:
        username, name, nip, rank = row
        return User.objects.create(
            username=username,
            name=name,
            nip=nip.replace(" ", ""),
            rank=rank,
            email=f"{username}@dinas.example",
            password=hashed,
            **more,
        )

    def appoint(row: Row, position: Position) -> User:
        user = create(row)
        acting = {
            "acting": Appointment.Acting.PLT,
            "order_number": f"800.1.11.1/21/BKPSDM/{since.year}",
            "order_date": since,
        }
        more = acting if user.username == ACTING else {}
        Appointment.objects.create(user=user, position=position, starts=since, **more)
        return user

    create(("admin", "Administrator Rembuk", "", ""), is_staff=True, is_superuser=True)
    wide = {
        role: appoint(row, Position.objects.filter(role=role).earliest("pk"))
        for role, row in OFFICE_WIDE.items()
    }
    teams = {}
    for code, (head, *officers) in DIVISIONS.items():
        division = Division.objects.get(code=code)
        positions = list(division.positions.filter(role=Role.OFFICER).order_by("pk"))
        teams[code] = Team(
            division=division,
            head=appoint(head, division.positions.get(role=Role.DIVISION_HEAD)),
            officers=[appoint(row, position) for row, position in zip(officers, positions, strict=True)],
        )
    return Staff(
        secretariat=wide[Role.SECRETARIAT],
        pkd=wide[Role.TIM_PKD],
        head=wide[Role.HEAD],
        teams=teams,
        instructions=list(Instruction.objects.filter(effect="ACTION").values_list("text", flat=True)),
    )


NAMES = (
    "Suhardi", "Rosmala Dewi", "Jumadi Alkaf", "Sri Handayani", "Effendi Yusuf", "Marlina Putri",
    "Darwis Hamid", "Kartika Sari", "Abdul Gani", "Lilis Suryani", "Herman Sopian", "Nuraini Zahra",
    "Rusdi Amran", "Tuti Alawiyah", "Bujang Rahman", "Yanti Maryati", "Sofyan Hadi",
    "Endang Wulandari", "Taufik Ismail Pratama", "Mega Utami", "Liem Siu Lan",
    "Hasan Basri Tanjung", "Wati Kusuma", "Johan Setiawan", "Asmawati", "Ridwan Fauzi",
    "Nyimas Halimah", "Kemas Arifin", "Bong Khiun Sen", "Sulastri", "Paisal Akbar",
    "Ermawati Lubis",
)  # fmt: skip
VILLAGES = (
    "Desa Penagan", "Desa Balunijuk", "Desa Rebo", "Desa Kace", "Desa Kurau Barat", "Desa Beluluk",
    "Desa Namang", "Desa Terentang", "Desa Pelangas", "Desa Air Putih", "Desa Tempilang",
    "Desa Rias", "Desa Bencah", "Desa Tukak", "Desa Badau", "Desa Sijuk", "Desa Membalong",
    "Desa Gantung", "Desa Lalang", "Desa Selinsing", "Kelurahan Air Itam", "Kelurahan Bacang",
    "Kelurahan Tua Tunu Indah",
)  # fmt: skip


def get_applicant(number: int, topic: Topic, rng: Random) -> dict[str, str]:
    """Return the applicant's columns of a case. Phone numbers are 0812-0000-xxxx."""
    name, village = NAMES[number * 7 % len(NAMES)], VILLAGES[number * 5 % len(VILLAGES)]
    bodies = {"desa": f"Pemerintah {village}", "warga": ""}
    first_word = name.split()[0].lower()
    return {
        "applicant_name": name,
        "applicant_position": get_addressee(village) if topic.asker == "desa" else "",
        "organisation": bodies.get(topic.asker, topic.asker),
        "address": f"{village} RT {rng.randint(1, 12):02}, Kepulauan Bangka Belitung",
        "phone": f"+62812000{number:05}",
        "email": f"{first_word}.{number}@example.id" if rng.random() < 0.6 else "",
        "subject": topic.subject,
        "material": topic.material,
    }


@dataclass(frozen=True)
class Agency:
    """An agency, reminded by WhatsApp if it has a phone, and by mail if it has an address."""

    name: str
    phone: str = ""
    email: str = ""


AGENCIES = (
    Agency("Dinas Kesehatan Provinsi", "+628120000901", "kesehatan@example.id"),
    Agency("Dinas Kependudukan dan Pencatatan Sipil Kabupaten", "", "dukcapil@example.id"),
    Agency("Biro Hukum Sekretariat Daerah", "+628120000903"),
    Agency("Dinas Pendidikan Provinsi", "+628120000904", "pendidikan@example.id"),
    Agency("Inspektorat Daerah"),
)
