"""The forms of the survey: questionnaire, paper form, follow-up plan, publication."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from consultations.intake.uploads import CheckedFile, CheckedFileField
from kit.forms import LocalDateField, OfficeForm, TextField
from office.words import with_words_lazy
from reports.surveys.questionnaire import ASKED, ELEMENTS, Element

CHOOSE = _("Pilih salah satu jawaban.")
WRONG_PROFILE = _("Pilih dari daftar ini, atau biarkan kosong.")
NO_ACTION = _("Tulis apa yang diperbaiki.")
NO_RESPONSIBLE = _("Tulis jabatan penanggung jawabnya.")
WRONG_PERCENT = _("Tulis angka 0 sampai 100.")
NO_PICTURE = _("Pilih gambar, bukan PDF.")


class QuestionnaireForm(forms.Form):
    """The questionnaire. Its cleaned data are keyword arguments of `services.answer()`.

    A complaint is answered without a comment.
    """

    def __init__(self, *args: Any, has_comment: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for element in ELEMENTS.values():
            self.fields[element.field] = forms.TypedChoiceField(
                label=str(element.question),
                choices=element.choices,
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
            )
        for name, (label, values) in ASKED.items():
            self.fields[name] = forms.ChoiceField(
                label=str(label),
                choices=[("", _("Tidak diisi")), *values.choices],
                required=False,
                error_messages={"invalid_choice": WRONG_PROFILE},
            )
        if has_comment:
            self.fields["comment"] = TextField(
                label=_("Saran Anda (boleh kosong)"), required=False, rows=3, max_length=1000
            )

    @property
    def questions(self) -> list[tuple[Element, BoundField]]:
        return [(element, self[element.field]) for element in ELEMENTS.values()]

    @property
    def profile(self) -> list[BoundField]:
        return [self[name] for name in ASKED]


class PaperForm(QuestionnaireForm):
    """A paper form. Its cleaned data are keyword arguments of `services.enter_form()`."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class PlanItemForm(OfficeForm):
    """An item of the plan. Its cleaned data are keyword arguments of `services.save_plan_item()`."""

    action = TextField(
        label=_("Tindakan"),
        rows=3,
        max_length=1000,
        help_text=_("Contoh: menambah sepuluh kursi dan dua kipas angin di ruang tunggu."),
        error_messages={"required": NO_ACTION},
    )
    responsible = forms.CharField(
        label=_("Penanggung jawab"),
        max_length=120,
        help_text=with_words_lazy(
            _("Tulis jabatannya, contoh: %(secretary)s. Halaman statistik menampilkannya.")
        ),
        error_messages={"required": NO_RESPONSIBLE},
    )
    due = LocalDateField(label=_("Target selesai"))
    percent = forms.IntegerField(
        label=_("Kemajuan (%)"),
        min_value=0,
        max_value=100,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), WRONG_PERCENT),
    )
    photo = CheckedFileField(
        label=_("Foto hasilnya"),
        required=False,
        help_text=_("JPEG, PNG, atau HEIC, paling besar 5 MB. Jangan memotret wajah pemohon."),
    )
    removes_photo = forms.BooleanField(label=_("Hapus foto yang ada"), required=False)

    def __init__(self, *args: Any, has_photo: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_photo:
            del self.fields["removes_photo"]

    def clean_photo(self) -> CheckedFile | None:
        photo: CheckedFile | None = self.cleaned_data["photo"]
        if photo and not photo.is_picture:
            raise ValidationError(NO_PICTURE)
        return photo


class PublishForm(OfficeForm):
    """Confirms a publication. Its cleaned data are keyword arguments of `services.publish()`."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
