"""How applicants of the demo answer the survey, and what the office publishes of it."""

from consultations.models import Case
from consultations.parties import Applicant
from surveys import periods, services
from surveys.elements import ELEMENTS
from surveys.models import Answer
from surveys.results import answers

from .people import Cast
from .scene import Scene

MOSTLY = {"U3": (0, 3, 5, 2), "U4": (0, 0, 0, 1), "U8": (1, 3, 5, 2), "U9": (0, 1, 5, 5)}
"""How often the elements are answered 1, 2, 3 and 4, where not as EASILY."""

EASILY = (0, 1, 5, 6)

PLAN = """\
U8 Sarana dan prasarana: menambah kursi dan kipas angin di ruang tunggu, Sekretariat, triwulan depan.
U3 Waktu penyelesaian: jadwal konsultasi ditetapkan paling lambat dua hari kerja sesudah petugas ditunjuk, \
para Kepala Bidang, mulai bulan depan.
U9 Penanganan pengaduan: nomor pengaduan dan alurnya dipasang di ruang pelayanan, Tim PKD, bulan depan."""


def survey(scene: Scene) -> None:
    """The applicant answers after the case was closed; who came with a letter does it on paper."""
    on_paper = scene.plot.channel in (Case.Channel.COUNTER, Case.Channel.LETTER)
    services.answer(
        scene.case,
        by=scene.cast.sekretariat if on_paper else Applicant(scene.case.secret),
        sex=scene.rng.choice(Answer.Sex.values),
        education=scene.rng.choice([*Answer.Education.values[1:4], ""]),
        occupation=scene.rng.choice([Answer.Occupation.OTHER, Answer.Occupation.SELF_EMPLOYED, ""]),
        comment=scene.says("survey"),
        **{
            element.field: scene.rng.choices((1, 2, 3, 4), weights=MOSTLY.get(code, EASILY))[0]
            for code, element in ELEMENTS.items()
        },
    )


def publish(cast: Cast) -> None:
    """The result of the last quarter, where somebody has answered."""
    since, until = periods.usual()[1]
    if answers(since, until).exists():
        services.publish(by=cast.pkd, since=since, until=until, plan=PLAN)
