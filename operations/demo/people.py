"""The people of the demo, all invented: staff with an account for each party, applicants, other agencies."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

from django.contrib.auth.hashers import make_password
from django.db.models import Q

from dispositions.addressees import get_addressee
from kit import clock
from office.models import Appointment, Division, Instruction, Position, Role, User
from operations.demo.topics import Topic

PASSWORD = "rembuk-demo-2026"  # noqa: S105 -- public, printed by bin/demo

PEOPLE = """
admin       |             | Administrator Rembuk             |                    |
kadis       | HEAD        | Drs. Zulkarnain Harun, M.Si.     | 196904121994031004 | Pembina Utama Muda (IV/c)
sekretariat | SECRETARIAT | Yulia Safitri, A.Md.             | 199207182015032006 | Pengatur (II/c)
pengawas    | SUPERVISOR  | Sri Wahyuni, S.E., M.Ak.         | 198005142006042007 | Pembina (IV/a)
pkd         | TIM_PKD     | Rendi Kurniawan, S.A.P.          | 198809032011011003 | Penata (III/c)
kabid1      | LINJAMSOS   | Hj. Nurhayati Basri, S.Sos., M.A.P. | 197402251999032005 | Pembina (IV/a)
petugas1    | LINJAMSOS   | Fitriani Lestari, S.Sos.         | 198706112010012012 | Penata Tk. I (III/d)
petugas2    | LINJAMSOS   | Agus Saputra, S.E.               | 199001302014031007 | Penata (III/c)
kabid2      | REHSOS      | Bambang Suryono, S.ST., M.Si.    | 197608172001121002 | Pembina (IV/a)
petugas3    | REHSOS      | Dewi Anggraini, S.Tr.Sos.        | 198504232009022004 | Penata Tk. I (III/d)
petugas4    | REHSOS      | Muhammad Iqbal, S.Psi.           | 199311052019031009 | Penata Muda (III/a)
kabid3      | DAYASOS     | Ratna Komalasari, S.H.           | 197903092005012008 | Penata Tk. I (III/d)
petugas5    | DAYASOS     | Hendra Wijaya, S.Sos.            | 198902272011011010 | Penata (III/c)
petugas6    | DAYASOS     | Siska Oktaviani, S.Kom.          |                    |
kabid4      | PMD         | Ir. Syafruddin Mahmud, M.M.      | 197105141998031006 | Pembina Tk. I (IV/b)
petugas7    | PMD         | Lukman Hakim, S.IP.              | 198407192008031005 | Penata Tk. I (III/d)
petugas8    | PMD         | Anisa Rahmawati, S.T.            | 199502062020122011 | Penata Muda (III/a)
"""
"""User name, role or division, name, number (NIP) and rank of the staff. A division has its head first."""

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

    posts: dict[str, list[User]] = defaultdict(list)
    for row in PEOPLE.strip().splitlines():
        username, post, name, nip, rank = (cell.strip() for cell in row.split("|"))
        user = User(username=username, name=name, nip=nip, rank=rank, password=hashed)
        user.email, user.is_staff, user.is_superuser = f"{username}@dinas.example", not post, not post
        user.save()
        acting: dict[str, Any] = {}
        if username == ACTING:
            number = f"800.1.11.1/21/BKPSDM/{since.year}"
            acting = {"acting": Appointment.Acting.PLT, "order_number": number, "order_date": since}
        if post:
            positions = Position.objects.filter(Q(role=post) | Q(division__code=post)).order_by("role", "pk")
            position = positions[len(posts[post])]
            Appointment.objects.create(user=user, position=position, starts=since, **acting)
            posts[post].append(user)
    divisions = Division.objects.filter(code__in=posts).order_by("pk")
    teams = {d.code: Team(d, posts[d.code][0], posts[d.code][1:]) for d in divisions}
    instructions = [*Instruction.objects.filter(effect="ACTION").values_list("text", flat=True)]
    (secretariat,), (pkd,), (head,) = (posts[role] for role in (Role.SECRETARIAT, Role.TIM_PKD, Role.HEAD))
    return Staff(secretariat, pkd, head, teams, instructions)


NAMES = (
    "Suhardi", "Rosmala Dewi", "Jumadi Alkaf", "Sri Handayani", "Effendi Yusuf", "Marlina Putri",
    "Kartika Sari", "Lilis Suryani", "Herman Sopian", "Nuraini Zahra", "Rusdi Amran", "Tuti Alawiyah",
    "Bujang Rahman", "Sofyan Hadi", "Endang Wulandari", "Taufik Ismail Pratama", "Mega Utami", "Liem Siu Lan",
    "Hasan Basri Tanjung", "Johan Setiawan", "Asmawati", "Nyimas Halimah", "Kemas Arifin", "Bong Khiun Sen",
    "Ermawati Lubis",
)  # fmt: skip
VILLAGES = (
    "Desa Penagan", "Desa Balunijuk", "Desa Rebo", "Desa Kace", "Desa Kurau Barat", "Desa Beluluk",
    "Desa Namang", "Desa Terentang", "Desa Tempilang", "Desa Rias", "Desa Badau", "Desa Sijuk",
    "Desa Membalong", "Desa Gantung", "Desa Selinsing", "Kelurahan Air Itam", "Kelurahan Tua Tunu Indah",
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


class Agency(NamedTuple):
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
