"""Seals of the working days with the checks of their settings, and the verification of each night."""

import base64
import datetime as dt
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.tasks import task
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from documents.contexts import ShownSeal
from documents.models import Document
from documents.signing import SigningFailed
from kit import clock, place
from kit.clock import format_moment
from kit.jobs import enqueue_missing
from kit.outgoing import check_url
from kit.refusal import Refused
from kit.urls import get_public_url
from notices.mail import NotSent, Unreachable, has_mail_server, has_sender, is_address, send
from office.models import Office
from office.words import with_words
from office.worktime import WorkingTime
from trust.ledger.chain import append_leaves, get_head, lock_chain, to_key
from trust.ledger.models import NO_SEAL, Leaf, Pending, RecordCheck, Seal
from trust.ledger.parts import DOCUMENT, FILE, PARTS_BY_NUMBER
from trust.ledger.proofs import Tree, get_covering_seal, get_seal_before, list_heads, to_json
from trust.ledger.verification import FILE_SHARES, Verification
from trust.ledger.witness import list_findings


class DocumentSeals:
    """Implements `documents.contexts.Seals`."""

    def get_latest(self, until: dt.datetime) -> ShownSeal | None:
        return _show(Seal.objects.filter(at__lte=until).order_by("year", "number").last())

    def get_first_of(self, document: Document) -> ShownSeal | None:
        """Return the first seal that covers the file, or the row if there is no file."""
        part = FILE if document.has_file else DOCUMENT
        leaf = Leaf.objects.filter(part=part.number, key=to_key(document.pk)).first()
        if leaf is None:
            return None
        seal = get_covering_seal(leaf)
        has_proof = seal and seal.root and part == FILE
        return _show(seal, get_public_url("proof", document.pk) if has_proof else "")


def _show(seal: Seal | None, proof_url: str = "") -> ShownSeal | None:
    if seal is None:
        return None
    return ShownSeal(seal.day, str(seal), seal.head, seal.fingerprint, seal.url, proof_url)


def get_late_seal() -> Seal | None:
    """Return the last seal if two working days have passed since, or None."""
    last = Seal.objects.order_by("day").last()
    due = last and WorkingTime.load().add_days(last.day, 2)
    return last if due and due < clock.today() else None


def get_last_check() -> RecordCheck | None:
    return RecordCheck.objects.order_by("pk").last()


logger = logging.getLogger(__name__)

BEFORE_CLOSING = dt.timedelta(hours=1)
"""A seal is made at most this time before the end of its working day."""

RETRIES = dt.timedelta(days=7)
"""Time for which signing, time-stamping and mailing of a seal are tried."""


def is_due() -> bool:
    """Return whether today's seal is due: in the last hour of a working day, or later."""
    ends = [end for _start, end in WorkingTime.load().spans(clock.today())]
    return bool(ends) and clock.now() >= max(ends) - BEFORE_CLOSING


def seal_day() -> Seal | None:
    """Make today's seal if it is due and missing; return it if this process has made it.

    A copy makes none.
    """
    if place.is_copy() or not is_due() or Seal.objects.filter(day=clock.today()).exists():
        return None
    append_leaves()
    waiting = Pending.objects.filter(part__in=PARTS_BY_NUMBER)
    if waiting.count() > 10_000:  # after an upgrade: the seal waits for the rows of before
        return None
    return make_seal()


@transaction.atomic
def make_seal() -> Seal | None:
    """Seal the head of the chain for today, unless it is sealed."""
    lock_chain()
    year, number, head = get_head()
    if not number or Seal.objects.filter(Q(day=clock.today()) | Q(year=year, number=number)).exists():
        return None
    before, tree = get_seal_before(year, number), Tree()
    for each in list_heads(before, year, number):
        tree.add(each)
    return Seal.objects.create(
        day=clock.today(),
        year=year,
        number=number,
        head=head.hex(),
        root=tree.finish()[0],
        previous=before.fingerprint if before else NO_SEAL,
        at=clock.now(),
    )


