"""The dashboard (Dasbor) of the Kepala Dinas and of a Kepala Bidang."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timesince import timesince
from django.views.decorators.http import require_safe

from desk import charts
from desk.dashboard import get_dashboard
from desk.filters import DashboardForm
from office import clock, rights
from office.models import Office
from office.rights import StaffRequest, requires


@requires(rights.SEE_DASHBOARD)
@require_safe
def dashboard(request: StaffRequest) -> HttpResponse:
    """Show the figures of a period and a division."""
    user = request.user
    chosen, office = DashboardForm(request.GET, user), Office.load()
    found = get_dashboard(user, office, chosen.period, chosen.chosen, is_whole=chosen.is_whole)
    division = f"&division={chosen.chosen[0].pk}" if len(chosen.chosen) == 1 else ""
    context = {"office": office, "filter": chosen, "dashboard": found, "division_query": division}
    if found:
        longest = max((waiting.count.open for waiting in found.waiting), default=0)
        busiest = max((count.open for _officer, count in found.officers), default=0)
        bars = [(*each, charts.stacked_bar(each[1], busiest)) for each in found.officers]
        now, half = clock.now(), (len(bars) + 1) // 2
        context |= {
            "flow": charts.flow_chart(found),
            "durations": charts.duration_chart(found) if found.minutes.n else None,
            "index": charts.index_chart(found),
            "waiting": [(each, charts.stacked_bar(each.count, longest)) for each in found.waiting],
            "waiting_table": [(each.step.title, each.count) for each in found.waiting],
            "officers": (bars[:half], bars[half:]),
            "stuck": [(case, timesince(case.due_at, now, depth=1)) for case in found.stuck if case.due_at],
        }
    return render(request, "desk/dashboard.html", context)
