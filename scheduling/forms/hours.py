"""The office's working hours, as a form holds a time to them and tells them."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from office.worktime import WorkingTime


def check_hours(moment: dt.datetime, minutes: int) -> None:
    """Hold a time of `minutes` to one working span of the office.

    Raises ValidationError that says the hours. An office that has entered no hours is held to be always open.
    """
    working = WorkingTime.load()
    if working.hours and not working.includes(moment, moment + dt.timedelta(minutes=minutes)):
        raise ValidationError(with_hours(_("Kantor tidak melayani pada waktu ini."), moment, minutes))


def with_hours(sentence: Promise, after: dt.datetime, minutes: int) -> str:
    """A sentence, then the hours and the next moment from `after` on at which `minutes` fit into them."""
    working, sentences = WorkingTime.load(), [str(sentence)]
    if working.hours:
        sentences.append(_("Jam layanan: %(hours)s WIB.") % {"hours": working.sentence()})
    if proposal := working.first_fit(after, minutes):
        sentences.append(
            _("Waktu layanan terdekat: %(moment)s.")
            % {"moment": f"{date_format(proposal, 'l')}, {date_format(proposal, 'DATETIME_FORMAT')}"}
        )
    return " ".join(sentences)