def list_incomplete() -> QuerySet[Seal]:
    """Return the recent seals that are not signed, time-stamped or mailed although the settings say so."""
    missing = Q(pk__in=[])
    if settings.SEAL_PKCS12:
        missing |= Q(signature="")
    if settings.SIGNER_TIMESTAMP_URL:
        missing |= Q(time_stamp="")
    if settings.SEAL_RECIPIENTS and has_mail_server():
        missing |= Q(mailed_at=None)
    return Seal.objects.filter(missing, at__gte=clock.now() - RETRIES)


def enqueue_incomplete() -> int:
    """Enqueue tasks for the seals that are not complete; return how many. A copy publishes none."""
    if place.is_copy():
        return 0
    return enqueue_missing(complete_seal, list_incomplete().values_list("pk", flat=True))


@task()
def complete_seal(pk: int) -> None:
    """Sign, time-stamp and mail a seal. Safe to run twice; what fails is tried again.

    A task that was in the backup does nothing in a copy.
    """
    if place.is_copy():
        return
    from pyhanko.sign.timestamps import TimestampRequestError

    from trust.ledger.certificates import sign, stamp  # pyHanko takes half a second and 15 MB

    seal = Seal.objects.get(pk=pk)
    if settings.SEAL_PKCS12 and not seal.signature:
        try:
            _fill_in(seal, signature=sign(seal))
        except SigningFailed as error:
            logger.error("seal %s cannot be signed: %s", seal, error)
    if settings.SIGNER_TIMESTAMP_URL and not seal.time_stamp:
        try:
            _fill_in(seal, time_stamp=stamp(seal))
        except (TimestampRequestError, OSError, TimeoutError) as error:
            logger.error("seal %s cannot be time-stamped: %s", seal, type(error).__name__)
    if settings.SEAL_RECIPIENTS and has_mail_server() and not seal.mailed_at:
        try:
            send(compose(seal))
        except NotSent as error:
            logger.error("seal %s cannot be mailed: %s", seal, error)
        else:
            _fill_in(seal, mailed_at=clock.now())


def _fill_in(seal: Seal, **facts: object) -> None:
    """Store facts that are still empty: another worker may have been first."""
    (name,) = facts
    empty = {name: None if name == "mailed_at" else ""}
    Seal.objects.filter(pk=seal.pk, **empty).update(**facts)
    seal.refresh_from_db()


def compose(seal: Seal) -> EmailMessage:
    """Return the mail of a seal to the addresses outside of the office.

    Raise Unreachable if the office has no address to send from.
    """
    if not has_sender():
        raise Unreachable("DEFAULT_FROM_EMAIL is no address")
    office = Office.load()
    with translation.override("id"):
        subject = _("Segel catatan %(office)s, %(day)s") % {
            "office": office.name,
            "day": date_format(seal.day),
        }
        text = _(
            "Simpan surel ini. Segel di bawah ini membuktikan isi catatan layanan %(office)s sampai hari "
            "ini.\n"
            "Jika catatan itu kelak diubah atau dihapus, segelnya tidak lagi cocok.\n\n"
            "%(text)s\nCara memeriksa: %(url)s\n"
        ) % {"office": office.name, "text": seal.text, "url": seal.url}
        text += f"\n{_describe_last_check()}\n"
        for row in list_findings(settings.WITNESS_OF)[:MAX_STORED]:
            text += "\n" + _("PERHATIAN: %(origin)s, segel %(day)s: %(result)s.") % {
                "origin": row.origin,
                "day": date_format(row.day),
                "result": row.get_result_display(),
            }
    mail = EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, settings.SEAL_RECIPIENTS)
    name = f"segel-{seal.year}-{seal.number}"
    mail.attach(f"{name}.json", json.dumps(to_json(seal), indent=2), "application/json")
    for ending, content in ((".p7s", seal.signature), (".tst", seal.time_stamp)):
        if content:
            mail.attach(name + ending, base64.b64decode(content), "application/octet-stream")
    return mail


