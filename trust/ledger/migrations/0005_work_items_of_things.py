"""Open the work items of the registry's papers, recommendations, held drafts, lists and systems."""

import datetime as dt

from django.db import migrations
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

LETTERS = (
    *("ASSIGNMENT", "SCHEDULE", "RESULT", "TRANSFER", "REJECTION", "OBJECTION_DECISION", "OPINION_REQUEST"),
    *("OPINION_REMINDER", "INVITATION"),
)
ARCHIVES = ("CASES", "FILES", "REGISTERS")
SOON = dt.timedelta(days=7)
END_OF_DAY = dt.time(23, 59)


def list_of_papers(apps):
    """Yield what the registry does with papers in force: print, send, number."""
    Document = apps.get_model("documents", "Document")
    papers = Document.objects.filter(revoked_at=None, erased_at=None, case__isnull=False, replaced_by=None)
    unsent = Q(state="ISSUED", signed_at__isnull=False)
    unnumbered = Q(kind__in=LETTERS, number="") & ~Q(state__in=["DRAFT", "INITIALS"])
    for paper in papers.filter(Q(state="SIGNATURE") | unsent | unnumbered).select_related("case").iterator():
        case, kinds = paper.case, []
        if paper.state == "SIGNATURE":
            kinds.append("print")
        if paper.state == "ISSUED" and paper.signed_at:
            kinds.append("send")
        if paper.kind in LETTERS and not paper.number:
            kinds.append("number_first" if paper.state == "SIGNATURE" else "number")
        due = case.planned_at if paper.kind in ("SCHEDULE", "ASSIGNMENT") else None
        for kind in kinds:
            yield {
                "case": case,
                "kind": kind,
                "subject": str(paper.pk),
                "paper_kind": paper.kind,
                "party": "SECRETARIAT",
                "division_id": case.division_id,
                "urgency": case.urgency,
                "since": paper.issued_at,
                "due_at": case.meeting_at if paper.kind == "INVITATION" else due,
            }


def list_of_recommendations(apps):
    zone = timezone.get_current_timezone()
    rows = apps.get_model("reports", "FollowUp").objects.filter(done_at=None, due__isnull=False)
    for row in rows.filter(case__anonymised_at=None).select_related("case").iterator():
        case = row.case
        yield {
            "case": case,
            "kind": "follow_up",
            "subject": str(row.pk),
            "party": "OFFICER" if case.officer_id else "DIVISION_HEAD",
            "division_id": case.division_id,
            "user_id": case.officer_id,
            "urgency": case.urgency,
            "since": dt.datetime.combine(row.due - SOON, dt.time.min, zone),
            "due_at": dt.datetime.combine(row.due, END_OF_DAY, zone),
        }


def list_of_office(apps):
    """Yield what waits without a case: held drafts, destruction lists, systems without a token."""
    for draft in apps.get_model("intake", "RequestDraft").objects.exclude(held_at=None).iterator():
        party = "HEAD" if draft.escalated_at else "TIM_PKD"
        yield {
            "kind": "draft",
            "subject": str(draft.held_key),
            "party": "SUPERVISOR" if draft.is_independent else party,
            "since": draft.escalated_at or draft.held_at,
        }
    acts = apps.get_model("ledger", "DisposalAct").objects.filter(disposal=OuterRef("pk"))
    approved, decided = (Exists(acts.filter(verb=verb)) for verb in ("approve", "decide"))
    lists = apps.get_model("ledger", "Disposal").objects.exclude(rule="REQUESTED").filter(decided_at=None)
    for one in lists.filter(~Q(rule__in=ARCHIVES) | approved & ~decided):
        yield {
            "kind": "disposal",
            "subject": str(one.pk),
            "party": "HEAD",
            "barred_id": one.proposed_by_id,
            "since": one.proposed_at,
        }
    for system in apps.get_model("exchange", "System").objects.filter(revoked_at=None, issued_at=None):
        own = {"kind": "system", "subject": str(system.pk)}
        yield own | {"user_id": system.official_id, "since": system.proposed_at}


def open_items(apps, schema_editor):
    WorkItem = apps.get_model("consultations", "WorkItem")
    papers = apps.get_model("documents", "Document").objects.values_list("pk", "kind")
    turns = list(WorkItem.objects.exclude(subject="").filter(done_at=None))
    kinds = {str(key): kind for key, kind in papers.filter(case__isnull=False).iterator()}
    for item in turns:
        item.paper_kind = kinds.get(item.subject, "")
    WorkItem.objects.bulk_update(turns, ["paper_kind"], batch_size=500)
    found = [*list_of_papers(apps), *list_of_recommendations(apps), *list_of_office(apps)]
    WorkItem.objects.bulk_create([WorkItem(**{"urgency": "NORMAL", **one}) for one in found], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_second_official"),
        ("consultations", "0011_work_items_of_things"),
        ("documents", "0002_work_items"),
        ("exchange", "0005_no_answers_of_offices"),
        ("intake", "0004_calls_without_answer"),
        ("reports", "0007_moved_to_documents"),
    ]

    operations = [migrations.RunPython(open_items, migrations.RunPython.noop)]
