"""The officer's forms of step 5: record the preparation, and amend it."""

from collections.abc import Iterator
from typing import Any

from crispy_forms.layout import LayoutObject
from django.forms.models import model_to_dict
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from consultations.forms.long import LongForm, SectionField, section
from consultations.forms.step import TextField, part
from dispositions.models import MEETING, Opinion, StaffReview
from dispositions.queries import current_disposition, current_preparation, current_review, list_opinions
from office.words import with_words_lazy

CHECKLIST = ("administration", "materials", "equipment")


class PrepareForm(LongForm):
    """The checklist, and the staff review if the division head requires one."""

    takes_advice = "materials"

    administration = TextField(
        label=_("Administrasi"),
        rows=3,
        help_text=_("Contoh: daftar hadir, surat undangan."),
        error_messages={"required": _("Tulis administrasi yang sudah disiapkan.")},
    )
    materials = TextField(
        label=_("Bahan"),
        rows=3,
        help_text=with_words_lazy(_("Contoh: peraturan, data %(village)s, bahan tayang.")),
        error_messages={"required": _("Tulis bahan yang sudah disiapkan.")},
    )
    equipment = TextField(
        label=_("Peralatan"), rows=3, required=False, help_text=_("Contoh: ruang rapat, proyektor.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.needs_review:
            self.is_wide = self.has_preview = True
            for name in StaffReview.PARTS:
                column: Any = StaffReview._meta.get_field(name)
                label = column.verbose_name
                self.fields[name] = SectionField(
                    label=capfirst(label),
                    error_messages={"required": _("Isi bagian “%(part)s”.") % {"part": label}},
                )

    @cached_property
    def opinions(self) -> list[Opinion]:
        return list_opinions(self.case)

    @cached_property
    def notice(self) -> str:  # type: ignore[override]
        return " ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        if self.case.needs_review:
            yield str(with_words_lazy(_("%(division_head)s meminta telaahan staf. Isi keenam bagiannya.")))
            disposition = current_disposition(self.case)
            if disposition and MEETING in disposition.instructions and not self.case.meeting_at:
                yield str(with_words_lazy(_("%(head)s meminta forum rapat: pilih “Undang forum rapat”.")))
        if awaited := [opinion.agency for opinion in self.opinions if not opinion.recorded_at]:
            yield str(_("Pendapat yang masih ditunggu: %(agencies)s.") % {"agencies": ", ".join(awaited)})

    def rows(self) -> list[str | LayoutObject]:
        review = part(_("Telaahan staf"), *map(section, StaffReview.PARTS))
        return [*CHECKLIST, review] if self.case.needs_review else [*CHECKLIST]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.case.needs_review:
            data["review"] = {name: data.pop(name, "") for name in StaffReview.PARTS}
        return data


class AmendForm(PrepareForm):
    """The same form, filled with the latest preparation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            return
        preparation, review = current_preparation(self.case), current_review(self.case)
        recorded = model_to_dict(preparation, CHECKLIST) if preparation else {}
        if review:
            recorded |= review.parts
        self.initial = {**recorded, **self.initial}  # what was typed stays
