"""How sending a message can end, other than well. Each carries a sentence that staff can read."""


class NotSent(Exception):  # noqa: N818 -- an outcome, not a fault
    """A message did not go out. Which kind of "not" it is decides what happens next."""


class Needless(NotSent):
    """It need not go out any more."""


class Delayed(NotSent):
    """It was not handed over: trying later is right."""


class Unreachable(Delayed):
    """No message can take this way now, whoever it is for; it does not count as a try."""


class Rejected(NotSent):
    """It was refused for good: a person must look."""


class Uncertain(NotSent):
    """It was handed over, but no answer came back: whether it arrived is not known."""
