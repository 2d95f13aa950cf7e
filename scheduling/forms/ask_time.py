"""The form of step 6 for the applicant, who asks for another time."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.forms.step import StepForm, reason_field
from office.words import with_words_lazy
from scheduling.forms.visit_time import VisitTimeField, offer_times
from scheduling.queries import current_session


class AskTimeForm(StepForm):
    """The applicant's request for another time, and why (Permintaan Waktu Lain)."""

    notice = _("Jadwal Anda tetap berlaku sampai petugas menjawab.")
    starts_at = VisitTimeField(
        label=_("Waktu yang Anda inginkan"),
        error_messages={"required": _("Pilih waktu yang Anda inginkan.")},
    )
    reason = reason_field(
        with_words_lazy(_("Tulis mengapa jadwalnya tidak cocok, contoh: ada musyawarah %(village)s."))
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = current_session(self.case)
        offer_times(self, "starts_at", self.case, excluding=session.starts_at if session else None)
