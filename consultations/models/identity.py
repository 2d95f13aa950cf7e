"""Who the applicant is: hidden identities, reveals, corrections, and users who got the secret link."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.encryption import EncryptedField, EncryptedJSONField, EncryptedPhoneField
from kit.records import constraint
from office.models.people import user_field
from office.words import with_words_lazy


class HiddenIdentity(models.Model):
    """Name and contact of a complainant who asked to stay hidden (rahasia; PermenPANRB 62/2018).

    The case itself does not contain them, so no list, document or search can show them by mistake. They are
    stored encrypted (docs/adr/0040-encryption-at-rest.md).
    """

    encrypted_for = ("case_id",)

    case = models.OneToOneField(
        "Case", models.PROTECT, verbose_name=_("pengaduan"), related_name="hidden_identity"
    )
    name = EncryptedField(_("nama"))
    applicant_position = EncryptedField(_("jabatan"), blank=True)
    organisation = EncryptedField(with_words_lazy(_("lembaga atau %(village)s")), blank=True)
    address = EncryptedField(_("alamat"), blank=True)
    phone = EncryptedPhoneField(_("no. kontak / WhatsApp"), blank=True)
    email = EncryptedField(_("surel"), blank=True)
    filled_by = EncryptedField(_("diisikan oleh"), blank=True)
    filled_as = EncryptedField(_("hubungan pengisi dengan pemohon"), blank=True)
    letter_number = EncryptedField(_("nomor surat"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("identitas yang dirahasiakan")
        constraints = [
            constraint(
                "hidden_identity_is_known", ~Q(name="") & (~Q(phone="") | ~Q(email="") | ~Q(address=""))
            )
        ]

    def __str__(self) -> str:
        return str(self.case_id)


class DataCorrection(models.Model):
    """One correction of a request by the staff (Perbaikan Data): the columns, with old and new values.

    `content` is encrypted. `sha256` is that of its JSON, which has a salt, so that nobody guesses a number.
    """

    encrypted_for = ("case_id",)

    case = models.ForeignKey(
        "Case", models.PROTECT, verbose_name=_("permohonan"), related_name="data_corrections"
    )
    corrected = models.CharField(_("yang diperbaiki"), max_length=100)
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("waktu"), default=clock.now)
    content = EncryptedJSONField(_("sebelum dan sesudah"), blank=True)
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("perbaikan data")
        constraints = [constraint("correction_says_what_and_by_whom", ~Q(corrected="") & ~Q(title=""))]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.corrected}"


class IdentityReveal(models.Model):
    """One reveal of a hidden identity: reader, title, time and reason."""

    not_recorded = True  # the audit log has an entry of it

    case = models.ForeignKey(
        "Case", models.PROTECT, verbose_name=_("pengaduan"), related_name="identity_reveals"
    )
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("waktu"), default=clock.now)
    reason = models.CharField(_("keperluan"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("pembukaan identitas")
        constraints = [constraint("reveal_says_why", ~models.Q(reason="") & ~models.Q(title=""))]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.by_id}"


class LinkAccess(models.Model):
    """One access of a user to the secret link of a case: reader, title, time and place.

    With the link, anybody can act as the applicant.
    """

    not_recorded = True  # a log of its own

    class Place(models.TextChoices):
        RECEIPT = "RECEIPT", _("Tanda Terima")
        MESSAGE = "MESSAGE", _("Pesan WhatsApp untuk pemohon")
        PAGE = "PAGE", _("Halaman pemohon")

    case = models.ForeignKey(
        "Case", models.PROTECT, verbose_name=_("permohonan"), related_name="link_accesses"
    )
    by = user_field(_("oleh"))
    title = models.CharField(
        _("selaku"), max_length=210, blank=True, help_text=_("Kosong: tidak memegang jabatan")
    )
    at = models.DateTimeField(_("waktu"), default=clock.now)
    place = models.CharField(_("lewat"), max_length=10, choices=Place)

    class Meta:
        verbose_name = verbose_name_plural = _("pembukaan tautan pemohon")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.by_id}"
