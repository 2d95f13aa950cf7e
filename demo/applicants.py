"""Applicants of the demo: invented people from villages of the Kepulauan Bangka Belitung."""

from random import Random

from .topics import Topic

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
        "organisation": bodies.get(topic.asker, topic.asker),
        "address": f"{village} RT {rng.randint(1, 12):02}, Kepulauan Bangka Belitung",
        "phone": f"+62812000{number:05}",
        "email": f"{first_word}.{number}@example.id" if rng.random() < 0.6 else "",
        "subject": topic.subject,
        "material": topic.material,
    }
