"""Step 2: Tim PKD enters or corrects the official that a registered complaint is about."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import State
from consultations.models import Case
from consultations.workflow import STEPS, transition
from kit.refusal import Refused
from office.models import User
from office.words import with_words

FIELD = "complained_about"

HAND_BACK_FIRST = _(
    "%(name)s adalah %(division_head)s yang menerima disposisi. Lebih dahulu disposisi "
    "dikembalikan (langkah “Kembalikan disposisi”), atau administrator menunjuk Plh. "
    "%(division_head)s."
)
DEPUTY_FIRST = _(
    "%(name)s adalah %(division_head)s yang menangani pengaduan ini, dan disposisinya tidak "
    "dapat dipindahkan lagi. Mintalah administrator menunjuk Plh. %(division_head)s lebih "
    "dahulu."
)
REASSIGN_FIRST = _(
    "%(name)s adalah petugas atau pendamping pengaduan ini. Mintalah %(division_head)s "
    "menggantinya lebih dahulu (langkah “Ganti petugas”)."
)
HAS_SERVED = _(
    "%(name)s sudah melayani pengaduan ini, dan petugas tidak dapat diganti lagi sesudah "
    "laporannya disampaikan. Beri tahu %(head)s sebelum laporannya diterima, dan sampaikan "
    "pengaduan ini kepada Inspektorat Daerah."
)


def name_official(case: Case, *, by: User, complained_about: User | None, reason: str) -> None:
    """Store the official that a complaint is about (None: nobody of this office).

    That official no longer sees the case (PermenPANRB 62/2018). No notice is sent, because it would reach
    the official. Raise Refused if the official serves the complaint or is the only head of its division.
    If the official is the only head of the office, the complaint appears on the desk of Tim PKD until
    another head is appointed.
    """
    with transition("name_official", case, by=by, note=reason) as taken:
        if complained_about == case.complained_about:
            raise Refused(_("Ini sudah tercatat. Pilih yang lain bila memang keliru."), field=FIELD)
        if complained_about and (obstacles := [*_obstacles(case, complained_about)]):
            name = {"name": complained_about}
            raise Refused(" ".join(with_words(sentence, **name) for sentence in obstacles), field=FIELD)
        taken.change(complained_about=complained_about)


def _obstacles(case: Case, official: User) -> Iterator[Promise]:
    """Yield what must happen first, if nobody could continue in the official's place.

    A companion can be named once the report is written: nobody accompanies any more.
    """
    state = State(case.state)
    if case.division and official.heads_alone(case.division):
        yield HAND_BACK_FIRST if ("hand_back", state) in STEPS else DEPUTY_FIRST
    if ("reassign", state) in STEPS:
        if case.officer == official or case.companions.contains(official):
            yield REASSIGN_FIRST
    elif case.officer == official:
        yield HAS_SERVED
