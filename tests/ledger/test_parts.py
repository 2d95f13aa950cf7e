"""Each column of a sealed table is sealed, or open for a reason."""

from django.db.models import Model

from trust.ledger.causes import ALONE, ASKED, GONE, INSERTED, NEAR
from trust.ledger.parts import BASE, PARTS, PARTS_BY_NUMBER

TEXT = "a text or contact of the applicant, which may be corrected and is erased"
STATE = "derived from the history, or set again by a later step"
FILE = "the path of a file; its hash is sealed"
SHOWN = "what a person set for the own pages, or how often and when a session came"
REWRITTEN = "written again by a rotation of keys; the hash or the type is sealed"

OPEN: dict[str, tuple[tuple[str, str], ...]] = {
    "Case": (
        (
            TEXT,
            "secret secret_hash submission_hash sent_hash channel forwarded_by language applicant_name "
            "applicant_position organisation address phone email filled_by filled_as by_post subject "
            "material visit_at needs_companion needs_sign_language needs_large_print needs_visit "
            "complained_party "
            "lapor_number letter_number letter_date srikandi_number",
        ),
        (
            STATE,
            "state turn version since due_at deadline complaint_kind follow_up_due answer_due passed_to "
            "receipt_awaited agenda_id classification urgency confidentiality division_id "
            "awaits_ratification assignment_unratified officer_id needs_review review_awaited "
            "opinions_awaited meeting_at "
            "minutes_awaited planned_at other_time missing end_reason outcome report_number closed_at "
            "first_closed_at first_ended_at ask_until asked_again_at object_until objection_due "
            "objection_above retained_because deletion_asked_at deletion_granted_at "
            "erase_at anonymised_at before_last",
        ),
    ),
    "Attachment": ((FILE, "file inert_copy pictures"),),
    "Document": (
        (STATE, "state turn signer_role"),
        ("its drafter may be replaced; who signs is sealed", "drafted_by_id"),
        ("text of a draft; the file with it is sealed", "text"),
        ("an erasure of its file has its own sealed row", "erased_at"),
    ),
    "DataCorrection": ((REWRITTEN, "content"),),
    "User": (
        ("a hash that Django writes again at a login", "password"),
        (SHOWN, "last_login date_joined rank competence factor_asked_at factor_open_until introduced_at"),
        (SHOWN, "invited_at"),
    ),
    "Seal": (("set when the mail is sent", "mailed_at"),),
    "Disposal": (("set when the erasure is done", "done_at"),),
    "ArchiveTransfer": ((FILE, "package"),),
    "Authenticator": ((REWRITTEN, "data"), (SHOWN, "last_used_at")),
}


def list_columns(model: type[Model]) -> set[str]:
    return {str(field.column) for field in model._meta.local_concrete_fields if not field.primary_key}


def test_each_column_of_a_sealed_table_is_sealed_or_open_for_a_reason() -> None:
    found = {}
    for model in {part.model for part in PARTS}:
        sealed = {column for part in PARTS if part.model is model for column in part.columns}
        opened = {name for _reason, names in OPEN.get(model.__name__, ()) for name in names.split()}
        assert not opened & sealed, model
        if difference := list_columns(model) ^ (sealed | opened):
            found[model.__name__] = difference
    assert found == {}


def test_each_part_that_is_written_later_has_its_causes_or_says_why_it_has_none() -> None:
    later = {part.number for part in PARTS if not part.is_fixed} - {82}
    assert later <= ASKED | ALONE.keys()
    assert not ASKED & ALONE.keys()
    assert {*INSERTED, *GONE} <= {part.number for part in PARTS if part.may_change}
    assert NEAR.keys() <= PARTS_BY_NUMBER.keys()
    assert all(part.filled or part.model in BASE or part.may_change for part in PARTS)
