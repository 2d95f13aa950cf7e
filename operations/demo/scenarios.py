"""Scenarios of the demo: the verbs of the standard that each case goes through."""

from dataclasses import dataclass

from consultations.enums import Channel

DAY = 8
"""Working hours of a day, rounded."""


@dataclass(frozen=True)
class Scenario:
    """The steps of one case, and how many working hours ago the last of them was taken.

    Two verbs are no steps of the standard: `survey` answers the survey, and `follow_up` records a
    recommendation as done.

    Options are `complaint`, `companion`, `review`, `copies`, `deadline`, `confidential`, `anonymous`, `file`,
    `overrun`, `entered_late` and these. `official`: the complaint is about an officer. `counter`: the request
    is received at the secretariat. `from_lapor` and the like: it comes by this channel. `by_post`: the letter
    has no telephone number. `phone`: the consultation is held by telephone. `late_answer`: another agency
    misses its due date.
    """

    hours_ago: float
    steps: str
    options: str = ""

    @property
    def verbs(self) -> tuple[str, ...]:
        return tuple(self.steps.split())

    @property
    def is_complaint(self) -> bool:
        return "complaint" in self.options

    @property
    def channel(self) -> str:
        if self.verbs[0] == "receive":
            named = (channel for channel in Channel if f"from_{channel.lower()}" in self.options.split())
            return next(named, Channel.COUNTER if "counter" in self.options else Channel.LETTER)
        return Channel.WALK_IN if self.verbs[0] == "walk_in" else Channel.ONLINE


TO_AGENDA = "submit register"
TO_OFFICER = f"{TO_AGENDA} dispose assign"
TO_SESSION = f"{TO_OFFICER} prepare schedule"
TO_REPORT = f"{TO_SESSION} start finish report"
TO_END = f"{TO_REPORT} forward accept"
IN_WRITING = f"{TO_OFFICER} prepare answer report forward accept"
TO_ANSWER = f"{TO_END} survey"
TO_DONE = f"{TO_ANSWER} follow_up"
SERVED_AT_ONCE = "walk_in start finish report forward accept"


OPINION = "assign ask_opinion record_opinion"
MEETING = "record_opinion call_meeting record_minutes"
PICTURES = "finish record_attendance"


def with_steps(steps: str, *parts: str) -> str:
    """Add steps: replace the first verb of each part by the whole part."""
    for part in parts:
        steps = steps.replace(part.split()[0], part, 1)
    return steps


def by_letter(steps: str) -> str:
    """Let the secretariat receive the request instead."""
    return steps.replace("submit", "receive", 1)


CLOSED = (
    Scenario(115 * DAY, with_steps(TO_DONE, PICTURES), "companion copies"),
    Scenario(110 * DAY, by_letter(TO_DONE), "deadline file"),
    Scenario(104 * DAY, f"{SERVED_AT_ONCE} survey follow_up"),
    Scenario(101 * DAY, by_letter(TO_DONE), "counter overrun"),
    Scenario(96 * DAY, with_steps(TO_DONE, "submit send_back complete"), "file companion"),
    Scenario(90 * DAY, TO_DONE, "complaint deadline"),
    Scenario(
        86 * DAY,
        by_letter(with_steps(TO_DONE, OPINION, MEETING, "dispose hand_back dispose")),
        "review companion copies file",
    ),
    Scenario(80 * DAY, "walk_in ratify start finish report forward accept survey follow_up", "overrun"),
    Scenario(77 * DAY, with_steps(TO_DONE, "register void register")),
    Scenario(71 * DAY, by_letter(TO_DONE), "entered_late deadline"),
    Scenario(66 * DAY, with_steps(TO_DONE, "assign reassign"), "companion"),
    Scenario(61 * DAY, with_steps(TO_DONE, "schedule no_show schedule")),
    Scenario(57 * DAY, by_letter(TO_DONE), "complaint official confidential file"),
    Scenario(
        52 * DAY,
        with_steps(TO_DONE, OPINION, "schedule reschedule", "report revise report"),
        "review copies",
    ),
    Scenario(48 * DAY, f"{SERVED_AT_ONCE} survey", "entered_late"),
    Scenario(44 * DAY, by_letter(f"{TO_END} correct report forward accept"), "companion overrun file"),
    Scenario(40 * DAY, with_steps(TO_ANSWER, "forward return forward"), "deadline"),
    Scenario(37 * DAY, with_steps(TO_ANSWER, "schedule ask_time reschedule")),
    Scenario(35 * DAY, TO_ANSWER, "overrun"),
    Scenario(31 * DAY, by_letter(TO_ANSWER).replace("receive", "receive send_back complete"), "counter"),
    Scenario(27 * DAY, TO_ANSWER, "complaint copies"),
    Scenario(22 * DAY, by_letter(with_steps(TO_ANSWER, OPINION)), "review companion deadline file"),
    Scenario(17 * DAY, "walk_in start finish report revise report forward accept survey"),
    Scenario(12 * DAY, f"{with_steps(TO_ANSWER, PICTURES)} ask_again answer_again", "companion"),
    Scenario(7 * DAY, by_letter(TO_END), "deadline"),
    Scenario(3 * DAY, f"{TO_END} ask_again", "overrun"),
    Scenario(5, by_letter(TO_END), "counter"),
)

