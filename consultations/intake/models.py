"""Drafts: what an applicant has typed and not sent yet, with its files; and requests to be called back."""

import uuid
from functools import partial

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity, Kind
from consultations.models.attachments import random_path
from consultations.wording import Wording, wording_for
from kit import clock
from kit.encryption import (
    EncryptedField,
    EncryptedFileField,
    EncryptedJSONField,
    Unreadable,
)
from kit.records import constraint
from office.words import with_words_lazy

FILES = ("letter", "materials")
"""Form fields for files, beside those of the requirements (`requirements.py`)."""


class RequestDraft(models.Model):
    """A request that is not sent yet, or that was sent and waits for a moderator (`held_at`).

    The primary key is the `submission_hash` of the case that the draft becomes. Its token leads to the
    applicant's secret link, so moderators address a held draft by `held_key`. `escalated_at` is when Tim PKD
    rejected a held complaint: from then on the head of the office decides, because it may be about a
    moderator. A draft for the independent channel (`is_independent`) is held for the Pengawas alone.
    """

    not_recorded = True  # not yet submitted

    token_hash = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(_("jenis"), max_length=12, choices=Kind)
    is_independent = models.BooleanField(_("untuk Pengawas"), default=False)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    typed = EncryptedJSONField(_("isian"), default=dict)
    saved_at = models.DateTimeField(_("disimpan"), default=clock.now, db_index=True)
    held_at = models.DateTimeField(_("ditahan"), null=True, db_index=True)
    held_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    held_because = models.CharField(_("alasan ditahan"), max_length=200, blank=True)
    escalated_at = models.DateTimeField(with_words_lazy(_("diteruskan ke %(head)s")), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("isian sementara")
        constraints = [
            constraint("draft_of_a_known_kind", Q(kind__in=[*Kind])),
            constraint(
                "draft_in_a_known_language", Q(language__in=[code for code, _name in settings.LANGUAGES])
            ),
            constraint(
                "held_draft_says_why",
                Q(held_at__isnull=True, held_because="") | Q(held_at__isnull=False) & ~Q(held_because=""),
            ),
            constraint(
                "only_held_complaints_are_escalated",
                Q(escalated_at__isnull=True) | Q(held_at__isnull=False, kind="COMPLAINT"),
            ),
            constraint(
                "only_complaints_are_independent",
                Q(is_independent=False) | Q(kind="COMPLAINT", escalated_at__isnull=True),
            ),
        ]

    token: uuid.UUID | None = None
    """The token, if the draft was found by it."""

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def identity(self) -> str:
        """Disclosure of identity (`Identity`) that the applicant has chosen so far."""
        return self.typed.get("identity") or Identity.OPEN

    @property
    def shown_material(self) -> str:
        """Return the matter as it was typed, or a sentence if the stored value cannot be read."""
        try:
            return str(self.typed.get("material", ""))
        except Unreadable as sentence:
            return str(sentence)

    @property
    def hides_identity(self) -> bool:
        """Whether moderators must not see who sent this draft."""
        return self.identity != Identity.OPEN

    @property
    def is_sealed(self) -> bool:
        """Whether moderators see neither contact nor files before they have accepted this draft."""
        return self.hides_identity or self.is_independent

    @property
    def wording(self) -> Wording:
        return wording_for(self.kind, is_independent=self.is_independent)


class DraftFile(models.Model):
    """One checked file of a draft, stored encrypted. `field` is the form field that it was chosen in."""

    not_recorded = True  # not yet submitted

    encrypted_for = ("draft_id",)

    draft = models.ForeignKey(RequestDraft, models.DB_CASCADE, related_name="files")
    field = models.CharField(max_length=20)
    file = EncryptedFileField(_("berkas"), upload_to=partial(random_path, folder="drafts"))
    name = EncryptedField(_("nama berkas"))
    content_type = models.CharField(_("jenis isi"), max_length=50)
    size = models.PositiveIntegerField(_("ukuran (bita)"))

    class Meta:
        verbose_name = verbose_name_plural = _("berkas sementara")
        ordering = ["pk"]
        indexes = [models.Index(fields=["file"], name="draft_file")]
        constraints = [
            constraint(
                "draft_file_of_a_known_field", Q(field__in=[*FILES]) | Q(field__startswith="requirement_")
            ),
            constraint(
                "draft_file_of_an_accepted_type",
                Q(content_type__in=["application/pdf", "image/jpeg", "image/png"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    inert_copy = None
    """A PDF of a draft is only downloaded (see `consultations.views.serve`)."""

    def has_content(self, content: bytes) -> bool:
        """Whether the stored file has exactly this content; false if the file is missing."""
        if self.size != len(content):
            return False
        try:
            with self.file.open("rb") as stored:
                return bool(stored.read() == content)
        except FileNotFoundError:
            return False
