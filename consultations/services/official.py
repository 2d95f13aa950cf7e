"""Step 2: which official a complaint is about, where that is learnt or corrected once it is in the agenda."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import State
from consultations.models import Case
from consultations.workflow import STEPS, Refused, transition
from office.models import User

FIELD = "complained_about"

HAND_BACK_FIRST = _(
    "%(name)s adalah Kepala Bidang yang menerima disposisi. Lebih dahulu disposisi dikembalikan (langkah "
    "“Kembalikan disposisi”), atau administrator menunjuk Plh. Kepala Bidang."
)
DEPUTY_FIRST = _(
    "%(name)s adalah Kepala Bidang yang menangani pengaduan ini, dan disposisinya tidak dapat dipindahkan "
    "lagi. Mintalah administrator menunjuk Plh. Kepala Bidang lebih dahulu."
)
REASSIGN_FIRST = _(
    "%(name)s adalah petugas atau pendamping pengaduan ini. Mintalah Kepala Bidang menggantinya lebih dahulu "
    "(langkah “Ganti petugas”)."
)
HAS_SERVED = _(
    "%(name)s sudah melayani pengaduan ini, dan petugas tidak dapat diganti lagi sesudah konsultasi dimulai. "
    "Beri tahu Kepala Dinas sebelum laporannya diterima, dan sampaikan pengaduan ini kepada Inspektorat "
    "Daerah."
)


def name_official(case: Case, *, by: User, complained_about: User | None, reason: str) -> None:
    """Step 2: Tim PKD enters or corrects which official a complaint is about (None: none of this office).

    From now on that official is shut out of the case, as PermenPANRB 62/2018 asks. Nobody is told: it would
    reach the official. Raises Refused where the official serves the complaint or is the only head of its
    division, and says what must come first. It may be the only head of the office: then the complaint stands
    on the desk of Tim PKD until there is another one.
    """
    with transition("name_official", case, by=by, note=reason) as taken:
        if complained_about == case.complained_about:
            raise Refused(_("Ini sudah tercatat. Pilih yang lain bila memang keliru."), field=FIELD)
        if complained_about and (in_the_way := [*_in_the_way(case, complained_about)]):
            name = {"name": complained_about}
            raise Refused(" ".join(str(sentence) % name for sentence in in_the_way), field=FIELD)
        taken.change(complained_about=complained_about)


def _in_the_way(case: Case, official: User) -> Iterator[Promise]:
    """Where nobody could go on in the official's place: what must come first, as far as the state allows.

    Who only accompanies leaves no gap once the consultation has begun.
    """
    state = State(case.state)
    if case.division and official.heads_alone(case.division):
        yield HAND_BACK_FIRST if ("hand_back", state) in STEPS else DEPUTY_FIRST
    if ("reassign", state) in STEPS:
        if case.officer == official or case.companions.contains(official):
            yield REASSIGN_FIRST
    elif case.officer == official:
        yield HAS_SERVED
