"""The complaint about a refusal: linked to the case, never handled by whoever refused (Adukan keputusan ini).

The applicant sends it from the page of the case, with the name and contact that the case has. The Sekretariat
records one that came by letter with `receive`.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from consultations.complaints import can_be_complained_about
from consultations.enums import Identity, Kind
from consultations.intake.drafts import case_of_submission, create_once
from consultations.intake.services import submit
from consultations.intake.uploads import (
    MAX_BYTES,
    MAX_FILES,
    CheckedFile,
    CheckedFilesField,
    FilesForm,
    merge_to_pdf,
)
from consultations.models import Case, HiddenIdentity
from consultations.parties import has_private_link
from consultations.personal_fields import IDENTIFYING, PERSONAL
from consultations.secret_link import behind_secret, get_holder
from kit.form_view import handle_form
from kit.forms import OfficeForm, TextField
from kit.limits import body_limit
from kit.refusal import Refused


def complain(refused: Case, *, reason: str, file: CheckedFile | None = None) -> Case:
    """Submit the applicant's complaint about a refusal. There is one from the page of each refused case.

    A second one returns the first if nobody in the office has the link of the case. Otherwise raise Refused:
    whoever printed that link could open the complaint with it. Raise Refused too if nobody refused the case.
    """
    digest = salted_hmac("consultations.intake.refusals", str(refused.pk), algorithm="sha256").digest()
    key = UUID(bytes=digest[:16])
    if earlier := case_of_submission(key):
        if has_private_link(refused):
            return earlier
        raise Refused(
            _("Pengaduan Anda atas penolakan ini sudah kami terima. Tautannya ada pada tanda terimanya.")
        )

    def create() -> Case:
        return submit(
            kind=Kind.COMPLAINT,
            complains_of=refused,
            identity=refused.identity,
            language=refused.language,
            subject=f"Penolakan: {refused.subject}"[:200],
            material=reason,
            letter=file,
            submission_hash=key,
            **_get_person(refused),
        )

    return create_once(key, create)


def _get_person(case: Case) -> dict[str, Any]:
    """Return name and contact of the applicant: those of the case, or the hidden ones."""
    names = [name for name in IDENTIFYING if name != "letter_number"]
    if case.identity == Identity.OPEN:
        return {name: getattr(case, name) for name in names}
    hidden = HiddenIdentity.objects.filter(case=case).first()
    fields = [field for field in PERSONAL if field.name in names] if hidden else []
    return {field.name: getattr(hidden, field.hidden_as) for field in fields}


class ComplainForm(FilesForm, OfficeForm):
    """Why the refusal is not right, in the applicant's own words. Several files become one PDF."""

    reason = TextField(
        _("Mengapa penolakan ini menurut Anda tidak tepat?"),
        missing=_("Tulis mengapa penolakan ini menurut Anda tidak tepat."),
        rows=6,
        max_length=10_000,
    )
    file = CheckedFilesField(label=_("Berkas pendukung"), required=False)

    def clean_file(self) -> CheckedFile | None:
        """Return the files as one PDF."""
        return merge_to_pdf(self.accepted_files("file"))


@body_limit(files=MAX_FILES * MAX_BYTES)
@behind_secret(opens_by_code=False, has_steps=True)
def complain_about_refusal(request: HttpRequest, case: Case) -> HttpResponse:
    """Show and take the complaint about the refusal of a case. Its receipt follows."""
    if not can_be_complained_about(case):
        return redirect("follow", secret=get_holder(case).key)

    def act(reason: str, file: CheckedFile | None) -> HttpResponse:
        return redirect("receipt", secret=complain(case, reason=reason, file=file).secret)

    return handle_form(request, ComplainForm, act, "intake/complain.html", {"case": case})