ENDED_EARLY = (
    Scenario(92 * DAY, "submit register decline"),
    Scenario(63 * DAY, by_letter("submit register decline"), "file"),
    Scenario(20 * DAY, "submit register void register decline", "complaint"),
    Scenario(30 * DAY, "submit register decline complain"),
    Scenario(2 * DAY, "submit register decline"),
    Scenario(99 * DAY, "submit withdraw"),
    Scenario(74 * DAY, f"{TO_AGENDA} withdraw", "complaint"),
    Scenario(38 * DAY, f"{TO_OFFICER} withdraw_for", "companion"),
    Scenario(9 * DAY, f"{TO_SESSION} withdraw", "deadline"),
    Scenario(26 * DAY, "submit send_back lapse"),
    Scenario(6, "submit send_back withdraw"),
)

OPEN = (
    Scenario(1, "submit", "file"),
    Scenario(3, "submit", "complaint"),
    Scenario(2, "receive", "file"),
    Scenario(13, "receive", "counter"),
    Scenario(4, "submit register void"),
    Scenario(6, "submit send_back"),
    Scenario(30, "submit send_back", "complaint"),
    Scenario(3, "submit to_complaint"),
    Scenario(5, "submit to_consultation register", "complaint"),
    Scenario(6, "submit register split", "file"),
    Scenario(3, "submit merge"),
    Scenario(2, TO_AGENDA),
    Scenario(5, f"{by_letter(TO_AGENDA)} renew_link", "file"),
    Scenario(19, f"{TO_AGENDA} name_official", "complaint confidential"),
    Scenario(4, "submit register dispose hand_back"),
    Scenario(2, "submit register dispose", "deadline copies"),
    Scenario(22, by_letter("submit register dispose"), "deadline file"),
    Scenario(3, "submit register dispose recall dispose", "copies"),
    Scenario(5, f"{TO_OFFICER} take_back assign", "companion deadline"),
    Scenario(26, by_letter(TO_OFFICER), "complaint official file"),
    Scenario(6, f"{TO_OFFICER} reassign", "review"),
    Scenario(9 * DAY, f"{TO_OFFICER} ask_opinion ask_opinion remind_agency", "review late_answer"),
    Scenario(5, f"{TO_OFFICER} ask_opinion record_opinion ask_opinion", "review companion"),
    Scenario(0.4, "walk_in"),
    Scenario(3, f"{TO_OFFICER} prepare", "companion"),
    Scenario(5 * DAY, f"{TO_SESSION} no_show ask_opinion", "late_answer"),
    Scenario(5, TO_SESSION, "companion copies"),
    Scenario(9, by_letter(TO_SESSION), "file"),
    Scenario(4, f"{TO_SESSION} reschedule"),
    Scenario(2, f"{TO_SESSION} ask_time"),
    Scenario(1, f"{TO_SESSION} ask_time keep_time"),
    Scenario(11, TO_SESSION, "complaint"),
    Scenario(
        8, f"{TO_OFFICER} ask_opinion prepare schedule record_opinion amend reassign", "review deadline"
    ),
    Scenario(0.2, TO_SESSION + " start"),
    Scenario(0.1, "walk_in start"),
    Scenario(4, f"{TO_SESSION} start {PICTURES}", "overrun"),
    Scenario(34, by_letter(f"{TO_SESSION} start finish"), "companion deadline file"),
    Scenario(2, "walk_in start finish"),
    Scenario(3, f"{TO_REPORT} revise", "copies"),
    Scenario(2, f"{TO_END} correct", "deadline"),
    Scenario(5, TO_REPORT, "companion"),
    Scenario(24, by_letter(TO_REPORT), "complaint file"),
    Scenario(4, f"{TO_REPORT} forward return"),
    Scenario(2, f"{TO_REPORT} forward"),
    Scenario(21, by_letter(f"{TO_REPORT} forward"), "review companion file"),
    Scenario(6, "walk_in start finish report forward"),
    Scenario(3, f"{TO_OFFICER} call_meeting", "review deadline"),
)

WITHOUT_VISIT = (
    Scenario(6 * DAY, with_steps(TO_ANSWER, "start undo_start start"), "phone"),
    Scenario(4 * DAY, IN_WRITING, "complaint anonymous"),
    Scenario(3, TO_SESSION, "phone"),
    Scenario(2, f"{TO_OFFICER} prepare answer", "complaint anonymous"),
    Scenario(1, f"{TO_OFFICER} prepare", "complaint anonymous"),
)

BY_WORD = f"{TO_AGENDA} dispose_for ratify assign_for ratify_assignment"
RELAYED = (
    Scenario(15 * DAY, TO_ANSWER.replace("dispose assign", "dispose_for ratify assign"), "paper"),
    Scenario(6, f"{TO_AGENDA} dispose_for refuse_disposition dispose assign_for refuse_assignment assign"),
    Scenario(4, f"{BY_WORD} prepare"),
    Scenario(1, f"{TO_AGENDA} dispose_for"),
    Scenario(2, f"{TO_AGENDA} dispose assign_for"),
)
"""Dispositions and assignments by telephone, by word and on paper. Two of them wait."""

BY_OTHER_CHANNELS = (
    Scenario(12, by_letter(TO_AGENDA), "from_phone"),
    Scenario(3, "receive", "from_whatsapp"),
    Scenario(9, by_letter("submit register dispose"), "from_email"),
    Scenario(16, by_letter(TO_AGENDA), "from_box complaint"),
    Scenario(20, by_letter(TO_OFFICER), "from_lapor complaint"),
    Scenario(7, f"{by_letter(TO_AGENDA)} correct_data", "from_forward"),
    Scenario(5, "receive send_back", "by_post"),
    Scenario(10, by_letter(TO_END), "by_post file"),
)
"""Requests that came in neither online nor at the counter, and letters that are answered by post."""

SCENARIOS = CLOSED + ENDED_EARLY + OPEN + WITHOUT_VISIT + RELAYED + BY_OTHER_CHANNELS
