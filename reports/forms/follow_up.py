"""Form for the outcome of a recommendation."""

from django.utils.translation import gettext_lazy as _

from consultations.forms.step import OfficeForm, TextField


class FollowUpForm(OfficeForm):
    outcome = TextField(
        label=_("Hasil tindak lanjut"),
        help_text=_("Contoh: data sudah diperbarui pada 12 November dan dilaporkan kepada pendamping."),
        error_messages={"required": _("Tulis apa yang sudah dilakukan dan hasilnya.")},
    )
