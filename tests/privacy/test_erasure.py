"""Erasing under an approval: what goes, what stays, and what the verification of the record says."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, models, transaction
from django.test import Client

from consultations.audit.models import Act, AuditEntry
from consultations.enums import State
from consultations.intake.uploads import create_inert_copy
from consultations.models import Attachment, Case, Event, HiddenIdentity
from consultations.parties import Applicant
from consultations.workflow import list_open_steps
from documents.files import create_file
from documents.models import Document
from documents.verification import verify_document
from kit import clock
from kit.records import ERASED
from kit.refusal import Refused
from notices.models import Notice, PushSubscription
from office.models import RetentionRule
from reports.models import Report
from tests.archive.conftest import destroy, take_up_to
from tests.factories import DETAILS, SECTIONS, ClientOf, Staff
from tests.pages.test_encryption import TRACES, dump_database, dump_files
from tests.pages.test_hidden_identity import FILES, hidden_at
from tests.privacy.conftest import SIX_YEARS
from tests.record.conftest import list_findings
from trust.archive.destruction import decide, propose
from trust.privacy.deletion import release, retain
from trust.privacy.erasure import TEXTS, _erase_rows, erase_approved
from trust.privacy.models import Disposal
from trust.record.models import Entry

Kind = RetentionRule.Kind

PERSONAL = [str(DETAILS[name]) for name in ("applicant_name", "organisation", "phone", "subject", "material")]
PERSONAL += [SECTIONS["activities"], SECTIONS["results"], "Usulkan melalui musyawarah desa", "surat-siti"]
APPS = ("consultations", "dispositions", "documents", "reports", "scheduling", "notices", "intake")


def approve(kind: str, staff: Staff) -> Disposal:
    """Propose, approve and erase what is due of one kind."""
    disposal = propose(kind, by=staff.pkd)
    if disposal.is_of_archives:
        destroy(disposal, staff)
    else:
        decide(disposal, by=staff.kadis, is_approved=True, reason="Sesuai jadwal.")
        erase_approved.func(disposal.pk)
    disposal.refresh_from_db()
    return disposal


def list_texts_of_database() -> str:
    """Return all texts of all tables, without the log of the staff's own acts."""
    tables = [model for model in apps.get_models() if model._meta.app_label in APPS]
    rows = [row for model in tables for row in model._default_manager.values_list()]
    return "\n".join(str(value) for row in rows for value in row)


def test_personal_data_go_and_the_record_still_verifies(staff: Staff, six_years_later: Case) -> None:
    before = Case.objects.values("code", "state", "since", "submitted_at", "agenda", "report_number").get()
    steps = list(Event.objects.order_by("pk").values("verb", "by", "title", "happened_at"))
    hashes = set(Document.objects.values_list("pk", "sha256"))
    names = list(Document.objects.values_list("file", flat=True))
    PushSubscription.objects.create(case=six_years_later, endpoint="https://push.example/1", keys={})
    assert all(text in list_texts_of_database() for text in PERSONAL[:5])
    disposal = approve(Kind.REQUEST, staff)
    assert disposal.done_at
    assert disposal.codes == [before["code"]]
    texts = list_texts_of_database()
    assert [text for text in PERSONAL if text in texts] == []
    assert Case.objects.values(*before).get() == before
    assert list(Event.objects.order_by("pk").values("verb", "by", "title", "happened_at")) == steps
    assert not Notice.objects.exists()
    assert not PushSubscription.objects.exists()
    assert list_findings() == []
    assert AuditEntry.objects.filter(act=Act.ERASED, case=six_years_later).count() == 1
    entries = Entry.objects.filter(kind="case", key=str(six_years_later.pk)).order_by("-pk")
    assert [bool(entry.salt) for entry in entries] == [True, *[False] * (len(entries) - 1)]
    assert set(Document.objects.values_list("pk", "sha256")) == hashes
    assert not any(default_storage.exists(name) for name in names)
    found = verify_document(pk=Document.objects.latest("issued_at").pk)
    assert found
    assert "dimusnahkan" in found.verdict, "a document is still verified by its hash"


