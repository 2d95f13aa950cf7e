"""Address letters by position: to the head of an agency, or to an applicant who holds an office."""

from consultations.models import Case

HEADS = {
    **dict.fromkeys(("Inspektorat", "Itjen"), ("Inspektur", False)),
    "Sekretariat": ("Sekretaris", False),
    "Kecamatan": ("Camat", False),
    "Kelurahan": ("Lurah", False),
    "Desa": ("Kepala Desa", False),
    **dict.fromkeys(("Komisi", "Pengadilan"), ("Ketua", True)),
    **dict.fromkeys(("Rumah", "RSUD"), ("Direktur", True)),
    **dict.fromkeys(("Badan", "Balai", "Biro", "BPS", "Dinas", "Kantor", "Pusat"), ("Kepala", True)),
    **dict.fromkeys(("Puskesmas", "Satuan", "SMA", "SMK", "SMP", "SD", "UPT", "UPTD"), ("Kepala", True)),
}
"""Title of the head by the first word of an agency, and whether the word follows the title."""

TITLES = frozenset(
    (
        *("Bupati", "Camat", "Direktur", "Gubernur", "Inspektur", "Kapolres", "Kapolsek", "Kepala", "Ketua"),
        *("Lurah", "Menteri", "Pimpinan", "Pj.", "Plh.", "Plt.", "Rektor", "Sekretaris", "Wali", "Walikota"),
    )
)
"""First words of a text that names an official already."""


def get_addressee(agency: str) -> str:
    """Return the official whom a letter to an agency addresses: `Kepala Dinas Sosial`, `Camat Contoh`.

    A text that begins with a title stays. The head of an unknown kind of agency is its `Pimpinan`.
    """
    first, _space, rest = agency.removeprefix("Pemerintah ").partition(" ")
    if first in TITLES or first not in HEADS:
        return agency if first in TITLES else f"Pimpinan {agency}"
    title, with_word = HEADS[first]
    return " ".join(filter(None, [title, first if with_word else "", rest]))


def get_holder(case: Case) -> str:
    """Return the applicant by position and organisation, or "" without a position.

    Words that both share are printed once: `Kepala Desa` of `Pemerintah Desa Contoh` is `Kepala Desa Contoh`.
    """
    own, words = case.applicant_position.split(), case.organisation.removeprefix("Pemerintah ").split()
    title, with_word = HEADS.get(words[0] if words else "", ("", True))
    if not with_word and " ".join(own).startswith(title):
        words = words[1:]
    shared = next(n for n in range(min(len(own), len(words)), -1, -1) if own[len(own) - n :] == words[:n])
    return " ".join([*own, *words[shared:]]) if own else ""
