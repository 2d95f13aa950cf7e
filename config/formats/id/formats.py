"""Dates and times as Indonesian offices write them: `24 November 2026`, `09.30`."""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H.i"
DATETIME_FORMAT = r"j F Y, H.i \W\I\B"
SHORT_DATETIME_FORMAT = r"j M Y, H.i \W\I\B"
