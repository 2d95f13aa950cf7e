"""What somebody has typed and not yet sent: kept so that a lost connection loses nothing."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity, Kind
from office import clock

FILES = ("letter", "materials")
"""The fields of the form in which files are chosen."""


def unguessable_path(file: "DraftFile", name: str) -> str:
    """Where a file lies on disk: nothing of its name or its sender shows."""
    token = uuid.uuid4().hex
    return f"drafts/{token[:2]}/{token}"


class RequestDraft(models.Model):
    """A request that is being written, behind a link that needs no cookie.

    Its key is the `submission_token` of the case that it becomes, so that sending twice makes one case. That
    key leads to the sender's secret link: the office, which decides on what is held, knows `held_key` only.
    `held_because` is why a person looks at it before it becomes a case (spam); empty for all others. A held
    complaint that was not taken in is `put_aside_at`, and erased later: it may be about who turned it away.
    """

    token = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(_("jenis"), max_length=12, choices=Kind)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    typed = models.JSONField(_("isian"), default=dict)
    saved_at = models.DateTimeField(_("disimpan"), default=clock.now, db_index=True)
    held_at = models.DateTimeField(_("ditahan"), null=True, db_index=True)
    held_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    held_because = models.CharField(_("alasan ditahan"), max_length=200, blank=True)
    put_aside_at = models.DateTimeField(_("dikesampingkan"), null=True)

    class Meta:
        verbose_name = _("isian sementara")
        verbose_name_plural = _("isian sementara")
        constraints = [
            models.CheckConstraint(name="draft_of_a_known_kind", condition=models.Q(kind__in=[*Kind])),
            models.CheckConstraint(
                name="draft_in_a_known_language",
                condition=models.Q(language__in=[code for code, _name in settings.LANGUAGES]),
            ),
            models.CheckConstraint(
                name="held_draft_says_why",
                condition=models.Q(held_at__isnull=True, held_because="")
                | models.Q(held_at__isnull=False) & ~models.Q(held_because=""),
            ),
            models.CheckConstraint(
                name="only_held_complaints_are_put_aside",
                condition=models.Q(put_aside_at__isnull=True)
                | models.Q(held_at__isnull=False, kind="COMPLAINT"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.token)

    @property
    def identity(self) -> str:
        """Whether the sender asked to stay hidden (`Identity`), as far as anything was chosen."""
        return self.typed.get("identity") or Identity.OPEN

    @property
    def stays_hidden(self) -> bool:
        """Whether nobody may see in the office who sends this before it is a case."""
        return self.identity != Identity.OPEN


class DraftFile(models.Model):
    """One checked file of a draft: which field of the form it was chosen for, and its place there."""

    draft = models.ForeignKey(RequestDraft, models.CASCADE, related_name="files")
    field = models.CharField(max_length=20)
    file = models.FileField(_("berkas"), upload_to=unguessable_path)
    name = models.CharField(_("nama berkas"), max_length=150)
    content_type = models.CharField(_("jenis isi"), max_length=50)
    size = models.PositiveIntegerField(_("ukuran (bita)"))

    class Meta:
        verbose_name = _("berkas sementara")
        verbose_name_plural = _("berkas sementara")
        indexes = [models.Index(fields=["file"], name="draft_file")]
        constraints = [
            models.CheckConstraint(
                name="draft_file_of_a_known_field", condition=models.Q(field__in=[*FILES])
            ),
            models.CheckConstraint(
                name="draft_file_of_an_accepted_type",
                condition=models.Q(content_type__in=["application/pdf", "image/jpeg", "image/png"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def holds(self, content: bytes) -> bool:
        """Whether this is the same file; one that the disk has lost is not."""
        if self.size != len(content):
            return False
        try:
            with self.file.open("rb") as stored:
                return bool(stored.read() == content)
        except FileNotFoundError:
            return False
