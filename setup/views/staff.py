"""The page of the people: upload a sheet, mend its cells, import it."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kit.limits import body_limit
from office.models import User
from setup.columns import KEYS
from setup.forms import UploadForm
from setup.models import StaffSheet
from setup.preview import GROUPS, list_preview
from setup.services import import_staff
from setup.services.sheets import delete_sheet, mend_sheet, store_sheet
from setup.spreadsheet import MAX_BYTES, SheetError, read_sheet, write_template
from setup.staff_rows import check_rows, count_kinds
from setup.views.page import for_administrators, render_step

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = ("bad", "warn", "good")
MAX_SHOWN = 100
"""Rows of the preview. Each may have a field for each cell, and Django takes 1,000 fields."""


@body_limit(files=MAX_BYTES)
@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: HttpRequest) -> HttpResponse:
    """Show the sheet. POST uploads one, or stores mended cells and then imports or discards the sheet."""
    by = cast(User, request.user)
    if request.method == "POST" and "upload" in request.POST:
        return _upload(request, by)
    sheet = StaffSheet.objects.filter(user=by).first()
    if sheet is None:
        return render_step(request, "pegawai", form=UploadForm(), sheet=None)
    if request.method == "POST":
        if "discard" in request.POST:
            delete_sheet(sheet)
            return redirect("staff_import")
        mend_sheet(sheet, _read_cells(request))
        if "import" in request.POST:
            return _import(request, sheet, by)
        if not count_kinds(check_rows(sheet.rows))["bad"]:
            messages.success(request, _("Semua baris siap. Belum ada yang disimpan: tekan “Impor”."))
        return redirect("staff_import")
    return _preview(request, sheet)


def _upload(request: HttpRequest, by: User) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            store_sheet(read_sheet(file), name=file.name or "", by=by)
            return redirect("staff_import")
        except SheetError as error:
            form.add_error("file", str(error))
    return render_step(request, "pegawai", form=form, sheet=None)


@reauthentication_required
def _import(request: HttpRequest, sheet: StaffSheet, by: User) -> HttpResponse:
    done = import_staff(sheet.rows, by=by)
    left = done.left
    delete_sheet(sheet, left=left)
    text = _("%(created)s akun baru, %(changes)s jabatan atau data akun.") % {
        "created": done.created,
        "changes": done.changes,
    }
    if done.waiting:
        text += " " + _("%(n)s menunggu persetujuan orang kedua.") % {"n": done.waiting}
    messages.success(request, text)
    if left:
        messages.warning(
            request, _("%(n)s baris yang belum benar masih menunggu di bawah.") % {"n": len(left)}
        )
    return redirect("staff_import" if left else "invitations")


def _read_cells(request: HttpRequest) -> dict[tuple[int, str], str]:
    """Return the mended cells by row and column. Fields are named `cell-3-email`."""
    cells = {}
    for name, value in request.POST.items():
        word, _sign, rest = name.partition("-")
        number, _sign, key = rest.partition("-")
        if word == "cell" and key in KEYS and number.isascii() and number.isdecimal() and len(number) < 5:
            cells[int(number), key] = str(value)
    return cells


def _preview(request: HttpRequest, sheet: StaffSheet) -> HttpResponse:
    checked = check_rows(sheet.rows)
    counts = count_kinds(checked)
    shown = request.GET.get("baris", "")
    shown = shown if shown in KINDS else next((kind for kind in KINDS if counts[kind]), "good")
    context = {
        "form": None,
        "sheet": sheet,
        "bad": [row for row in checked if row.errors],
        "rows": list_preview([row for row in checked if row.kind == shown][:MAX_SHOWN]),
        "has_more": counts[shown] > MAX_SHOWN,
        "titles": [title for title, _keys in GROUPS],
        "shown": shown,
        "kinds": [
            ("bad", _("Perlu diperbaiki"), counts["bad"]),
            ("warn", _("Perhatikan"), counts["warn"]),
            ("good", _("Siap"), counts["good"]),
        ],
        "ready": counts["warn"] + counts["good"],
    }
    return render_step(request, "pegawai", **context)


@for_administrators
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="pegawai.xlsx"'}
    return HttpResponse(write_template(), content_type=XLSX, headers=headers)
