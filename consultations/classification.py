"""The field for a classification code (Permendagri 83/2022), the codes it offers and the one it proposes."""

import re
from collections import Counter
from itertools import islice
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms import Script
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from consultations.models import Case
from office.models import Office
from office.models.codes import CODE, MAX_SHOWN, Listed, find_choices, list_codes

RECENT = 200
"""Newest cases whose codes are the usual ones."""

MAX_TYPED = 300
MAX_OFFERED = 12
"""Codes that a text may mean, shown to choose from."""


def list_usual_codes() -> list[Listed]:
    """Return the codes that the field offers first: those of the newest cases, the most frequent first."""
    newest = Case.objects.filter(is_independent=False).order_by("-pk")
    used = Counter(newest.values_list("classification", flat=True)[:RECENT])
    choices = {row.code: row for row in find_choices("")}
    usual = [choices.pop(code) for code, _number in used.most_common() if code in choices]
    return [*islice((*usual, *choices.values()), MAX_SHOWN)]


def read_code(text: str) -> tuple[str, list[Listed]]:
    """Return the code that a text means. If it means none, it is empty, and the codes that may fit follow."""
    code = text.partition(" ")[0]
    if not text or code in list_codes():
        return code, []
    if re.match(CODE, text):
        return text, []
    found = find_choices(text)
    if len(found) == 1 and found[0].contains(text.casefold().split()):
        return found[0].code, []
    return "", found


class CodeInput(forms.TextInput):
    """A box that offers the codes that fit while somebody types.

    Sent with words that fit several codes, it shows these as radio buttons of the same name. The browser
    sends a chosen one after the box. The last value counts.
    """

    class Media:
        js = [Script("js/codes.js", defer=True)]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, value, {"data-codes": reverse("codes"), **(attrs or {})})

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        box = super().render(name, value, attrs, renderer)
        _code, fitting = read_code(str(value or "")[:MAX_TYPED])
        if not fitting:
            return box
        context = {"name": name, "rows": fitting[:MAX_OFFERED]}
        return box + render_to_string("consultations/code_choice.html", context)


class ClassificationField(forms.CharField):
    """A classification code (Permendagri 83/2022), typed or chosen with its title.

    Without JavaScript too, words of the title find the code. If they fit several, these are offered.
    """

    default_validators = [MaxLengthValidator(20)]
    SUGGESTIONS = HTML("{% include 'consultations/classifications.html' %}")

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": "classifications", "autocomplete": "off", "maxlength": MAX_TYPED}
        super().__init__(
            label=_("Kode klasifikasi"),
            widget=CodeInput(attrs=attrs),
            error_messages={"required": _("Pilih kode klasifikasi dari daftar, atau tulis kodenya.")},
            help_text=lazy(_get_help, str)(),
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        """Show a code of the list with its title."""
        row = list_codes().get(value)
        return row.title if row else value

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "")[:MAX_TYPED]
        code, fitting = read_code(text)
        if code or not text:
            return code
        if len(fitting) > MAX_OFFERED:
            sentence = _("%(n)d kode cocok. Pilih satu di bawah kotak ini, atau tulis lebih lengkap.")
            raise ValidationError(sentence % {"n": len(fitting)})
        if fitting:
            raise ValidationError(_("Beberapa kode mungkin cocok. Pilih satu di bawah kotak ini."))
        raise ValidationError(
            _("Tidak ada kode yang cocok. Tulis kodenya, atau kata dari uraiannya. Contoh: %(code)s.")
            % {"code": _get_example()}
        )


def _get_help() -> str:
    """Return the sentence below the field, with a code that it takes and the way to all codes."""
    sentence = gettext("Ketik kode atau kata dari uraiannya, lalu pilih. Contoh: %(code)s.")
    link = '{} <a href="{}" target="_blank" rel="noopener">{}</a>'
    said = sentence % {"code": _get_example()}
    return format_html(link, said, reverse("codes"), gettext("Lihat semua kode"))


def _get_example() -> str:
    usual = Office.load().report_classification
    own, every = find_choices(f"{usual}."), find_choices("")
    return (own or every)[0].title if own or every else usual


def propose_code() -> str:
    """Return the office's usual code, unless its list has deeper ones to choose from."""
    code, listed = Office.load().report_classification, list_codes()
    return "" if code in listed and listed[code].has_deeper else code
