"""The electronic signature under the report, given while the Kepala Dinas accepts it."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from consultations.models import Case
from consultations.workflow import Refused
from reports import signing
from reports.documents import KIND_OF
from reports.facts.record import Record
from reports.issuing import archived, numbered, store
from reports.models import Document, Report
from reports.rendering import TooLong


@sensitive_variables("passphrase")
def sealed(case: Case, accepted: Report, *, passphrase: str) -> Document | None:
    """The signed paper of a report that is being accepted; None where this office signs on paper.

    `accepted` says by whom, when, as what and under which number it is accepted, and is not saved yet. The
    paper's bytes are stored, its row is for the caller to save. To be called outside of transactions: it may
    wait for other machines. Raises Refused where the signature fails; nothing is kept then.
    """
    how = signing.adapter()
    if how is None or not (accepted.accepted_by and accepted.accepted_at):
        return None
    by, title = accepted.accepted_by, accepted.accepted_title
    paper = numbered(KIND_OF[Document.Kind.REPORT], case, Record(accepted, by, title, accepted.accepted_at))
    try:
        unsigned = archived(paper, accepted, attestation=how.attestation)
        with translation.override("id"):  # it stands in the paper
            reason = _("Menerima %(paper)s nomor %(number)s") % {
                "paper": paper.get_kind_display(),
                "number": paper.number,
            }
        signature = how.sign(unsigned, by=by, title=title, reason=reason, passphrase=passphrase)
    except TooLong as sentence:
        raise Refused(str(sentence)) from sentence
    except signing.SigningFailed as sentence:
        raise Refused(str(sentence), field="passphrase") from None
    paper.signature, paper.signer = signature.adapter, signature.signer
    store(paper, signature.content)
    return paper
