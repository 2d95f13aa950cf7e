"""What happened to each case of the demo: the verbs of the standard, one after the other."""

from dataclasses import dataclass

from consultations.enums import Channel

DAY = 8
"""Working hours, nearly: a unit to tell how long ago something was."""


@dataclass(frozen=True)
class Plot:
    """One case: the steps taken, and how many working hours ago the last of them was.

    `survey` and `follow_up` are no steps of the standard: the applicant answers the survey, and what the
    report recommended is recorded as done.
    `also` names what else there is to it: `complaint`, `official` (a complaint about one of the office),
    `counter` (came to the secretariat), `companion`, `review`, `copies`, `deadline`, `confidential`,
    `file`, `overrun`, `entered_late`, `late_answer` (another agency lets its day pass).
    """

    ago: float
    steps: str
    also: str = ""

    @property
    def verbs(self) -> tuple[str, ...]:
        return tuple(self.steps.split())

    @property
    def is_complaint(self) -> bool:
        return "complaint" in self.also

    @property
    def channel(self) -> str:
        if self.verbs[0] == "receive":
            return Channel.COUNTER if "counter" in self.also else Channel.LETTER
        return Channel.WALK_IN if self.verbs[0] == "walk_in" else Channel.ONLINE


TO_AGENDA = "submit register"
TO_OFFICER = f"{TO_AGENDA} dispose assign"
TO_SESSION = f"{TO_OFFICER} prepare schedule"
TO_REPORT = f"{TO_SESSION} start finish report"
TO_END = f"{TO_REPORT} forward accept"
TO_ANSWER = f"{TO_END} survey"
TO_DONE = f"{TO_ANSWER} follow_up"
SERVED_AT_ONCE = "walk_in start finish report forward accept"


def with_opinion(steps: str) -> str:
    """The same steps, with another agency that was asked and has answered before the preparation ended."""
    return steps.replace("prepare", "ask_opinion record_opinion prepare", 1)


def by_letter(steps: str) -> str:
    """The same steps for a case that the secretariat took in."""
    return steps.replace("submit", "receive", 1)


CLOSED = (
    Plot(115 * DAY, TO_DONE, "companion copies"),
    Plot(110 * DAY, by_letter(TO_DONE), "deadline file"),
    Plot(104 * DAY, f"{SERVED_AT_ONCE} survey follow_up"),
    Plot(101 * DAY, by_letter(TO_DONE), "counter overrun"),
    Plot(96 * DAY, TO_DONE.replace("submit", "submit send_back complete"), "file companion"),
    Plot(90 * DAY, TO_DONE, "complaint deadline"),
    Plot(
        86 * DAY,
        by_letter(with_opinion(TO_DONE)).replace("dispose", "dispose hand_back dispose"),
        "review companion copies file",
    ),
    Plot(80 * DAY, "walk_in ratify start finish report forward accept survey follow_up", "overrun"),
    Plot(77 * DAY, TO_DONE.replace("register", "register void register")),
    Plot(71 * DAY, by_letter(TO_DONE), "entered_late deadline"),
    Plot(66 * DAY, TO_DONE.replace("assign", "assign reassign"), "companion"),
    Plot(61 * DAY, TO_DONE.replace("schedule", "schedule no_show schedule")),
    Plot(57 * DAY, by_letter(TO_DONE), "complaint official confidential file"),
    Plot(
        52 * DAY,
        with_opinion(TO_DONE.replace("schedule", "schedule reschedule")).replace(
            "report", "report revise report"
        ),
        "review copies",
    ),
    Plot(48 * DAY, f"{SERVED_AT_ONCE} survey", "entered_late"),
    Plot(44 * DAY, by_letter(f"{TO_END} correct report forward accept"), "companion overrun file"),
    Plot(40 * DAY, TO_ANSWER.replace("forward", "forward return forward"), "deadline"),
    Plot(37 * DAY, TO_ANSWER.replace("schedule", "schedule ask_time reschedule")),
    Plot(35 * DAY, TO_ANSWER, "overrun"),
    Plot(31 * DAY, by_letter(TO_ANSWER).replace("receive", "receive send_back complete"), "counter"),
    Plot(27 * DAY, TO_ANSWER, "complaint copies"),
    Plot(22 * DAY, by_letter(with_opinion(TO_ANSWER)), "review companion deadline file"),
    Plot(17 * DAY, "walk_in start finish report revise report forward accept survey"),
    Plot(12 * DAY, TO_ANSWER, "companion"),
    Plot(7 * DAY, by_letter(TO_END), "deadline"),
    Plot(3 * DAY, TO_END, "overrun"),
    Plot(5, by_letter(TO_END), "counter"),
)

