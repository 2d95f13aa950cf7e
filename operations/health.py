"""Checks of the system. Each raises any error if it fails. It may return whether all is well, with a fact."""

import datetime as dt
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max, Min, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy
from django_tasks_db.models import DBTaskResult

from consultations.models import Attachment, Case
from consultations.parties import list_supervisors
from consultations.workflow import check_clock
from documents.models import Document
from documents.models.document import LETTERS, UNSIGNED
from exchange.models import Webhook
from kit import clock, place
from kit.clock import format_moment
from kit.closed_room import get_room
from kit.encryption import Unreadable
from kit.jobs import list_silent
from kit.models import Heartbeat, Place
from kit.rotation import count_unbound
from notices.mail import has_mail_server
from notices.queries import delivery_alarm, list_delayed
from office.access.changes import list_deciders
from office.access.invitations import list_without_password
from office.models import Office
from operations.backup.databases import list_known_migrations
from trust.record.heads import get_last_check, get_late_head

SECONDS = 3
"""Seconds after which a file operation or a statement of PostgreSQL counts as failed."""

MAX_WAIT = dt.timedelta(minutes=15)
"""Time after which a task, or a document without its file, has waited too long."""

MAX_BACKUP_AGE = dt.timedelta(days=2)
"""An older last backup is a fault."""

MAX_CHECK_AGE = dt.timedelta(days=2)
"""An older last verification of the record is a fault."""

MAX_SILENCE = dt.timedelta(hours=1)
"""Time for which the receiver of a webhook may accept nothing."""

FILES = ThreadPoolExecutor(max_workers=1)
"""One thread: a network folder that hangs occupies this thread only, however often somebody asks."""


class Found(NamedTuple):
    """The result of a check: whether all is well, and a fact in Indonesian, which may be empty.

    `is_known` is false if Rembuk cannot tell.
    """

    is_well: bool
    fact: str = ""
    is_known: bool = True


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_migrations() -> Found:
    """Compare the migrations of the database with those of this version. Either may be the newer one."""
    applied = {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()}
    known = list_known_migrations()
    if missing := known - applied:
        return Found(False, ", ".join(sorted(missing)[:3]))
    apps = {name.partition(".")[0] for name in known}  # not those of an optional app that is off
    if unknown := {name for name in applied - known if name.partition(".")[0] in apps}:
        about = {"names": ", ".join(sorted(unknown)[:3])}
        return Found(False, _("Basis data lebih baru daripada Rembuk ini: %(names)s.") % about)
    return Found(True)


SAMPLE = 8
"""Steps between the cases whose files are looked for, from the oldest to the newest case."""

MAX_FILES = 20


