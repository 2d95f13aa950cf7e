"""Reasons why a message was not sent. The text of each is a sentence for staff."""

from kit.outbox import NotSent as NotSent


class NotNeeded(NotSent):
    """The notice was read or superseded. The message is cancelled."""


class Unreachable(NotSent):
    """No message can be sent on this channel now. The channel pauses; this counts as no attempt."""


class Delayed(NotSent):
    """The message was refused for now. It is tried again."""


class NoAnswer(Delayed):
    """The connection broke during the transfer, so the message may have been sent. The channel pauses."""


class Rejected(NotSent):
    """The message was refused for good. Staff must handle it."""
