"""Cases that are passed on to another institution by letter (Surat Penerusan): services and forms."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.forms import LongForm, StepForm
from consultations.intake.drafts import new_token
from consultations.models import Case
from consultations.services import receipt_confirmed
from consultations.workflow import transition
from dispositions.models import Transfer
from kit import clock
from kit.forms import LocalDateField, OfficeForm, TextField, line_field, reason_field
from kit.refusal import Refused
from office.models import User


def pass_on(case: Case, *, by: User, institution: str, reason: str, address: str = "") -> None:
    """Step 3: the Kepala Dinas passes a case on by letter to the institution that can handle it."""
    _pass_on("pass_on", case, by, institution, reason, address)


def pass_up(case: Case, *, by: User, institution: str, reason: str, address: str = "") -> None:
    """Step 3: Tim PKD passes on a complaint about the only Kepala Dinas, whom it does not wait for."""
    _pass_on("pass_up", case, by, institution, reason, address)


def _pass_on(verb: str, case: Case, by: User, institution: str, reason: str, address: str) -> None:
    with translation.override("id"):  # the note goes on record
        whole = f"{str(case.wording.name).capitalize()} ini diteruskan kepada {institution}.\n{reason}"
    with transition(verb, case, by=by, note=whole) as taken:
        taken.record = Transfer.objects.create(
            case=case,
            institution=institution,
            address=address,
            reason=reason,
            by=by,
            title=taken.title,
            key=new_token(),
        )
        taken.change(end_reason=whole, passed_to=institution, receipt_awaited=True)


def record_receipt(case: Case, *, by: User, **receipt: Any) -> None:
    """Step 3: the Sekretariat enters that the other institution confirmed the receipt by letter or call.

    `receipt` is described in `confirm_receipt`.
    """
    note = f"{receipt['receiver_name']}, {receipt['receiver_position']}"
    with transition("record_receipt", case, by=by, note=note) as taken:
        _store_receipt(case, recorded_by=by, **receipt)
        taken.change(receipt_awaited=False)


def confirm_receipt(transfer: Transfer, **receipt: Any) -> None:
    """Store what the other institution says about a complaint's receipt, through the link on the letter.

    `receipt` are the columns `received_on`, `receipt_number`, `receiver_name`, `receiver_position` and
    `receipt_note`. No event is written: nobody of the office and not the complainant took a step. Raise
    Refused if the receipt is confirmed already, or if it is dated before the case was passed on.
    """
    with transaction.atomic():
        if not Case.objects.filter(pk=transfer.case_id, receipt_awaited=True).update(receipt_awaited=False):
            raise Refused(_("Penerimaan pengaduan ini sudah dinyatakan."))
        _store_receipt(transfer.case, recorded_by=None, **receipt)


def _store_receipt(case: Case, *, recorded_by: User | None, **receipt: Any) -> None:
    found = Transfer.objects.filter(case=case)
    if receipt["received_on"] < (passed_on := timezone.localdate(found.get().at)):
        sentence = _("Tanggal diterima tidak boleh sebelum diteruskan, %(day)s.")
        raise Refused(sentence % {"day": date_format(passed_on)}, field="received_on")
    found.update(**receipt, recorded_by=recorded_by, confirmed_at=clock.now())
    receipt_confirmed.send(Transfer, case=case)


def remind_receiver(case: Case, *, by: User, note: str) -> None:
    """Step 3: the Sekretariat reminds the other institution of the receipt; `note` says how and whom."""
    with transition("remind_receiver", case, by=by, note=note):
        pass


class PassOnForm(LongForm):
    """The institution that handles the case instead, and why. It gets a letter, the citizen a copy."""

    is_final = True
    institution = line_field(
        _("Diteruskan kepada"),
        150,
        missing=_("Tulis nama instansinya."),
        help_text=_("Instansi yang berwenang menangani permohonan ini."),
    )
    address = line_field(_("Alamat instansi"), 250)
    reason = reason_field(_("Tulis mengapa permohonan ini diteruskan."))
    notice = _(
        "Suratnya dibuat sesudah ini. Pemohon mendapat tembusan, dan instansi itu menyatakan penerimaannya "
        "lewat tautan pada surat. Permohonan yang diteruskan tidak dapat dibuka lagi."
    )


class PassUpForm(PassOnForm):
    """The form of `PassOnForm` for a complaint about the Kepala Dinas."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].help_text = _("Sekretaris Daerah atau Inspektorat Daerah.")


class ReceiptForm(OfficeForm):
    """The answer of an institution about the receipt of a case that was passed on to it."""

    received_on = LocalDateField(label=_("Tanggal diterima"), initial=clock.today)
    receipt_number = line_field(_("Nomor pada instansi Anda"), 100)
    receiver_name = line_field(_("Nama penerima"), 150, missing=_("Tulis nama penerima."))
    receiver_position = line_field(_("Jabatan penerima"), 150, missing=_("Tulis jabatan penerima."))
    receipt_note = TextField(_("Catatan"), required=False, rows=3, max_length=2000)

    def clean_received_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["received_on"]
        if day > clock.today():
            raise ValidationError(_("Tanggal diterima tidak boleh lebih dari hari ini."))
        return day


class RecordReceiptForm(StepForm, ReceiptForm):
    is_final = True
    notice = _("Bila instansi itu mengabari lewat surat atau telepon. Pemohon membaca isian ini.")


class RemindReceiverForm(StepForm):
    note = reason_field(_("Tulis siapa yang diingatkan, dan lewat apa."), label=_("Siapa dan lewat apa"))
    notice = _("Hubungi instansi itu, lalu catat di sini.")
