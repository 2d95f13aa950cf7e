"""Answers to the survey and the published result of the demo."""

import datetime as dt
from typing import Any

from consultations.enums import Channel
from consultations.parties import Applicant
from kit import clock
from kit.periods import Period
from operations.demo.case_run import CaseRun
from operations.demo.people import Staff
from reports.surveys import services
from reports.surveys.queries import get_main_service, get_result, quarter_of
from reports.surveys.regulation import ELEMENTS, Age, Education, Occupation, Sex, is_closed

MOSTLY = {"U3": (0, 3, 5, 2), "U4": (0, 0, 0, 1), "U8": (1, 3, 5, 2), "U9": (0, 1, 5, 5)}
"""Weights of the answers 1, 2, 3 and 4 for elements that differ from EASILY."""

EASILY = (0, 1, 5, 6)

REMEDIES = {
    "U1": ("Memasang daftar persyaratan di ruang pelayanan.", "Tim PKD", 100),
    "U2": ("Membagikan bagan alur layanan ke semua kantor desa.", "Tim PKD", 40),
    "U3": ("Menetapkan jadwal paling lambat dua hari kerja sesudah petugas ditunjuk.", "Kepala Bidang", 60),
    "U4": ("Memasang pemberitahuan bahwa layanan gratis di ruang pelayanan.", "Sekretariat", 100),
    "U5": ("Memeriksa laporan hasil konsultasi terhadap standar pelayanan.", "Kepala Bidang", 50),
    "U6": ("Melatih petugas satu hari setiap triwulan.", "Sekretariat", 30),
    "U7": ("Melatih petugas dalam pelayanan prima.", "Sekretariat", 0),
    "U8": ("Menambah kursi dan kipas angin di ruang tunggu.", "Sekretariat", 75),
    "U9": ("Memasang nomor pengaduan dan alurnya di ruang pelayanan.", "Tim PKD", 100),
}
"""Follow-up of the office by element: action, person in charge, percent done."""


def survey(run: CaseRun) -> None:
    """Answer the survey of a closed case, on paper if the request came on paper."""
    given: dict[str, Any] = {
        element.field: run.rng.choices((1, 2, 3, 4), weights=MOSTLY.get(code, EASILY))[0]
        for code, element in ELEMENTS.items()
    }
    given["sex"], given["comment"] = run.rng.choice(Sex.values), run.phrase("survey")
    given["age"] = run.rng.choice([*Age.values[1:5], ""])
    given["education"] = run.rng.choice([*Education.values[1:4], ""])
    given["occupation"] = run.rng.choice([Occupation.OTHER, Occupation.SELF_EMPLOYED, ""])
    quarter = quarter_of(run.case)
    if quarter is None or is_closed(quarter):
        return
    if run.scenario.channel in (Channel.COUNTER, Channel.LETTER):
        services.receive_form(run.case, by=run.staff.secretariat)
        services.enter_form(by=run.staff.secretariat, quarter=quarter, service=run.case.kind, seen=1, **given)
    else:
        services.answer(run.case, by=Applicant(run.case.secret), **given)


def publish(staff: Staff) -> None:
    """Plan the follow-up of the newest closed quarter and publish its result if there are enough answers."""
    period = Period.quarter_of(clock.today())
    while not is_closed(period):
        period = period.quarter_before
    service = get_main_service(period)
    result = get_result(period, service)
    for number, code in enumerate(result.lowest, start=1):
        plan: dict[str, Any] = dict(zip(("action", "responsible", "percent"), REMEDIES[code], strict=True))
        due = clock.today() + dt.timedelta(days=20 * number)
        services.save_plan_item(by=staff.pkd, period=period, service=service, element=code, due=due, **plan)
    if result.lowest:
        text = services.draft_analysis(period, service, result)
        services.publish(by=staff.head, period=period, service=service, analysis=text)
