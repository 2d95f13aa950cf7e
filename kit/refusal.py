"""The exception for an act of a user that is not possible now."""


class Refused(Exception):  # noqa: N818 -- a refusal is an answer to the user, not a fault
    """An act is not possible now. The message is a sentence that the user can act on.

    `field` is the name of the form field that the message belongs to; empty for the whole form.
    """

    def __init__(self, sentence: object, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