ENDED_EARLY = (
    Plot(92 * DAY, "submit register decline"),
    Plot(63 * DAY, by_letter("submit register decline"), "file"),
    Plot(20 * DAY, "submit register void register decline", "complaint"),
    Plot(99 * DAY, "submit withdraw"),
    Plot(74 * DAY, f"{TO_AGENDA} withdraw", "complaint"),
    Plot(38 * DAY, f"{TO_OFFICER} withdraw", "companion"),
    Plot(9 * DAY, f"{TO_SESSION} withdraw", "deadline"),
    Plot(26 * DAY, "submit send_back lapse"),
    Plot(6, "submit send_back withdraw"),
)

OPEN = (
    Plot(1, "submit", "file"),
    Plot(3, "submit", "complaint"),
    Plot(2, "receive", "file"),
    Plot(13, "receive", "counter"),
    Plot(4, "submit register void"),
    Plot(6, "submit send_back"),
    Plot(30, "submit send_back", "complaint"),
    Plot(2, TO_AGENDA),
    Plot(5, by_letter(TO_AGENDA), "file"),
    Plot(19, f"{TO_AGENDA} name_official", "complaint confidential"),
    Plot(4, "submit register dispose hand_back"),
    Plot(2, "submit register dispose", "deadline copies"),
    Plot(22, by_letter("submit register dispose"), "deadline file"),
    Plot(3, "submit register dispose hand_back dispose", "copies"),
    Plot(5, TO_OFFICER, "companion deadline"),
    Plot(26, by_letter(TO_OFFICER), "complaint official file"),
    Plot(6, f"{TO_OFFICER} reassign", "review"),
    Plot(9 * DAY, f"{TO_OFFICER} ask_opinion ask_opinion", "review late_answer"),
    Plot(5, f"{TO_OFFICER} ask_opinion record_opinion ask_opinion", "review companion"),
    Plot(0.4, "walk_in"),
    Plot(3, f"{TO_OFFICER} prepare", "companion"),
    Plot(5 * DAY, f"{TO_SESSION} no_show ask_opinion", "late_answer"),
    Plot(5, TO_SESSION, "companion copies"),
    Plot(9, by_letter(TO_SESSION), "file"),
    Plot(4, f"{TO_SESSION} reschedule"),
    Plot(2, f"{TO_SESSION} ask_time"),
    Plot(1, f"{TO_SESSION} ask_time keep_time"),
    Plot(11, TO_SESSION, "complaint"),
    Plot(8, f"{TO_SESSION} reassign", "review deadline"),
    Plot(0.2, TO_SESSION + " start"),
    Plot(0.1, "walk_in start"),
    Plot(4, f"{TO_SESSION} start finish", "overrun"),
    Plot(34, by_letter(f"{TO_SESSION} start finish"), "companion deadline file"),
    Plot(2, "walk_in start finish"),
    Plot(3, f"{TO_REPORT} revise", "copies"),
    Plot(2, f"{TO_END} correct", "deadline"),
    Plot(5, TO_REPORT, "companion"),
    Plot(24, by_letter(TO_REPORT), "complaint file"),
    Plot(4, f"{TO_REPORT} forward return"),
    Plot(2, f"{TO_REPORT} forward"),
    Plot(21, by_letter(f"{TO_REPORT} forward"), "review companion file"),
    Plot(6, "walk_in start finish report forward"),
)

PLOTS = CLOSED + ENDED_EARLY + OPEN
