"""Import the checked rows of a sheet of people: accounts without passwords, positions, appointments."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit.models import Act
from audit.services import record
from office.access_changes import AccessChangeError, Kind, may_take_part, propose
from office.models import Office, Position, User
from setup.spreadsheet import Row
from setup.staff_rows import StaffRow, check_rows


@dataclass
class Imported:
    """What an import did: new accounts, changed ones, changes of access, and those that wait for others.

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
    if not may_take_part(by):
        raise PermissionDenied
    done = Imported()
    with transaction.atomic():
        Office.lock()
        made: dict[str, User] = {}
        for row in check_rows(rows):  # after the lock: another import may have stored the same people
            if row.errors:
                done.left.append(row.cells)
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
    cells = row.cells
    if user is None:
        user = User(
            username=_find_username(cells), **{key: cells[key] for key in ("name", "nip", "rank", "email")}
        )
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
    same = {"title": row.title, "role": row.role, "division": row.division}
    # The same title may stand twice in the office, so `get_or_create` would fail.
    position = Position.objects.filter(**same).order_by("pk").first() or Position.objects.create(**same)
    _propose(
        Kind.APPOINT, user, done, by, position=position, acting=row.acting, starts=row.starts, ends=row.ends
    )


def _propose(kind: Kind, user: User, done: Imported, by: User, **what: object) -> None:
    """Propose a change, unless it is in force or proposed already."""
    try:
        with transaction.atomic():
            change = propose(kind, user, by=by, **what)
    except AccessChangeError:
        return
    done.changes += 1
    done.waiting += change.is_open


def _find_username(cells: dict[str, str]) -> str:
    """Return a free account name: of the address, else the NIP, else of the name."""
    of_email = cells["email"].partition("@")[0]
    plain = unicodedata.normalize("NFKD", of_email or cells["nip"] or cells["name"])
    name = re.sub(r"[^a-z0-9.]+", "", plain.casefold())[:40].strip(".") or "pegawai"
    taken = set(User.objects.filter(username__istartswith=name).values_list("username", flat=True))
    free = (name, *(f"{name}{n}" for n in range(2, len(taken) + 3)))
    return next(one for one in free if one not in taken)
