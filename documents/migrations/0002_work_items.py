"""Open the work items of papers that wait for initials, a signature, their drafter or a confirmation."""

from django.db import migrations
from django.db.models import Q

OF_OFFICER = ("RESULT", "SCHEDULE", "ASSIGNMENT", "OPINION_REQUEST", "OPINION_REMINDER", "INVITATION")
OF_SESSION = ("SCHEDULE", "ASSIGNMENT")


def get_item(paper, case):
    """Return kind, party, user and the person who may not do it."""
    if paper.way == "HAND" and not (paper.confirmed_at or paper.denied_at):
        return "SCAN_STORED", "", paper.signed_by_id, None
    if paper.state == "DRAFT":
        if paper.kind in OF_OFFICER:
            return "PAPER_BACK", "OFFICER" if case.officer_id else "DIVISION_HEAD", case.officer_id, None
        return "PAPER_BACK", "", paper.drafted_by_id, None
    if paper.state == "SIGNATURE":
        return "TO_SIGN", paper.turn, None, None
    return "TO_INITIAL", paper.turn, None, paper.drafted_by_id


def open_items(apps, schema_editor):
    Document = apps.get_model("documents", "Document")
    WorkItem = apps.get_model("consultations", "WorkItem")
    unconfirmed = Q(way="HAND", confirmed_at__isnull=True, denied_at__isnull=True)
    waiting = Document.objects.filter(
        Q(state__in=["DRAFT", "INITIALS", "SIGNATURE"]) | unconfirmed,
        revoked_at=None,
        erased_at=None,
        case__isnull=False,
        replaced_by=None,
    )
    items = []
    for paper in waiting.select_related("case").iterator():
        case = paper.case
        kind, party, user, barred = get_item(paper, case)
        if party == "DIVISION_HEAD" and not case.division_id:
            continue
        due = case.planned_at if paper.kind in OF_SESSION else None
        item = WorkItem(case=case, kind=kind, subject=str(paper.pk), party=party, user_id=user)
        item.division_id, item.barred_id, item.urgency = case.division_id, barred, case.urgency
        item.since, item.due_at = paper.issued_at, case.meeting_at if paper.kind == "INVITATION" else due
        items.append(item)
    WorkItem.objects.bulk_create(items, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_moved_from_reports"), ("consultations", "0010_work_items")]

    operations = [migrations.RunPython(open_items, migrations.RunPython.noop)]
