"""The switch of the Sekretaris (`Office.has_secretary`): the states of the office, and their targets."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.enums import OF_SECRETARY, State
from consultations.models import Case, StateTarget
from office.models import Appointment, Office, Role
from office.signals import profile_checked
from office.words import with_words

USUAL_HOURS = 8
"""Working hours for each step of the Sekretaris, until the office sets its own."""


def list_states(office: Office) -> list[State]:
    """Return the states that cases of the office can have."""
    return [state for state in State if office.has_secretary or state not in OF_SECRETARY]


@receiver(profile_checked)
def check_switch(sender: type[Office], office: Office, **more: Any) -> None:
    """Refuse to switch the Sekretaris off while cases wait there, and on while nobody holds the position."""
    waiting = Case.objects.filter(state__in=OF_SECRETARY).count()
    if not office.has_secretary and waiting:
        sentence = ngettext(
            "%(n)d permohonan masih menunggu %(secretary)s. Selesaikan dahulu, lalu matikan paraf ini.",
            "%(n)d permohonan masih menunggu %(secretary)s. Selesaikan dahulu, lalu matikan paraf ini.",
            waiting,
        )
        raise ValidationError({"has_secretary": with_words(sentence, n=waiting)})
    is_switched_on = office.has_secretary and not Office.load().has_secretary
    if is_switched_on and not Appointment.objects.current().filter(position__role=Role.SECRETARY):
        sentence = with_words(_("Belum ada pemangku jabatan dengan peran %(secretary)s. Tambahkan dahulu."))
        raise ValidationError({"has_secretary": sentence})


@receiver(post_save, sender=Office)
def keep_targets(sender: type[Office], instance: Office, **more: Any) -> None:
    """Let an office with a Sekretaris have targets for these steps, and no other office."""
    if not instance.has_secretary:
        StateTarget.objects.filter(state__in=OF_SECRETARY).delete()
        return
    for state in OF_SECRETARY:
        StateTarget.objects.get_or_create(state=state, defaults={"hours": USUAL_HOURS})
