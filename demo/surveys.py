"""Answers to the survey and the published result of the demo."""

import datetime as dt

from consultations.enums import Channel
from consultations.parties import Applicant
from office import clock
from office.periods import Period
from surveys import services
from surveys.elements import ELEMENTS
from surveys.models import Answer
from surveys.queries import get_result

from .case_run import CaseRun
from .people import Staff

MOSTLY = {"U3": (0, 3, 5, 2), "U4": (0, 0, 0, 1), "U8": (1, 3, 5, 2), "U9": (0, 1, 5, 5)}
"""Weights of the answers 1, 2, 3 and 4 for elements that differ from EASILY."""

EASILY = (0, 1, 5, 6)

REMEDIES = {
    "U1": "daftar persyaratan dipasang di ruang pelayanan, Tim PKD, bulan depan.",
    "U2": "bagan alur layanan dibagikan ke semua kantor desa, Tim PKD, triwulan depan.",
    "U3": "jadwal ditetapkan paling lambat dua hari kerja sesudah petugas ditunjuk, para Kepala Bidang.",
    "U4": "pemberitahuan bahwa layanan gratis dipasang di ruang pelayanan, Sekretariat, bulan depan.",
    "U5": "laporan hasil konsultasi diperiksa terhadap standar pelayanan, para Kepala Bidang.",
    "U6": "petugas mengikuti pelatihan satu hari per triwulan, Sekretariat.",
    "U7": "petugas mengikuti pelatihan pelayanan prima, Sekretariat, triwulan depan.",
    "U8": "kursi dan kipas angin di ruang tunggu ditambah, Sekretariat, triwulan depan.",
    "U9": "nomor pengaduan dan alurnya dipasang di ruang pelayanan, Tim PKD, bulan depan.",
}
"""Follow-up of the office by element."""


def survey(run: CaseRun) -> None:
    """Answer the survey of a closed case, on paper if the request came on paper."""
    on_paper = run.scenario.channel in (Channel.COUNTER, Channel.LETTER)
    services.answer(
        run.case,
        by=run.staff.secretariat if on_paper else Applicant(run.case.secret),
        sex=run.rng.choice(Answer.Sex.values),
        education=run.rng.choice([*Answer.Education.values[1:4], ""]),
        occupation=run.rng.choice([Answer.Occupation.OTHER, Answer.Occupation.SELF_EMPLOYED, ""]),
        comment=run.phrase("survey"),
        **{
            element.field: run.rng.choices((1, 2, 3, 4), weights=MOSTLY.get(code, EASILY))[0]
            for code, element in ELEMENTS.items()
        },
    )


def publish(staff: Staff) -> None:
    """Publish the result of the last quarter if there are enough answers."""
    this_quarter = Period.quarter_of(clock.today())
    period = Period.quarter_of(this_quarter.since - dt.timedelta(days=1))
    if lowest := get_result(period).lowest:
        plan = "\n".join(f"{code}: {REMEDIES[code]}" for code in lowest)
        services.publish(by=staff.pkd, period=period, plan=plan)
