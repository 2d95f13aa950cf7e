"""Download of the hand-over sheet for SP4N-LAPOR!."""

import io
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from audit.models import Act
from audit.services import record
from consultations.queries import get_visible_case
from exchange import lapor
from kit.table import CONTENT_TYPES
from office.models import User


@require_safe
def lapor_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Return the sheet of a complaint. Answer 404 unless the user handles it."""
    user = cast(User, request.user)
    case = get_visible_case(user, code)
    if not lapor.may_hand_over(user, case):
        raise Http404
    file = io.BytesIO()
    with translation.override("id"):
        lapor.write(case, file)
    record(Act.EXPORT, by=user, case=case, target="lembar SP4N-LAPOR!")
    headers = {
        "Content-Disposition": f'attachment; filename="lapor-{case.code}.xlsx"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(file.getvalue(), content_type=CONTENT_TYPES["xlsx"], headers=headers)
