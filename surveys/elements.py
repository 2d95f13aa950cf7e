"""The nine elements (unsur) of the survey, U1 to U9, as PermenPANRB 14/2017 defines them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Element:
    """An element: its name in the regulation, its question, and the labels of the answers 1, 2, 3 and 4."""

    code: str
    name: Promise
    question: Promise
    answers: tuple[Promise, Promise, Promise, Promise]

    @property
    def field(self) -> str:
        """The name of its column in `Answer` and of its form field."""
        return self.code.lower()

    @property
    def choices(self) -> list[tuple[int, Promise]]:
        return list(enumerate(self.answers, start=1))


ELEMENTS: dict[str, Element] = {
    element.code: element
    for element in (
        Element(
            "U1",
            _("Persyaratan"),
            _("Apakah persyaratan yang diminta sesuai dengan pelayanannya?"),
            (_("Tidak sesuai"), _("Kurang sesuai"), _("Sesuai"), _("Sangat sesuai")),
        ),
        Element(
            "U2",
            _("Sistem, mekanisme, dan prosedur"),
            _("Apakah prosedur pelayanan kami mudah?"),
            (_("Tidak mudah"), _("Kurang mudah"), _("Mudah"), _("Sangat mudah")),
        ),
        Element(
            "U3",
            _("Waktu penyelesaian"),
            _("Apakah Anda dilayani dengan cepat?"),
            (_("Tidak cepat"), _("Kurang cepat"), _("Cepat"), _("Sangat cepat")),
        ),
        Element(
            "U4",
            _("Biaya/tarif"),
            _("Berapa biaya yang diminta dari Anda untuk pelayanan ini?"),
            (_("Sangat mahal"), _("Cukup mahal"), _("Murah"), _("Gratis")),
        ),
        Element(
            "U5",
            _("Produk spesifikasi jenis pelayanan"),
            _("Apakah hasil yang Anda terima sesuai dengan standar pelayanan kami?"),
            (
                pgettext_lazy("standar", "Tidak sesuai"),
                pgettext_lazy("standar", "Kurang sesuai"),
                pgettext_lazy("standar", "Sesuai"),
                pgettext_lazy("standar", "Sangat sesuai"),
            ),
        ),
        Element(
            "U6",
            _("Kompetensi pelaksana"),
            _("Apakah petugas kami kompeten, yaitu paham dan mampu membantu?"),
            (_("Tidak kompeten"), _("Kurang kompeten"), _("Kompeten"), _("Sangat kompeten")),
        ),
        Element(
            "U7",
            _("Perilaku pelaksana"),
            _("Apakah petugas kami sopan dan ramah?"),
            (
                _("Tidak sopan dan ramah"),
                _("Kurang sopan dan ramah"),
                _("Sopan dan ramah"),
                _("Sangat sopan dan ramah"),
            ),
        ),
        Element(
            "U8",
            _("Sarana dan prasarana"),
            _("Bagaimana ruang, peralatan, dan sarana pelayanan kami?"),
            (_("Buruk"), _("Cukup"), _("Baik"), _("Sangat baik")),
        ),
        Element(
            "U9",
            _("Penanganan pengaduan, saran, dan masukan"),
            _("Bagaimana kami menangani pengaduan, saran, dan masukan?"),
            (
                _("Tidak ada"),
                _("Ada tetapi tidak berfungsi"),
                _("Berfungsi kurang maksimal"),
                _("Dikelola dengan baik"),
            ),
        ),
    )
}
"""The elements by code, in the order of the regulation."""
