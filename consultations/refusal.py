"""The answer to a user whose step cannot be taken now."""


class Refused(Exception):  # noqa: N818 -- a refusal is an answer to the user, not a fault
    """A step cannot be taken now. The message is a sentence that the user can act on.

    `field` is the name of the form field that the message belongs to; empty for the whole step.
    """

    def __init__(self, sentence: object, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
