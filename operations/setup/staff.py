"""People from a spreadsheet: upload the sheet, mend its cells, import accounts and appointments."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from kit.limits import body_limit
from kit.refusal import Refused
from kit.table import CONTENT_TYPES
from office import rights
from office.access.changes import Kind, propose
from office.models import Office, Position, User
from office.rights import StaffRequest
from operations.setup.forms import UploadForm
from operations.setup.models import StaffSheet
from operations.setup.office_file import APPOINTMENT
from operations.setup.staff_rows import GROUPS, StaffRow, check_rows
from operations.setup.staff_sheet import (
    KEYS,
    LINE,
    MAX_BYTES,
    Row,
    SheetError,
    read_sheet,
    to_text,
    write_template,
)
from operations.setup.views import for_administrators, render_step

KINDS = {
    "bad": gettext_lazy("Perlu diperbaiki"),
    "warn": gettext_lazy("Perhatikan"),
    "good": gettext_lazy("Siap"),
}
"""Titles of the kinds of rows (StaffRow.kind)."""

MAX_SHOWN = 100
"""Rows of the preview. Each may have a field for each cell, and Django takes 1,000 fields."""


@dataclass
class Imported:
    """Result of an import: accounts created or changed, access changes applied or pending.

    `left` are the rows with errors.
    """

    created: int = 0
    updated: int = 0
    changes: int = 0
    waiting: int = 0
    left: list[Row] = field(default_factory=list)


def import_staff(rows: Sequence[Row], *, by: User) -> Imported:
    """Store people and propose their appointments. Rows with errors are left out.

    A person is matched by NIP, else by address, so a second import of the same rows changes nothing. New
    addresses, NIPs and appointments go through `access_changes.propose()`: before the service opens they take
    effect at once, afterwards a second person confirms them. Raise PermissionDenied if `by` takes no part.
    """
    rights.CHANGE_ACCESS.check(by)
    done = Imported()
    with transaction.atomic():
        Office.lock()
        made: dict[str, User] = {}
        for row in check_rows(rows):  # after the lock: another import may have stored the same people
            if row.errors:
                done.left.append({LINE: row.line, **row.cells})
                continue
            keys = [key for key in (row.cells["nip"], row.cells["email"].casefold()) if key]
            known = row.user or next((made[key] for key in keys if key in made), None)
            user = _store_person(row, known, done, by)
            made |= dict.fromkeys(keys, user)
            _appoint(row, user, done, by)
        record(
            Act.SETTING, by=by, target=f"Lembar pegawai: {done.created} akun baru, {done.changes} perubahan"
        )
    return done


def _store_person(row: StaffRow, user: User | None, done: Imported, by: User) -> User:
    cells = row.cleaned_data
    if user is None:
        person = {key: cells[key] for key in ("name", "nip", "rank", "email")}
        user = User(username=_find_username(person), **person)
        user.set_unusable_password()
        user.save()
        done.created += 1
        return user
    user = User.objects.get(pk=user.pk)
    changed = [key for key in ("name", "rank") if cells[key] and getattr(user, key) != cells[key]]
    for key in changed:
        setattr(user, key, cells[key])
    if changed:
        user.save(update_fields=changed)
        done.updated += 1
    for kind, key in ((Kind.NIP, "nip"), (Kind.EMAIL, "email")):
        if cells[key] and cells[key] != getattr(user, key):
            _propose(kind, user, done, by, value=cells[key])
    return user


def _appoint(row: StaffRow, user: User, done: Imported, by: User) -> None:
    same = row.position
    # The same title may exist twice in the office, so `get_or_create` would fail.
    position = Position.objects.filter(**same).order_by("pk").first() or Position.objects.create(**same)
    period = {key: row.cleaned_data[key] for key in APPOINTMENT}
    _propose(Kind.APPOINT, user, done, by, position=position, **period)


def _propose(kind: Kind, user: User, done: Imported, by: User, **what: object) -> None:
    try:
        with transaction.atomic():
            change = propose(kind, user, by=by, **what)
    except Refused:
        return
    done.changes += 1
    done.waiting += change.is_open


def _find_username(cells: dict[str, str]) -> str:
    of_email = cells["email"].partition("@")[0]
    plain = unicodedata.normalize("NFKD", of_email or cells["nip"] or cells["name"])
    name = re.sub(r"[^a-z0-9.]+", "", plain.casefold())[:40].strip(".") or "pegawai"
    taken = set(User.objects.filter(username__istartswith=name).values_list("username", flat=True))
    free = (name, *(f"{name}{n}" for n in range(2, len(taken) + 3)))
    return next(one for one in free if one not in taken)


@body_limit(files=MAX_BYTES)
@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: StaffRequest) -> HttpResponse:
    """Show the sheet. POST uploads one, or stores mended cells and then imports or discards the sheet."""
    by = request.user
    if request.method == "POST" and "upload" in request.POST:
        return _upload(request, by)
    sheet = StaffSheet.objects.filter(user=by).first()
    if sheet is None:
        return render_step(request, "pegawai", form=UploadForm(), sheet=None)
    if request.method == "POST":
        if "discard" in request.POST:
            sheet.delete()
            return redirect("staff_import")
        _mend(sheet, request.POST)
        if "import" in request.POST:
            return _import(request, sheet, by)
        if not any(row.errors for row in check_rows(sheet.rows)):
            messages.success(request, _("Semua baris siap. Belum ada yang disimpan: tekan “Impor”."))
        return redirect("staff_import")
    return _preview(request, sheet)


def _upload(request: HttpRequest, by: User) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            rows = read_sheet(file)
            StaffSheet.objects.filter(user=by).delete()
            StaffSheet.objects.create(user=by, name=(file.name or "")[:120], rows=rows)
            return redirect("staff_import")
        except SheetError as error:
            form.add_error("file", str(error))
    return render_step(request, "pegawai", form=form, sheet=None)


@reauthentication_required
def _import(request: HttpRequest, sheet: StaffSheet, by: User) -> HttpResponse:
    done = import_staff(sheet.rows, by=by)
    if left := done.left:
        sheet.rows = left
        sheet.save(update_fields=["rows"])
    else:
        sheet.delete()
    text = _("%(created)s akun baru, %(changes)s jabatan atau data akun.") % vars(done)
    if done.waiting:
        text += " " + _("%(n)s menunggu persetujuan orang kedua.") % {"n": done.waiting}
    messages.success(request, text)
    if left:
        messages.warning(
            request, _("%(n)s baris yang belum benar masih menunggu di bawah.") % {"n": len(left)}
        )
    return redirect("staff_import" if left else "invitations")


def _mend(sheet: StaffSheet, texts: Mapping[str, Any]) -> None:
    """Store new texts of cells. Their names are those of the fields: `cell-3-email`."""
    for number, row in enumerate(sheet.rows, start=1):
        names = {key: f"cell-{number}-{key}" for key in KEYS}
        row |= {key: to_text(texts[name]) for key, name in names.items() if name in texts}
    sheet.save(update_fields=["rows"])


def _preview(request: HttpRequest, sheet: StaffSheet) -> HttpResponse:
    checked = check_rows(sheet.rows)
    counts = Counter(row.kind for row in checked)
    shown = request.GET.get("baris", "")
    shown = shown if shown in KINDS else next((kind for kind in KINDS if counts[kind]), "good")
    context = {
        "form": None,
        "sheet": sheet,
        "bad": [row for row in checked if row.errors],
        "rows": [row for row in checked if row.kind == shown][:MAX_SHOWN],
        "has_more": counts[shown] > MAX_SHOWN,
        "titles": [title for title, _keys in GROUPS],
        "shown": shown,
        "kinds": [(kind, title, counts[kind]) for kind, title in KINDS.items()],
        "ready": counts["warn"] + counts["good"],
    }
    return render_step(request, "pegawai", **context)


@for_administrators
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="pegawai.xlsx"'}
    return HttpResponse(write_template(), content_type=CONTENT_TYPES["xlsx"], headers=headers)
