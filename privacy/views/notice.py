"""The public notice on personal data (Pelindungan data pribadi), made from the rules of the code."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultations.enums import Party
from consultations.parties import OFFICE_WIDE
from intake.drafts import HELD_LIFETIME, LIFETIME
from office.models import RetentionRule, Role
from office.models.retention import list_retention
from privacy.services.rights import ANSWER_WITHIN


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show purpose, basis, readers, periods, rights and contact."""
    years = list_retention()
    context = {
        "readers": [*dict.fromkeys(str(Party(role).label) for role in Role if role in OFFICE_WIDE)],
        "retention": [(kind.label, years[kind]) for kind in RetentionRule.Kind],
        "draft_days": LIFETIME.days,
        "held_days": HELD_LIFETIME.days,
        "answer_hours": int(ANSWER_WITHIN.total_seconds() // 3600),
    }
    return render(request, "privacy/notice.html", context)
