"""Held drafts (Kiriman yang perlu dilihat): a person looks at them, then they come in or are thrown away."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from consultations import draft_files, drafts
from consultations.models import Case, RequestDraft
from consultations.parties import Party, parties
from consultations.workflow import Refused
from office import clock
from office.models import User

MOST_HELD = 20


def hold(draft: RequestDraft, because: Promise | str) -> None:
    """Let a person look at a draft before it comes in, and say why, in the office's language."""
    with override(settings.LANGUAGE_CODE):
        why = str(because)
    RequestDraft.objects.filter(pk=draft.pk, held_at=None).update(held_at=clock.now(), held_because=why)


def may_judge(user: User) -> bool:
    """Whether the user decides what becomes of held drafts: Tim PKD does."""
    return Party.TIM_PKD in parties(user, Case())


def held_for(user: User) -> list[RequestDraft]:
    """The held drafts that wait for the user's judgement, the oldest first."""
    if not may_judge(user):
        return []
    return list(RequestDraft.objects.exclude(held_at=None).defer("typed").order_by("held_at")[:MOST_HELD])


def take_in(draft: RequestDraft, *, by: User) -> Case:
    """A held draft comes in after all, as of the moment at which it was sent.

    Raises PermissionDenied for all but Tim PKD, Refused where it cannot come in any more.
    """
    _check_may_judge(by)
    papers = draft_files.papers(draft)
    with transaction.atomic():
        if case := drafts.sent_as(draft.token):
            return case
        if not RequestDraft.objects.filter(pk=draft.pk).select_for_update().values("pk"):
            raise Refused(_("Kiriman ini sudah dihapus."))
        form = drafts.form_of(draft, offers_times=False)
        if not form.is_valid():
            raise Refused(
                _("Kiriman ini tidak lengkap lagi, jadi tidak dapat diterima. Hubungi pengirimnya.")
            )
        return drafts.submit(draft, form, papers, at=draft.held_at)


def discard(draft: RequestDraft, *, by: User) -> None:
    """A held draft is thrown away with its files (Hapus). Raises PermissionDenied for all but Tim PKD."""
    _check_may_judge(by)
    drafts.erase(RequestDraft.objects.filter(pk=draft.pk))


def _check_may_judge(user: User) -> None:
    if not may_judge(user):
        raise PermissionDenied
