"""Texts of the demo's reports and staff reviews."""

import datetime as dt
from typing import Any

from consultations.models import Case
from office import clock
from reports.items import Item

from .topics import Topic


def report_sections(case: Case, topic: Topic, version: int) -> dict[str, Any]:
    """The sections and items of the report of a consultation on this topic."""
    asker = case.organisation or case.applicant_name
    better = "" if version == 1 else " Laporan ini telah diperbaiki sesuai arahan pimpinan."
    kind = Item.Kind
    due = clock.today() + dt.timedelta(days=14 + case.pk * 5 % 30)
    further = [Item(kind.RECOMMENDATION, "Laporkan perkembangannya kepada dinas.")] if case.pk % 3 else []
    return {
        "general": f"{asker} memohon konsultasi mengenai {_inline(case.subject)}.",
        "purpose": "Memberikan saran, masukan, pertimbangan, solusi, dan rekomendasi kepada pemohon.",
        "scope": "Materi yang disampaikan pemohon serta ketentuan yang berlaku.",
        "basis": "SK Standar Layanan Konsultasi Nomor 188.4/47/DINSOSPMD/2023.",
        "activities": f"Konsultasi dengan {case.applicant_name}; materi: {case.material}",
        "results": topic.result,
        "conclusion": "Materi konsultasi telah dibahas dan dipahami pemohon.",
        "closing": "Demikian laporan ini disampaikan untuk menjadi bahan pertimbangan.",
        "items": [
            Item(kind.ADVICE, topic.advice),
            Item(kind.SUGGESTION, "Pemohon disarankan menjaga komunikasi dengan pendamping setempat."),
            Item(
                kind.CONSIDERATION,
                "Kewenangan provinsi, anggaran, dan keadaan pemohon." + better,
            ),
            Item(kind.SOLUTION, topic.solution),
            Item(kind.RECOMMENDATION, topic.recommendation, asker, due),
            *further,
        ],
    }


def review_sections(case: Case, topic: Topic) -> dict[str, str]:
    """Return the six parts of the staff review (telaahan staf)."""
    return {
        "problem": f"{case.material}",
        "assumptions": "Pemohon memiliki data yang benar.\nPemerintah kabupaten bersedia bekerja sama.",
        "facts": "Anggaran tahun berjalan terbatas.\nKewenangan terbagi antara provinsi dan kabupaten.",
        "analysis": f"{topic.result} Pembahasan memerlukan keterangan instansi terkait.",
        "conclusion": topic.solution,
        "advice": topic.recommendation,
    }


def _inline(subject: str) -> str:
    """Return the subject for use within a sentence. Abbreviations keep their capitals."""
    return subject if subject[1:2].isupper() else subject[0].lower() + subject[1:]
