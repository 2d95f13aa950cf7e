"""Form field for one section of the report, with the remarks of reviewers."""

from typing import Any

from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.forms.long import SectionField
from reports.models import Remark
from reports.sections import label_of

ONE_A_LINE = _("Satu butir satu baris.")
REQUIRED: dict[str, Promise] = {
    "activities": _("Tulis kegiatan yang dilaksanakan."),
    "results": _("Tulis hasil yang dicapai."),
}


class BoundSection(BoundField):
    """A section on the page. Its form has the `remarks` on the version before."""

    @property
    def remarks(self) -> list[Remark]:
        form: Any = self.form
        return [remark for remark in form.remarks if remark.section == self.name]


class ReportSectionField(SectionField):
    """A section of the report that is a text."""

    bound_field_class = BoundSection

    def __init__(self, name: str) -> None:
        sentence = REQUIRED.get(name)
        super().__init__(
            label=label_of(name),
            required=sentence is not None,
            help_text=ONE_A_LINE if name in ("basis", "conclusion") else "",
            error_messages={"required": sentence} if sentence else {},
        )
