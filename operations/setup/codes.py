"""The office's list of classification codes as a spreadsheet: reading it, storing it, its page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from kit.form_view import handle_form
from kit.forms import OfficeForm
from kit.limits import body_limit
from kit.refusal import Refused
from office import rights
from office.models import ClassificationCode, User
from office.models.codes import check_code
from office.rights import StaffRequest, requires
from operations.setup.services import changing
from operations.setup.staff_sheet import MAX_BYTES, SheetError, read_lines, to_text

MAX_CODES = 5_000


def read_codes(file: UploadedFile) -> dict[str, str]:
    """Return the names of a file by their codes. A row has a cell with a code, and the name after it.

    Rows without a code, such as titles, are left out. Raise Refused for a code that a spreadsheet stored as a
    number, because 400.10 became 400.1, for one without a name, and for one that is listed twice.
    """
    found: dict[str, str] = {}
    try:
        lines = [list(line) for line in read_lines(file, most=MAX_CODES)]
    except SheetError as error:
        raise Refused(str(error), field="file") from error
    for number, cells in enumerate(lines, start=1):
        place = next((place for place, cell in enumerate(cells) if _is_code(cell)), None)
        if place is None:
            continue
        code, name = to_text(cells[place]), next(filter(None, map(to_text, cells[place + 1 :])), "")
        words = {"row": number, "code": code}
        if not isinstance(cells[place], str):
            sentence = _("Baris %(row)s: kode %(code)s tersimpan sebagai angka. Ubah menjadi teks.")
            raise Refused(sentence % words, field="file")
        if not name:
            raise Refused(_("Baris %(row)s: kode %(code)s belum berisi uraian.") % words, field="file")
        if code in found:
            raise Refused(_("Baris %(row)s: kode %(code)s sudah ada di atas.") % words, field="file")
        found[code] = name[:200]
    if not found:
        raise Refused(
            _("Tidak ada kode dalam berkas ini. Satu baris berisi kode, lalu uraiannya."), field="file"
        )
    return found


def _is_code(cell: Any) -> bool:
    """Return whether a cell may be a code. A bare number may be the number of the line."""
    text = to_text(cell)
    try:
        check_code(text)
    except ValidationError:
        return False
    return "." in text or (isinstance(cell, str) and len(text) == len("000"))


def store_codes(names: Mapping[str, str], *, by: User, replaces: bool) -> None:
    """Store codes with their names. With `replaces`, delete all other codes. Papers keep their codes."""
    with changing(by, "Kode klasifikasi", [str(len(names))]):
        if replaces:
            ClassificationCode.objects.all().delete()
        rows: Iterable[ClassificationCode] = (
            ClassificationCode(code=code, name=name) for code, name in names.items()
        )
        ClassificationCode.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["code"], update_fields=["name"]
        )


class CodesForm(OfficeForm):
    file = forms.FileField(
        label=gettext_lazy("Daftar kode (.xlsx atau .csv)"),
        error_messages={"required": gettext_lazy("Pilih berkasnya dahulu.")},
        widget=forms.FileInput({"accept": ".xlsx,.csv"}),
        help_text=gettext_lazy(
            "Satu baris satu kode: kode, lalu uraiannya, menurut Permendagri 83/2022 atau aturan daerah Anda."
        ),
    )
    replaces = forms.BooleanField(
        label=gettext_lazy("Ganti seluruh daftar"),
        required=False,
        help_text=gettext_lazy("Bila tidak, kode baru ditambahkan dan uraian kode yang sama diperbarui."),
    )


@body_limit(files=MAX_BYTES)
@requires(rights.SET_UP)
def import_codes(request: StaffRequest) -> HttpResponse:
    """Show the form. POST stores the codes of a file, or says which row cannot be read."""

    def act(file: UploadedFile, replaces: bool) -> HttpResponse:
        names = read_codes(file)
        store_codes(names, by=request.user, replaces=replaces)
        messages.success(request, _("%(n)s kode tersimpan.") % {"n": len(names)})
        return HttpResponse(status=302, headers={"Location": reverse("codes")})

    return handle_form(request, CodesForm, act, "setup/codes.html")
