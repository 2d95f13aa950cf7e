"""The form for the official that a registered complaint is about."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.forms.agenda import OfficialField
from consultations.forms.step import StepForm, reason_field


class NameOfficialForm(StepForm):
    """The official, and how Tim PKD learnt it."""

    complained_about = OfficialField()
    reason = reason_field(_("Tulis dari mana hal ini diketahui."))
    notice = _(
        "Sejak dicatat, pejabat ini tidak dapat melihat pengaduan dan tidak diberi tahu. Alasan di bawah "
        "terbaca oleh yang menangani pengaduan."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("complained_about", self.case.complained_about_id)
        about = self.fields["complained_about"]
        about.offer(  # type: ignore[attr-defined]
            _("Menurut pelapor: %(party)s.") % {"party": self.case.complained_party or "-"}
        )
