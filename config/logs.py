"""Log filter that removes secret links. With such a link, anybody can act as the applicant."""

import logging
import re

SECRET_PART = re.compile(r"(?<=/)[\w-]{24,}(?=[/?\s]|$)")
"""An unguessable part of a URL: of a case, a draft, a document, a password reset."""


class WithoutSecrets(logging.Filter):
    """Replace the unguessable parts of URLs in a message by `…`. No record is dropped."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = SECRET_PART.sub("…", record.getMessage()), ()
        return True