def _describe_last_check() -> str:
    """Return what the last verification found, for readers outside: an administrator may be the insider."""
    last = get_last_check()
    if last is None:
        return _("Catatan belum pernah diperiksa.")
    if not last.findings and last.not_compared:
        sentence = _(
            "Pemeriksaan catatan terakhir, %(moment)s: utuh, tetapi belum dibandingkan dengan saksi."
        )
        return sentence % {"moment": format_moment(last.at)}
    if not last.findings:
        return _("Pemeriksaan catatan terakhir, %(moment)s: utuh.") % {"moment": format_moment(last.at)}
    return with_words(
        _(
            "PERHATIAN: pemeriksaan catatan terakhir, %(moment)s, menemukan %(findings)s kejanggalan."
            " Tanyakan kepada %(head)s dan minta hasil lengkapnya."
        ),
        moment=format_moment(last.at),
        findings=last.findings,
    )


HOUR = 1
"""Earliest hour (office's zone) of the verification."""

MAX_STORED = 20
"""Findings that are stored with the result."""


def enqueue_verification() -> int:
    """Enqueue the verification of this night unless it ran; return how many."""
    today = clock.today()
    if timezone.localtime(clock.now()).hour < HOUR:
        return 0
    if RecordCheck.objects.filter(at__gte=clock.midnight(today)).exists():
        return 0
    return enqueue_missing(verify_tonight, [today.isoformat()])


@task(priority=-10)  # after what somebody waits for
def verify_tonight(day: str) -> int:
    """Verify the record and one share of the files; return the number of findings."""
    share = clock.today().toordinal() % FILE_SHARES
    return verify(Verification(share=share, witnesses=settings.WITNESSES), report=logger.error).findings


def verify(verification: Verification, *, report: Callable[[str], object]) -> RecordCheck:
    """Run a verification and report each finding. Store the result if it looked at the whole record."""
    began, first = monotonic(), list[str]()
    check = RecordCheck(at=clock.now(), findings=0)
    for finding in verification.run():
        report(finding)
        check.findings += 1
        if len(first) < MAX_STORED:
            first.append(finding)
    check.first_findings, check.leaves = "\n".join(first), verification.leaves
    check.not_compared = "\n".join(verification.not_compared)
    for reason in verification.not_compared:
        logger.warning("not compared with a witness: %s", reason)
    check.seconds = round(monotonic() - began)
    if verification.is_whole:
        check.save()
    return check


MIN_BITS = {"rsa": 3072, "dsa": 3072, "ec": 256}
"""Sizes of keys with 128 bits of security (NIST SP 800-57 part 1, table 2), by the names of asn1crypto."""


def check_seals(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check that the key file exists and that the addresses are valid."""
    return list(_list_messages())


def check_seal_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn in production if the key of the seals has less than 128 bits of security (ASVS 11.2.3)."""
    if not Path(settings.SEAL_PKCS12 or "?").is_file():
        return []
    from documents.signing.pkcs12 import open_key_file  # pyHanko takes half a second and 15 MB

    try:
        signer = open_key_file(settings.SEAL_PASSPHRASE, path=settings.SEAL_PKCS12)
    except SigningFailed as error:
        return [checks.Error(f"SEAL_PKCS12 cannot be used: {error}", id="ledger.E004")]
    key = signer.signing_cert.public_key  # type: ignore[union-attr]  # a file without one is refused
    if key.algorithm not in MIN_BITS or key.bit_size >= MIN_BITS[key.algorithm]:
        return []
    return [
        checks.Warning(
            f"The key of SEAL_PKCS12 has {key.bit_size} bits ({key.algorithm}).",
            hint="Ask for a certificate with RSA of 3072 bits or an elliptic curve of 256.",
            id="ledger.W003",
        )
    ]


def _list_messages() -> Iterator[checks.CheckMessage]:
    if settings.SEAL_PKCS12 and not Path(settings.SEAL_PKCS12).is_file():
        yield checks.Error("SEAL_PKCS12 names no file.", id="ledger.E001")
    for address in settings.SEAL_RECIPIENTS:
        if not is_address(address):
            yield checks.Error(f"SEAL_RECIPIENTS holds {address!r}, which is no address.", id="ledger.E002")
    for name in ("WITNESS_OF", "WITNESSES"):
        for url in getattr(settings, name):
            try:
                check_url(url)
            except Refused as refusal:
                yield checks.Error(f"{name} holds {url!r}: {refusal}", id="ledger.E005")
