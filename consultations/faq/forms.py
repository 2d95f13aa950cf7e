"""The form for a frequent question."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from kit.forms import OfficeForm, TextField
from kit.urls import CodeConverter
from office.models import User
from office.words import with_words_lazy

MOST_CASES = 20


class QuestionForm(OfficeForm):
    """Question, answer, and the codes of the closed cases that they are made from."""

    question = forms.CharField(
        label=_("Pertanyaan"),
        max_length=200,
        help_text=_("Seperti warga menanyakannya. Contoh: Bagaimana mengaktifkan lagi BPJS yang nonaktif?"),
        error_messages={"required": _("Tulis pertanyaannya.")},
    )
    answer = TextField(
        label=_("Jawaban"),
        rows=8,
        help_text=with_words_lazy(
            _("Tanpa nama orang, %(village)s, nomor, dan hal lain yang hanya berlaku untuk satu pemohon.")
        ),
        error_messages={"required": _("Tulis jawabannya.")},
    )
    cases = forms.CharField(
        label=_("Dari permohonan"),
        max_length=300,
        help_text=_("Kode lacak permohonan yang sudah selesai, pisahkan dengan spasi. Tidak ditampilkan."),
        error_messages={"required": _("Tulis kode lacak sekurangnya satu permohonan yang sudah selesai.")},
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_cases(self) -> list[Case]:
        typed = self.cleaned_data["cases"].upper()
        codes = list(dict.fromkeys(re.findall(CodeConverter.regex, typed)))[:MOST_CASES]
        cases = list(Case.objects.visible_to(self.by).filter(code__in=codes))
        unknown = [code for code in codes if code not in {case.code for case in cases}]
        if unknown or not codes:
            sentence = _("Tidak ditemukan: %(codes)s. Periksa kode lacaknya.")
            raise ValidationError(sentence % {"codes": ", ".join(unknown) or typed})
        return cases
