"""URL converters for cases. Other forms of code or secret answer 404 without a database query."""

from django.urls.converters import StringConverter


class CodeConverter(StringConverter):
    """A tracking code (kode lacak), e.g. `7K3M-9Q2X`."""

    regex = "[0-9A-Z]{4}-[0-9A-Z]{4}"


class SecretConverter(StringConverter):
    """The secret of an applicant's link."""

    regex = "[0-9A-Za-z_-]{32}"
