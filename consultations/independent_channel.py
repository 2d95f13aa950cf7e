"""The independent channel: complaints about those who would handle them, for the Pengawas alone (ADR 38)."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from consultations.deadlines import last_day_of_stage
from consultations.enums import ComplaintKind
from consultations.parties import list_supervisors
from kit.refusal import Refused
from office.models import Office

FIELD = "is_independent"
"""The column of the case, and the field of the forms that send a complaint to the channel."""


def explain_closed() -> str:
    """Return why nobody can receive a complaint here and who can instead; empty if there is a Pengawas."""
    if list_supervisors():
        return ""
    if not (address := get_higher_office()):
        return _(
            "Kantor ini belum memiliki Pengawas, jadi pengaduan ini tidak dapat dikirim di sini. Sampaikan "
            "lewat lapor.go.id atau SMS ke 1708, atau hapus centang ini bila kantor ini boleh membacanya."
        )
    return _(
        "Kantor ini belum memiliki Pengawas, jadi pengaduan ini tidak dapat dikirim di sini. Sampaikan "
        "langsung kepada %(address)s, atau hapus centang ini bila kantor ini boleh membacanya."
    ) % {"address": address}


def get_higher_office() -> str:
    """Return the higher office with its address; empty if the office has not named one."""
    office = Office.load()
    return ", ".join(part for part in (office.higher_office, office.higher_office_address) if part)


def explain_deletion() -> str:
    """Return to whom the complainant writes: the office neither sees nor erases the complaint."""
    return _(
        "Pengaduan ini hanya pada Pengawas. Datanya tidak ikut jadwal retensi kantor, dan kantor tidak dapat "
        "menghapusnya. Bila Anda ingin datanya dihapus, tulis kepada %(address)s dan sebut kode lacak Anda."
    ) % {"address": get_higher_office() or _("Inspektorat, atau lewat lapor.go.id")}


def get_columns(submitted_at: dt.datetime) -> dict[str, Any]:
    """Return the columns of a new complaint in the channel. There is no visit: it would be in the calendar.

    It counts as one about misconduct (PermenPANRB 62/2018). Raise Refused if there is no Pengawas.
    """
    if sentence := explain_closed():
        raise Refused(sentence, field=FIELD)
    return {
        FIELD: True,
        "complaint_kind": ComplaintKind.SUPERVISION,
        "answer_due": last_day_of_stage(submitted_at, ComplaintKind.SUPERVISION),
        "visit_at": None,
    }
