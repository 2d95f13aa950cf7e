"""Operations that read: cases, documents, announcements, the system itself, the standard, statistics.

Each opening of a case is an audit entry.
"""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.functional import Promise
from ninja import Query, Router

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.enums import Kind, State
from consultations.models import Case, Event
from consultations.workflow import VERBS
from documents.files import DocumentUnavailable, read_document
from documents.types import TYPES_BY_KIND
from exchange.api import access, schemas
from exchange.api.access import Token
from exchange.api.problems import Problem
from exchange.api.schemas import describe as _
from exchange.models import Scope, System
from exchange.webhooks import KEPT, get_payload
from kit import clock
from kit.clock import FIRST_DAY, LAST_DAY, midnight
from kit.pagination import newest_of
from kit.pdf import TooLong
from kit.urls import get_public_url
from office.models import Office, StandardComponent
from office.words import get_words
from office.worktime import WorkingTime
from reports.statistics.public import PeriodChoice, get_statistics, list_rows

router = Router(tags=["permohonan"])
FOLLOWS = Token(Scope.READ_CASES, Scope.WRITE_INTAKE)
READS_DOCUMENTS = Token(Scope.READ_DOCUMENTS)

SHOWN = (*schemas.LINE, "lapor_number", "identity", "agenda__number", "agenda__year")

Before = Annotated[int | None, Query(ge=1, le=10**18 - 1, description=_("Dari tautan next."))]


@router.get("/cases", auth=FOLLOWS, response=schemas.CasePage, summary=_("Daftar permohonan"))
def list_cases(
    request: Any,
    state: State | None = None,
    kind: Kind | None = None,
    since: Annotated[
        dt.date | None, Query(description=_("Disampaikan pada hari ini atau sesudahnya."))
    ] = None,
    changed_since: Annotated[
        dt.datetime | None,
        Query(description=_("Ada langkah yang dicatat sejak saat ini, paling lama 90 hari yang lalu.")),
    ] = None,
    before: Before = None,
) -> dict[str, Any]:
    chosen: dict[str, Any] = {"state": state} if state else {}
    if kind:
        chosen["kind"] = kind
    if since:
        chosen["submitted_at__gte"] = midnight(min(max(since, FIRST_DAY), LAST_DAY))
    if changed_since:
        chosen["pk__in"] = _list_changed(changed_since)
    parts = [part.filter(**chosen) for part in access.list_visible_parts(request.auth)]
    page = newest_of(parts, request.GET, shown=SHOWN)
    _record(request.auth, Act.EXPORT, target=f"API: daftar permohonan, {len(page.rows)} baris")
    following = get_public_url("api-1:list_cases") + page.older if page.older else None
    return {"cases": [schemas.make_line(case) for case in page.rows], "next": following}


def _list_changed(since: dt.datetime) -> QuerySet[Event, Any]:
    """Return the keys of the cases with a step entered since then. Raise Problem if it is long ago."""
    moment = since if timezone.is_aware(since) else timezone.make_aware(since)
    if moment < clock.now() - KEPT:
        raise Problem(422, errors={"changed_since": [_("Paling lama 90 hari yang lalu.")]})
    found = Event.objects.filter(entered_at__gte=moment) if moment < clock.now() else Event.objects.none()
    return found.values("case")


@router.get("/cases/{code:code}", auth=FOLLOWS, response=schemas.CaseOut, summary=_("Satu permohonan"))
def get_case(request: Any, code: schemas.Code) -> dict[str, Any]:
    case = _get_case(request.auth, code)
    _record(request.auth, Act.CASE, case=case)
    return schemas.make_case(case)


@router.get(
    "/cases/{code:code}/history",
    auth=FOLLOWS,
    response=list[schemas.StepOut],
    summary=_("Riwayat permohonan"),
)
def get_history(request: Any, code: schemas.Code) -> list[dict[str, Any]]:
    case = _get_case(request.auth, code)
    _record(request.auth, Act.CASE, case=case, target="riwayat")
    return [
        {
            "step": event.number,
            "verb": event.verb,
            "title": str(VERBS[event.verb].done),
            "acted_as": event.acted_as,
            "source": event.source or None,
            "target": event.target,
            "happened_at": event.happened_at,
            "entered_at": event.entered_at,
        }
        for event in case.history.order_by("pk")
    ]


@router.get(
    "/cases/{code:code}/documents",
    auth=READS_DOCUMENTS,
    response=list[schemas.DocumentOut],
    summary=_("Naskah permohonan"),
)
def list_documents(request: Any, code: schemas.Code) -> list[dict[str, Any]]:
    case = _get_case(request.auth, code)
    documents = access.list_visible_documents(request.auth, case)
    _record(request.auth, Act.CASE, case=case, target="daftar naskah")
    return [
        {
            "id": document.pk,
            "kind": document.kind,
            "title": document.get_kind_display(),
            "number": document.number,
            "version": document.version,
            "issued_at": document.issued_at,
            "issuer": " ".join(document.signatory_title.splitlines()),
            "signed_at": document.signed_at,
            "signature": document.signature_words,
            "sha256": document.sha256 or None,
        }
        for document in documents
    ]


