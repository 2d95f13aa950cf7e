"""Other agencies that the demo office asks for an opinion, with invented contacts."""

from dataclasses import dataclass


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
