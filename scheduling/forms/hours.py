"""Validation of a time against the working hours of the office."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from office import clock
from office.words import with_words
from office.worktime import WorkingTime


def check_hours(moment: dt.datetime, minutes: int) -> None:
    """Raise ValidationError, with the hours, if a time of `minutes` does not fit into one working span.

    An office that has entered no hours is always open.
    """
    working = WorkingTime.load()
    if working.hours and not working.includes(moment, moment + dt.timedelta(minutes=minutes)):
        raise ValidationError(with_hours(_("Kantor tidak melayani pada waktu ini."), moment, minutes))


def with_hours(sentence: Promise, after: dt.datetime, minutes: int) -> str:
    """Return the sentence, the working hours, and the next moment from `after` on that `minutes` fit into."""
    working, sentences = WorkingTime.load(), [str(sentence)]
    if working.hours:
        sentences.append(with_words(_("Jam layanan: %(hours)s %(zone)s."), hours=working.sentence()))
    if proposal := working.first_fit(after, minutes):
        sentences.append(_("Waktu layanan terdekat: %(moment)s.") % {"moment": clock.format_moment(proposal)})
    return " ".join(sentences)
