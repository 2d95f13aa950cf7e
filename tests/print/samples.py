"""Renders the sample documents into docs/samples/ or FOLDER: python -m tests.print.samples [FOLDER]."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "samples"
README = FOLDER / "README.md"


def main(folder: Path) -> None:
    """Write each sample, rendered from invented cases in a temporary database."""
    with tempfile.TemporaryDirectory() as data:
        os.environ["REMBUK_DATA"] = data
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import django

        django.setup()
        from django.test.utils import setup_databases, setup_test_environment, teardown_databases

        setup_test_environment()
        databases = setup_databases(verbosity=0, interactive=False)
        try:
            for name, content in render_samples().items():
                (folder / name).write_bytes(content)
                print(folder / name, len(content))
        finally:
            teardown_databases(databases, verbosity=0)


FORMS = ("daftar-hadir.pdf", "daftar-hadir-rapat.pdf", "kuesioner-survei.pdf", "poster-layanan.pdf")
"""Forms to be filled in by hand, and the poster: they are no issued documents."""


def render_samples(*, versions_too: bool = True) -> dict[str, bytes]:
    """Return the PDF of each sample by file name.

    The samples are every type of document as issued and, with `versions_too`, drafts and other versions, in
    an office with names of real lengths.
    """
    from documents.files import attendance_sheet, meeting_sheet, read_document
    from documents.issuing import get_document, issue_document
    from documents.models import Document
    from documents.types import CASE_DOCUMENT_TYPES, TYPES_BY_KIND, TYPES_BY_SLUG
    from office.models import Office
    from reports.statistics.board import poster
    from reports.surveys.documents import questionnaire
    from tests import factories
    from tests.print import scenes
    from tests.print.documents import printed_papers, sign_papers

    def paper(slug: str, source: Any) -> bytes:
        return read_document(get_document(TYPES_BY_SLUG[slug], source))

    if not Office.objects.exists():
        factories.make_office()
    staff = scenes.people()
    if versions_too:
        give_real_lengths()
    samples: dict[str, bytes] = {}
    with scenes.known_documents(), printed_papers():
        if versions_too:
            visitor = scenes.walk_in(staff, code="2W9K-4TQH", secret="contoh-tautan-rahasia-pemohon-01")
            samples["tanda-terima-datang-langsung.pdf"] = paper("tanda-terima", visitor)
            samples["lembar-disposisi-draf.pdf"] = paper("lembar-disposisi", visitor)
        declined = scenes.declined(staff, code="5H8R-6XPD", secret="contoh-tautan-rahasia-pemohon-02")
        samples["surat-penolakan.pdf"] = paper("surat-penolakan", declined)
        case = scenes.reviewed(staff)
        scenes.schedule(case, staff, starts_at=scenes.moment(13, 9))
        samples["pemberitahuan-jadwal.pdf"] = paper("pemberitahuan-jadwal", case)
        if versions_too:
            scenes.reschedule(case, staff)
            samples["pemberitahuan-jadwal-ulang.pdf"] = paper("pemberitahuan-jadwal", case)
        scenes.meet(case, staff)
        with scenes.at(13, 8):
            samples["daftar-hadir-rapat.pdf"] = meeting_sheet(case, case.meetings.latest("pk"))
        scenes.report(case, staff)
        if versions_too:
            samples["laporan-draf.pdf"] = paper("laporan", case)
        scenes.accept(case, staff)
        with scenes.at(17, 16):
            sign_papers(case, staff)
        for kind in CASE_DOCUMENT_TYPES:
            if kind.kind == Document.Kind.TRANSFER:
                continue
            name = f"{kind.slug}.pdf"
            samples[name] = samples.get(name) or paper(kind.slug, case)
        with scenes.at(16, 8):
            samples["daftar-hadir.pdf"] = attendance_sheet(case, case.sessions.get(cancelled_at=None))
        if versions_too:
            scenes.correct(
                case, staff, {**scenes.REPORT, "results": "Daftar yang dibawa berisi 15 keluarga."}
            )
            samples["laporan-ralat.pdf"] = paper("laporan", case)
        for register in scenes.registers(staff):
            kind = TYPES_BY_KIND[register.kind]
            issue_document(kind, register)
            samples[f"{kind.slug}.pdf"] = paper(kind.slug, register)
        samples["hasil-survei.pdf"] = paper("hasil-survei", scenes.survey_result(staff))
        passed_on = scenes.passed_on(
            staff,
            code="4W7K-8QTD",
            secret="contoh-tautan-rahasia-pemohon-03",
            subject="Pelayanan loket",
            material="Petugas loket meminta Rp50.000 untuk surat keterangan pada 5 November 2026.",
        )
        samples["surat-penerusan.pdf"] = paper("surat-penerusan", passed_on)
        with scenes.at(18, 8):
            samples["kuesioner-survei.pdf"] = questionnaire()
            factories.publish_standard()
            samples["poster-layanan.pdf"] = poster()
    return samples


def give_real_lengths() -> None:
    """Give the office and its positions names as long as those of a real office."""
    from office.models import Division, Office, Position, Role

    name = "Dinas Sosial dan Pemberdayaan Masyarakat Desa"
    division = "Perlindungan, Jaminan Sosial, dan Penanganan Fakir Miskin"
    Office.objects.update(
        government="Pemerintah Provinsi Kepulauan Contoh",
        name=name,
        address="Kompleks Perkantoran Pemerintah Provinsi, Jl. Pulau Contoh Nomor 12, Kotacontoh 33149",
        email="dinas@contoh.example",
    )
    Position.objects.filter(role=Role.HEAD).update(title=f"Kepala {name} Provinsi Kepulauan Contoh")
    for row in Position.objects.filter(division__name="Rehabilitasi Sosial"):
        row.title = row.title.replace("Rehabilitasi Sosial", division)
        row.save()
    Division.objects.filter(name="Rehabilitasi Sosial").update(name=division)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    sys.stdout.flush()
    os._exit(0)  # a thread of Pango that still looks for fonts would crash now and then
