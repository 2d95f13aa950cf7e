"""What everybody may read: the published standard, and the statistics of the service."""

from typing import Annotated, Any

from django.http import Http404, QueryDict
from django.utils import translation
from ninja import Query, Router

from exchange.api.problems import Problem
from exchange.api.schemas import ComponentOut, StatisticsOut
from exchange.api.texts import describe as _
from exchange.api.tokens import Token
from exchange.models import Scope
from office.models import StandardComponent
from reports.filters import StatisticsForm
from reports.statistics import get_statistics, list_rows

router = Router(tags=["umum"])
PeriodKey = Annotated[str, Query(max_length=20, description=_("Contoh: 2026-Q4. Kosong: 12 bulan terakhir."))]


@router.get("/standard", auth=Token(), response=list[ComponentOut], summary=_("Standar layanan"))
def get_standard(request: Any) -> list[StandardComponent]:
    return list(StandardComponent.objects.all())


@router.get(
    "/statistics",
    auth=Token(Scope.READ_STATISTICS),
    response=StatisticsOut,
    summary=_("Statistik untuk umum"),
)
def read_statistics(request: Any, period: PeriodKey = "") -> dict[str, Any]:
    params = QueryDict(mutable=True)
    if period:
        params["periode"] = period
    chosen = StatisticsForm(params)
    if not chosen.is_valid():
        raise Http404
    statistics = get_statistics(chosen.period)
    if statistics.cached is None:
        detail = _("Angka periode ini sedang dihitung. Coba lagi beberapa menit lagi.")
        raise Problem(503, detail, headers={"Retry-After": "60"})
    with translation.override("id"):
        names = ("section", "name", "value", "unit", "n")
        figures = [dict(zip(names, map(_to_value, row), strict=True)) for row in list_rows(statistics)]
    return {"period": chosen.period.key, "figures": figures}


def _to_value(value: Any) -> Any:
    """Return a value without lazy translation."""
    return value if value is None or isinstance(value, int | float) else str(value)