def test_an_erasure_without_approval_is_found(staff: Staff, case: Case) -> None:
    """The application may empty a note. It is found like any other change."""
    retain(case, by=staff.pkd, reason="Sengketa")
    event = case.history.latest("pk")
    case.history.filter(pk=event.pk).update(note=ERASED)
    (finding,) = list_findings()
    assert f"case {case.pk}: consultations.Event changed" in finding


def test_a_rejected_proposal_covers_no_erasure(staff: Staff, six_years_later: Case) -> None:
    disposal = propose(Kind.REQUEST, by=staff.pkd)
    decide(disposal, by=staff.kadis, is_approved=False, reason="Masih dipakai.")
    assert erase_approved.func(disposal.pk) is False
    six_years_later.refresh_from_db()
    assert six_years_later.anonymised_at is None


def test_history_may_be_erased_but_not_rewritten(case: Case) -> None:
    for columns in ({"note": "lain"}, {"title": ERASED}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            case.history.update(**columns)


def test_a_retained_case_stays(staff: Staff, six_years_later: Case) -> None:
    retain(six_years_later, by=staff.pkd, reason="Pemeriksaan Inspektorat")
    with pytest.raises(Refused):
        propose(Kind.REQUEST, by=staff.pkd)
    release(six_years_later, by=staff.pkd, reason="Pemeriksaan selesai")
    disposal = propose(Kind.REQUEST, by=staff.pkd)
    retain(six_years_later, by=staff.pkd, reason="Ada gugatan")
    destroy(disposal, staff)
    six_years_later.refresh_from_db()
    assert six_years_later.applicant_name == DETAILS["applicant_name"]


def test_each_page_of_an_erased_case_answers_and_it_takes_no_more_steps(
    staff: Staff, six_years_later: Case, client_of: ClientOf, subtests: pytest.Subtests
) -> None:
    """Missing texts and files are no error."""
    approve(Kind.REQUEST, staff)
    case = Case.objects.get()
    people = [*vars(staff).values(), Applicant(case.secret)]
    assert [step.verb for by in people for step in list_open_steps(by, case)] == []
    file, link = case.attachments.get(), f"/p/{case.secret}"
    found = ["/permohonan/", "/agenda/", "/laporan/", f"/permohonan/{case.code}/"]
    found += [f"{link}/{page}" for page in ("", "tanda-terima/", "yang-melihat/", "data-saya/")]
    documents = case.documents.values_list("pk", flat=True)
    addresses = {
        **dict.fromkeys([*found, f"{link}/data-saya/json/"], 200),
        **dict.fromkeys([f"/berkas/{file.pk}/", f"{link}/berkas/{file.pk}/"], 410),
        f"{link}/correct_contact/": 409,
        **{f"/naskah/{pk}.pdf": 404 for pk in documents},
        **{f"/verifikasi/{pk}/": 200 for pk in documents},
    }
    office = client_of(staff.pkd)
    for address, status in addresses.items():
        with subtests.test(address):
            client = Client() if address.startswith(("/p/", "/verifikasi/")) else office
            assert client.get(address).status_code == status
    assert create_inert_copy.func(file.pk) is None
    assert not Attachment.objects.lacking_inert_copy().exists()


def test_nothing_is_left_of_a_hidden_complainant(
    staff: Staff, client_of: ClientOf, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """The encrypted identity, letters, copies and the receipt. The page that reveals it answers."""
    with django_capture_on_commit_callbacks(execute=True):
        case = hidden_at(State.CLOSED, staff, **FILES)
    for document in case.documents.filter(kind__in=["APPLICATION", "RECEIPT"], sha256=""):
        create_file(document)
    with clock.set_to(clock.now() + SIX_YEARS):
        approve(Kind.COMPLAINT, staff)
        assert list_findings() == []
        assert not HiddenIdentity.objects.exists()
        assert not TRACES.findall(dump_database() + dump_files(settings))
        settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
        call_command("rotate_encryption", stdout=StringIO())
        address, client = f"/permohonan/{case.code}/", client_of(staff.petugas)
        assert f"{address}identitas/" not in client.get(address).text
        assert client.post(f"{address}identitas/", {"reason": "Menghubungi"}).status_code == 403
        assert client.get(f"/berkas/{case.attachments.earliest('pk').pk}/").status_code == 410


def test_an_interrupted_erasure_goes_on(staff: Staff, six_years_later: Case) -> None:
    """The rows are erased, and the process dies before the files are deleted."""
    disposal = propose(Kind.REQUEST, by=staff.pkd)
    take_up_to("execute", disposal, staff)
    names = list(six_years_later.attachments.values_list("file", flat=True))
    _erase_rows(six_years_later.pk, disposal)
    assert all(default_storage.exists(name) for name in names)
    assert erase_approved.func(disposal.pk)
    assert not any(default_storage.exists(name) for name in names)


@pytest.mark.parametrize("kind", [Kind.FILES, Kind.MESSAGES])
def test_files_and_messages_have_their_own_schedule(kind: str, staff: Staff, six_years_later: Case) -> None:
    names = list(six_years_later.attachments.values_list("file", flat=True))
    approve(kind, staff)
    assert any(map(default_storage.exists, names)) is not (kind == Kind.FILES)
    assert Notice.objects.exists() is (kind == Kind.FILES)
    six_years_later.refresh_from_db()
    assert six_years_later.applicant_name == DETAILS["applicant_name"]
    assert list_findings() == []


KEPT = {
    "consultations.Event": "verb title source target",
    "consultations.AgendaEntry": "office_number",
    "consultations.Attachment": (
        "purpose file inert_copy pictures inert_sha256 pictures_sha256 content_type sha256"
    ),
    "consultations.DataCorrection": "title corrected",
    "consultations.GivenRequirement": "text",
    "consultations.IdentityReveal": "title",
    "consultations.LinkAccess": "title place",
    "consultations.WorkItem": "kind subject paper_kind party urgency",
    "dispositions.Disposition": "title instructions copies ratified_title",
    "dispositions.Endorsement": "title",
    "dispositions.Assignment": "title",
    "dispositions.RelayedOrder": "given_title way entered_title answered_title",
    "dispositions.Preparation": "",
    "dispositions.Opinion": "",
    "dispositions.Transfer": "institution address title receipt_number receiver_position",
    "dispositions.Meeting": "title",
    "dispositions.Minutes": "title leader_title",
    "dispositions.StaffReview": "title",
    "scheduling.Session": "mode arrival",
    "privacy.ArchiveTransferItem": "kind",
    "reports.Report": "title accepted_title number items",
    "documents.ReportNumber": "number",
    "reports.Remark": "section title",
    "reports.FollowUp": "done_title",
    "documents.Handover": "title",
    "documents.Document": "kind classification number issuer revoke_reason file sha256 signature signer "
    "state turn signer_role signed_title way original original_sha256 printed_title",
    "reports.Enquiry": "answered_title",
    "documents.PaperEvent": "dispatch verb title role source target",
    "reports.ReusableAdvice": "kind text topic words",
    "audit.AuditEntry": "act title address target",
}
"""Texts that stay: codes, numbers, choices, titles of officials, hashes. Advice for reuse names no case; the
items of a report are erased one by one; the audit log has its own schedule."""

DELETED = {"notices.Notice", "notices.PushSubscription", "consultations.HiddenIdentity"}
DELETED |= {"consultations.StepDraft", "consultations.CaseNote", "consultations.SearchText"}
"""Models whose rows are deleted or written again."""


def reaches_case(model: type[models.Model]) -> bool:
    """Return whether a row belongs to a case, directly or through another row.

    The columns of the case itself are declared in consultations/personal_fields.py.
    """
    if model is Case:
        return False
    related = [field.related_model for field in model._meta.fields if field.is_relation]
    return Case in related or any(reaches_case(other) for other in related if other in (Report, Document))


def test_each_text_of_its_records_is_erased_or_named_as_one_that_stays() -> None:
    erased = {texts.model._meta.label: {*texts.columns} for texts in TEXTS}
    kinds = (models.CharField, models.TextField, models.JSONField, models.FileField)
    for model in filter(reaches_case, apps.get_models()):
        label = model._meta.label
        if label in DELETED:
            continue
        texts = {field.name for field in model._meta.fields if isinstance(field, kinds)}
        unnamed = texts - erased.get(label, set()) - set(KEPT.get(label, "").split())
        assert unnamed == set(), label