def check_files() -> Found:
    """Look for files of cases of every age: another or emptied storage has none of the old ones."""
    ends = Case.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return Found(True)
    step = max(1, (ends["last"] - ends["first"]) // SAMPLE)
    cases = [ends["first"], *range(ends["last"], ends["first"], -step)]
    kinds = (Attachment.objects.all(), Document.objects.filter(erased_at=None))
    names = [
        name
        for rows in kinds
        for name in rows.filter(case__in=cases).exclude(file="").values_list("file", flat=True)[:MAX_FILES]
    ]
    missing = in_time(lambda: [name for name in names if not default_storage.exists(name)])
    about = {"missing": len(missing), "number": len(names)}
    return Found(
        not missing, _("%(missing)s dari %(number)s berkas contoh tidak ada.") % about if missing else ""
    )


def store_and_delete() -> None:
    name = default_storage.save(f"health-{get_random_string(16)}", ContentFile(b"ok"))
    default_storage.delete(name)


def in_time[T](function: Callable[[], T]) -> T:
    """Return the result of a file operation. Raise TimeoutError after SECONDS."""
    future = FILES.submit(function)
    try:
        return future.result(SECONDS)
    finally:
        future.cancel()


def check_cache() -> None:
    cache.get("health")


def check_valkey() -> None:
    """Ask Valkey itself: the cache answers from the table of the database if Valkey is silent."""
    if ask := getattr(cache, "ask", None):
        ask()


def check_own_clock() -> Found:
    """Compare the clock of this machine with that of the database, see `CLOCK_TOLERANCE`."""
    database_now = Heartbeat.objects.values_list(Now(), flat=True).first()
    problem = check_clock(timezone.now(), database_now) if database_now else None
    return Found(problem is None, problem or "")


GAPS = {
    "environment": gettext_lazy("membaca variabel lingkungan"),
    "read": gettext_lazy("membaca berkas lain"),
    "write": gettext_lazy("menulis berkas"),
    "network": gettext_lazy("memakai jaringan"),
    "process": gettext_lazy("menjalankan program"),
}
"""Names of the acts that `confinement.attempt()` tries."""


def check_closed_room() -> Found:
    """Look at what the upload sandbox could do when this process tried it, which happens once."""
    room = in_time(get_room)
    about = {"acts": ", ".join(str(GAPS[act]) for act in room.gaps or GAPS), "room": room.name}
    if room.gaps:
        return Found(False, _("Tidak dicegah: %(acts)s.") % about)
    return Found(True, _("Dicoba dan dicegah: %(acts)s (%(room)s).") % about)


def check_disk() -> Found:
    disk = in_time(partial(shutil.disk_usage, settings.DATA_DIR))
    sizes = {"free": filesizeformat(disk.free), "total": filesizeformat(disk.total)}
    is_well = disk.free >= settings.MIN_FREE_DISK * 1024 * 1024
    return Found(is_well, _("Sisa %(free)s dari %(total)s.") % sizes)


def check_process(kind: Heartbeat.Kind) -> Found:
    seen = Heartbeat.objects.filter(kind=kind).aggregate(last=Max("seen_at"))["last"]
    fact = (
        _("Terakhir terlihat %(moment)s.") % {"moment": format_moment(seen)}
        if seen
        else _("Belum pernah terlihat.")
    )
    return Found(kind not in {process.kind for process in list_silent()}, fact)


def check_tasks() -> Found:
    since = list_waiting_tasks().aggregate(since=Min("enqueued_at"))["since"]
    if since is None:
        return Found(True, _("Tidak ada tugas yang menunggu."))
    fact = _("Tugas tertua menunggu sejak %(moment)s.") % {"moment": format_moment(since)}
    return Found(timezone.now() - since < MAX_WAIT, fact)


def list_waiting_tasks() -> QuerySet[DBTaskResult]:
    """Return the tasks that a worker could run now."""
    return DBTaskResult.objects.ready().filter(run_after__lte=timezone.now()).order_by()


def check_documents() -> Found:
    number = list_unmade().count()
    return Found(not number, _("%(number)s naskah belum dibuat.") % {"number": number} if number else "")


def list_unmade() -> QuerySet[Document]:
    """Return the documents that have no file MAX_WAIT after their issue.

    Letters wait for a signature and a number.
    """
    late = Document.objects.filter(sha256="", issued_at__lt=clock.now() - MAX_WAIT)
    return late.exclude(kind__in=LETTERS, number="").exclude(state__in=UNSIGNED)


def check_place() -> Found:
    """Look whether this place may send. A restored or moved copy may not."""
    if place.is_copy():
        return Found(False)
    own = Place.objects.first()
    about = {"name": own.name, "moment": format_moment(own.since)} if own else {}
    return Found(True, _("%(name)s, sejak %(moment)s.") % about if own else "")


def check_mail() -> Found:
    if not has_mail_server():
        return Found(False, _("Server surel belum diatur."))
    alarm = delivery_alarm()
    if alarm is None:
        return Found(True)
    about = {"number": alarm.number, "moment": format_moment(alarm.since)}
    fact = _("%(number)s pesan menunggu, yang tertua sejak %(moment)s.") % about
    reason = list_delayed().exclude(reason="").values_list("reason", flat=True).first() or ""
    return Found(False, f"{fact} {reason}".strip())


def check_backup() -> Found:
    """Look at the last backup. Without BACKUP_DIR, an office may make backups without Rembuk."""
    since = get_last_backup()
    if since is None:
        fact = _("Rembuk tidak mengetahui adanya cadangan.")
        return Found(not settings.BACKUP_DIR, fact, is_known=bool(settings.BACKUP_DIR))
    fact = _("Terakhir %(moment)s.") % {"moment": format_moment(since)}
    return Found(timezone.now() - since < MAX_BACKUP_AGE, fact)


def get_last_backup() -> dt.datetime | None:
    """Return when the last backup that counts was made: the file `last-backup` has its time."""
    try:
        modified = (settings.DATA_DIR / "last-backup").stat().st_mtime
    except FileNotFoundError:
        return None
    return dt.datetime.fromtimestamp(modified, dt.UTC)


def check_encryption() -> Found:
    """Decrypt the link of the oldest and of the newest case. After a rotation, one key fits both.

    Count what earlier versions have encrypted and no rotation has bound to its row yet.
    """
    keys = Case.objects.order_by("pk").values("pk")
    ends = Case.objects.filter(Q(pk=Subquery(keys[:1])) | Q(pk=Subquery(keys.reverse()[:1])))
    for case in ends.only("secret"):
        try:
            str(case.secret)
        except Unreadable as sentence:
            return Found(False, str(sentence))
    if unbound := count_unbound():
        text = _("%(count)s rahasia dari versi lama belum terikat pada barisnya: rotate_encryption.")
        return Found(False, text % {"count": unbound})
    return Found(True)


def check_record() -> Found:
    """Look at the last seal and the last verification. There is none before the first night."""
    if late := get_late_head():
        return Found(False, _("Segel terakhir %(day)s.") % {"day": date_format(late.day)})
    last = get_last_check()
    if last is None:
        return Found(True, _("Belum pernah diperiksa."))
    about = {"moment": format_moment(last.at), "findings": last.findings}
    if last.findings:
        return Found(False, _("Diperiksa %(moment)s: %(findings)s temuan.") % about)
    return Found(clock.now() - last.at < MAX_CHECK_AGE, _("Diperiksa %(moment)s: utuh.") % about)


def check_second_person() -> Found:
    """Count who can decide changes of access now: administrators and the Kepala Dinas who can log in."""
    number = list_deciders().exclude(pk__in=list_without_password()).count()
    return Found(number > 1, _("%(number)s orang dapat memutuskan.") % {"number": number})


def check_webhooks() -> Found:
    """Look for the receiver that has accepted nothing for longest, then for one whose token has expired.

    Rembuk sends nothing to a system whose token has expired.
    """
    running = Webhook.objects.filter(stopped_at=None, system__revoked_at=None).select_related("system")
    is_expired = Q(system__expires_at__lte=clock.now())
    failing = running.exclude(is_expired).filter(failing_since__lt=clock.now() - MAX_SILENCE)
    webhook = failing.order_by("failing_since").first()
    if webhook and webhook.failing_since:
        about = {"name": webhook.system, "moment": format_moment(webhook.failing_since)}
        return Found(False, _("“%(name)s” tidak menerima sejak %(moment)s.") % about)
    webhook = running.filter(is_expired).order_by("system__expires_at").first()
    if webhook is None or webhook.system.expires_at is None:
        return Found(True)
    about = {"name": webhook.system, "moment": format_moment(webhook.system.expires_at)}
    sentence = _(
        "Token “%(name)s” kedaluwarsa sejak %(moment)s: tidak ada yang diumumkan kepadanya sampai "
        "penanggung jawab menerbitkan token yang baru."
    )
    return Found(False, sentence % about)


def check_staff() -> Found:
    """Look whether the head has checked the people who were named before the opening (ADR 47)."""
    return Found(not Office.objects.filter(awaits_staff_check=True).exists())


def check_supervisor() -> Found:
    """Count the Pengawas, whether there are complaints or not: nobody else learns of them (ADR 38)."""
    number = len(list_supervisors())
    return Found(number > 0, _("%(number)s orang memegang peran Pengawas.") % {"number": number})
