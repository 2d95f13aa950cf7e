"""The folder of evidence (Map bukti): registers, survey, standard and figures of a quarter, for assessors.

It is one ZIP file. `ISI.txt` lists its files with their SHA-256, and says what the quarter does not have.
"""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils.translation import gettext as _, gettext_lazy

from desk.export_tables import REGISTERS, SURVEY, ListExport
from documents.files import DocumentUnavailable, published_standard, read_document
from documents.models import Document
from documents.registers.book import BOOKS, CODE
from documents.registers.printing import openable_registers
from kit import clock
from kit.periods import Period
from kit.refusal import Refused
from kit.table import write_xlsx
from office.models import User
from reports.exports import PeriodExport
from reports.statistics.public import Statistics, refresh, to_csv
from reports.surveys.queries import get_main_service, get_newest_version, list_services
from reports.surveys.regulation import Service

SHOWN = 8
"""Quarters on the page: two years."""


class Missing(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """The quarter has nothing for a file. The message is a sentence."""


def _write_table(table: ListExport, user: User, period: Period, service: str = "") -> bytes:
    """Return the rows of an export that lie in the quarter, without tracking codes.

    The folder leaves the office, and a tracking code with the telephone number opens the case.
    """
    params = QueryDict(mutable=True)
    params.update({"since": str(period.since), "until": str(period.until), "layanan": service})
    try:
        rows = table.list_rows(user, params)
    except (Refused, PermissionDenied) as refusal:
        raise Missing(str(refusal) or _("Anda tidak berhak mengunduh daftar ini.")) from refusal
    file = BytesIO()
    write_xlsx(file, [column for column in table.columns if str(column.heading) != str(CODE)], rows)
    return file.getvalue()


def _read_register(kind: str, user: User, period: Period) -> bytes:
    same = openable_registers(user).filter(since=period.since, until=period.until, division=None)
    issued = Document.objects.filter(kind=kind, source_pk__in=same.values("pk")).order_by("-issued_at")
    return _read(
        issued.first(), _("Register triwulan ini belum diterbitkan. Terbitkan dulu pada halaman registernya.")
    )


def _read_survey(service: str, period: Period) -> bytes:
    publication = get_newest_version(period, service)
    report = Document.objects.get_of_source(Document.Kind.SURVEY, publication.pk) if publication else None
    return _read(report, _("Hasil survei triwulan ini belum ditetapkan."))


def _read(document: Document | None, missing: str) -> bytes:
    if document is None:
        raise Missing(missing)
    try:
        return read_document(document)
    except DocumentUnavailable as sentence:
        raise Missing(str(sentence)) from sentence


def _write_statistics(period: Period) -> bytes:
    return to_csv(Statistics(refresh(period), get_newest_version(period, get_main_service(period))))


def list_parts(user: User, period: Period) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name of each file with the function that returns its content, or raises Missing."""
    yield "standar-pelayanan.pdf", published_standard
    yield "statistik.csv", partial(_write_statistics, period)
    for kind, table in zip(BOOKS, REGISTERS, strict=True):
        yield f"register/{table.slug}.xlsx", partial(_write_table, table, user, period)
        yield f"register/{table.slug}.pdf", partial(_read_register, kind, user, period)
    for service in list_services(period):
        suffix = "-pengaduan" if service == Service.COMPLAINT else ""
        yield f"survei/laporan-skm{suffix}.pdf", partial(_read_survey, service, period)
        yield f"survei/jawaban-skm{suffix}.xlsx", partial(_write_table, SURVEY, user, period, service.value)


def _write_folder(file: BinaryIO, user: User, period: Period, count: Callable[[int], None]) -> int:
    lines: list[str] = []
    with ZipFile(file, "w", ZIP_DEFLATED) as folder:
        for number, (name, make) in enumerate(list_parts(user, period), start=1):
            try:
                content = make()
            except Missing as sentence:
                lines.append(f"{_('TIDAK ADA')}  {name}: {sentence}")
            else:
                folder.writestr(name, content)
                lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}")
            count(number)
        folder.writestr("ISI.txt", f"{_('Map bukti')} {period.title}, SHA-256\n\n" + "\n".join(lines) + "\n")
        return len(folder.namelist())


def _list_quarters() -> list[Period]:
    found = [Period.quarter_of(clock.today())]
    while len(found) <= SHOWN:
        found.append(found[-1].quarter_before)
    return found[1:]


TITLE, REFUSAL = gettext_lazy("Map bukti"), gettext_lazy("Pilih triwulan yang sudah berakhir.")
EVIDENCE = PeriodExport("map-bukti", TITLE, REFUSAL, _list_quarters, _write_folder)