@router.get(
    "/cases/{code:code}/documents/{uuid:pk}",
    auth=READS_DOCUMENTS,
    summary=_("Naskah sebagai PDF"),
    openapi_extra={"responses": {200: {"content": {"application/pdf": {}}}}},
)
def get_document(request: Any, code: schemas.Code, pk: UUID) -> HttpResponse:
    case = _get_case(request.auth, code)
    document = get_object_or_404(
        access.list_visible_documents(request.auth, case).select_related("case", "issued_by", "replaces"),
        pk=pk,
    )
    try:
        content = read_document(document)
    except (DocumentUnavailable, TooLong) as sentence:
        raise Problem(404, sentence) from sentence
    slug = TYPES_BY_KIND[document.kind].slug
    _record(request.auth, Act.DOCUMENT, case=case, target=f"{slug} versi {document.version}")
    headers = {"Content-Disposition": f'attachment; filename="{slug}-{case.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _get_case(system: System, code: str) -> Case:
    return get_object_or_404(access.list_visible_cases(system).with_people(), code=code)


def _record(system: System, act: Act, *, case: Case | None = None, target: str = "") -> None:
    """Record what the system read, before it is sent: in the name of its official, as the system."""
    record(act, by=system.official, title=system.title, case=case, target=target)


events_router = Router(tags=["sistem"])
PAGE_SIZE = 100


@events_router.get("/me", auth=Token(), response=schemas.SystemOut, summary=_("Sistem pemilik token"))
def get_system(request: Any) -> dict[str, Any]:
    system = request.auth
    return {
        "name": system.name,
        "scopes": system.scopes,
        "expires_at": system.expires_at,
        "requests_per_minute": system.rate,
    }


@events_router.get(
    "/events",
    auth=Token(Scope.READ_CASES, Scope.WRITE_INTAKE),
    response=schemas.EventPage,
    summary=_("Kejadian yang diumumkan lewat webhook"),
)
def read_events(
    request: Any,
    after: Annotated[int, Query(ge=0, le=10**18 - 1, description=_("Dari tautan next."))] = 0,
) -> dict[str, Any]:
    """Return events after `after`, oldest first, without personal data."""
    rows = list(access.list_events(request.auth).filter(pk__gt=after)[:PAGE_SIZE])
    last = rows[-1].pk if rows else after
    return {
        "events": [get_payload(row) for row in rows],
        "next": f"{get_public_url('api-1:read_events')}?after={last}",
    }


public_router = Router(tags=["umum"])
PeriodKey = Annotated[str, Query(max_length=20, description=_("Contoh: 2026-Q4. Kosong: 12 bulan terakhir."))]


@public_router.get(
    "/standard", auth=Token(), response=list[schemas.ComponentOut], summary=_("Standar layanan")
)
def get_standard(request: Any) -> list[StandardComponent]:
    return list(StandardComponent.objects.all())


PROFILE = ("name", "government", "address", "phone", "email", "website", "map_url", "is_open")
"""Values of the office that it publishes."""


@public_router.get(
    "/office",
    auth=Token(Scope.READ_STATISTICS),
    response=schemas.OfficeOut,
    summary=_("Nama, alamat, dan jam layanan kantor"),
)
def get_office(request: Any) -> dict[str, Any]:
    office = Office.load()
    with translation.override("id"):
        words = get_words()
        return {name: getattr(office, name) for name in PROFILE} | {
            "link": get_public_url("home"),
            "matters": words.matters,
            "village": words.village,
            "hours": WorkingTime.load().sentence(),
            "zone": words.zone,
        }


@public_router.get(
    "/statistics",
    auth=Token(Scope.READ_STATISTICS),
    response=schemas.StatisticsOut,
    summary=_("Statistik untuk umum"),
)
def read_statistics(request: Any, period: PeriodKey = "") -> dict[str, Any]:
    chosen = PeriodChoice.of(period or None)
    if chosen is None:
        raise Http404
    statistics = get_statistics(chosen.period)
    if statistics.cached is None:
        detail = _("Angka periode ini sedang dihitung. Coba lagi beberapa menit lagi.")
        raise Problem(503, detail, headers={"Retry-After": "60"})
    with translation.override("id"):
        names = ("section", "name", "value", "unit", "n", "key")
        rows = [
            [str(value) if isinstance(value, Promise) else value for value in row]
            for row in list_rows(statistics)
        ]
        figures = [dict(zip(names, row, strict=True)) for row in rows]
    return {"period": chosen.period.key, "figures": figures}
