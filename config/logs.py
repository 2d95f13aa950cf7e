"""What goes into the log: never a secret link, which is as good as its holder's identity card."""

import logging
import re

SECRET_PART = re.compile(r"(?<=/)[\w-]{24,}(?=[/?\s]|$)")
"""A part of an address that nobody can guess: the link to a case, a draft, a paper, a new password."""


class WithoutSecrets(logging.Filter):
    """Lets every record pass, without the unguessable parts of the addresses in its message."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = SECRET_PART.sub("…", record.getMessage()), ()
        return True
