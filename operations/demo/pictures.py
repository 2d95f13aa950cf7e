"""The pictures of the guides (docs/panduan): which reader sees which page, and which part of it is shown.

`bin/guides` takes them in the demo.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.parties import Actor, Applicant
from consultations.workflow import list_open_steps
from office.models import User

FOLDER = settings.BASE_DIR / "static" / "panduan"
DESKTOP, PHONE = 1024, 390


@dataclass(frozen=True)
class Picture:
    """The recipe of one picture.

    `who` is a user name of the demo, or empty for a visitor. `page` is a URL name. `verb` or `state` choose
    the case: the oldest one at which the reader can take the step, or that is in the state. The browser then
    fills in `typed` (by field name), follows what `pressed` selects, and draws a numbered ring around what
    `ringed` selects.
    `part` selects what is shown, at most `height` pixels of it.
    """

    name: str
    who: str
    page: str
    verb: str = ""
    state: State | None = None
    kind: Kind = Kind.CONSULTATION
    typed: Mapping[str, str] = field(default_factory=dict)
    pressed: tuple[str, ...] = ()
    ringed: tuple[str, ...] = ()
    part: str = "main"
    width: int = DESKTOP
    height: int = 700


REQUEST = {
    "material": "Bagaimana cara mengusulkan 23 keluarga di desa kami ke data penerima bantuan sosial?",
    "visit_at_day": "2026-10-23",
    "visit_at": "2026-10-23T09:00",
    "applicant_name": "Siti Contoh",
    "phone": "0812-3456-7890",
    "no_letter": "on",
}
SEND = 'form[data-form="submit"] button[type=submit]:not([name])'

FORM = 'section[aria-labelledby="judul-form"]'

PICTURES: tuple[Picture, ...] = (
    Picture("pemohon-beranda", "", "home", ringed=(".hero .btn-primary",), width=PHONE, height=620),
    Picture("pemohon-waktu", "", "request", typed=REQUEST, part="#div_id_visit_at", width=PHONE, height=760),
    Picture("pemohon-periksa", "", "request", typed=REQUEST, pressed=(SEND,), ringed=('a:text-is("Ubah")',),
            width=PHONE, height=560),
    Picture("pemohon-tanda-terima", "", "request", typed=REQUEST, pressed=(SEND, SEND), ringed=(".code",),
            width=PHONE),
    Picture("pemohon-halaman", "", "follow", state=State.SCHEDULED, width=PHONE),
    Picture("pemohon-lengkapi", "", "follow", state=State.INCOMPLETE, width=PHONE, height=560),
    Picture("masuk", "", "account_login", height=560),
    Picture("sekretariat-meja", "sekretariat", "desk", height=420),
    Picture("sekretariat-datang-langsung", "sekretariat", "walk_in"),
    Picture("sekretariat-surat-masuk", "sekretariat", "receive"),
    Picture("sekretariat-permohonan", "sekretariat", "case", state=State.SCHEDULED, height=420),
    Picture("sekretariat-catat-disposisi", "sekretariat", "step", verb="dispose_for", part=FORM, width=PHONE,
            height=1300),
    Picture("sekretariat-pesan", "sekretariat", "messages", height=480),
    Picture("pkd-meja", "pkd", "desk", height=620),
    Picture("pkd-agendakan", "pkd", "step", verb="register"),
    Picture("pkd-kembalikan", "pkd", "step", verb="send_back"),
    Picture("pkd-buku-agenda", "pkd", "agenda", height=460),
    Picture("kadis-meja", "kadis", "desk", width=PHONE, height=760),
    Picture("kadis-sahkan", "kadis", "case", verb="refuse_disposition",
            part="section[aria-labelledby=putusan]", width=PHONE),
    Picture("kadis-disposisi", "kadis", "step", verb="dispose", part=FORM, width=PHONE, height=1100),
    Picture("kadis-terima", "kadis", "step", verb="accept", width=PHONE, height=1000),
    Picture("kadis-perubahan-akses", "kadis", "access_changes", width=PHONE, height=520),
    Picture("kabid-meja", "kabid4", "desk", height=520),
    Picture("kabid-tugaskan", "kabid4", "step", verb="assign", part=FORM, height=900),
    Picture("kabid-teruskan", "kabid2", "step", verb="forward", kind=Kind.COMPLAINT),
    Picture("kabid-berhalangan", "kabid1", "absence_new"),
    Picture("petugas-meja", "petugas1", "desk", height=560),
    Picture("petugas-persiapan", "petugas8", "step", verb="prepare"),
    Picture("petugas-jadwal", "petugas3", "step", verb="schedule"),
    Picture("petugas-selesai", "petugas5", "step", verb="finish"),
    Picture("petugas-laporan", "petugas7", "step", verb="report"),
    Picture("pengawas-pengaduan", "pengawas", "case", verb="conclude", kind=Kind.COMPLAINT, height=460),
    Picture("admin-perubahan-akses", "admin", "access_changes", height=560),
)  # fmt: skip


def get_path(picture: Picture) -> str:
    """Return the address of the page. Raise LookupError if the demo has no such case."""
    if not picture.verb and not picture.state:
        return reverse(picture.page)
    case = find_case(picture)
    args = [case.code if picture.who else case.secret, *([picture.verb] if picture.page == "step" else ())]
    return reverse(picture.page, args=args)


def find_case(picture: Picture) -> Case:
    """Return the oldest case that the recipe means. Raise LookupError if there is none."""
    user = User.objects.get(username=picture.who) if picture.who else None
    cases = Case.objects.visible_to(user) if user else Case.objects.all()
    cases = cases.with_people().filter(kind=picture.kind).order_by("pk")
    if picture.state:
        cases = cases.filter(state=picture.state)
    for case in cases:
        by: Actor = user or Applicant(case.secret)
        if not picture.verb or picture.verb in {step.verb for step in list_open_steps(by, case)}:
            return case
    raise LookupError(f"{picture.name}: no case for {picture.who}, {picture.verb}, {picture.state}")
