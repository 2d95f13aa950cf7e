"""Generates the cases of the demo: all scenarios side by side, each step at its own time."""

import datetime as dt
from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush
from itertools import cycle

from kit import clock
from kit.refusal import Refused
from office.models import Office
from office.worktime import WorkingTime
from operations.demo.case_run import CaseRun, subtract_minutes
from operations.demo.people import Staff
from operations.demo.scenarios import Scenario
from operations.demo.steps import STEPS, mark_old_messages
from operations.demo.surveys import publish
from operations.demo.topics import COMPLAINTS, CONSULTATIONS

RETRY_AFTER = dt.timedelta(minutes=5)


def generate(staff: Staff, scenarios: Iterable[Scenario]) -> None:
    """Take the steps of all scenarios up to now, in order of time, so that agenda numbers rise with it."""
    until = clock.now()
    Office.objects.update(counts_letters=True)  # nobody enters numbers here
    queue = [(run.opens_at, run.number, run.scenario.verbs[0], run) for run in _runs(staff, scenarios)]
    heapify(queue)
    while queue:
        moment, number, verb, run = heappop(queue)
        if moment > until:
            continue
        with clock.set_to(moment):
            try:
                STEPS[verb](run)
            except Refused:
                if verb != "start":
                    raise
                # The officer is still in another session.
                heappush(queue, (moment + RETRY_AFTER, number, verb, run))
                continue
            if run.ahead:
                when, following = run.pop_next_step()
                heappush(queue, (when, number, following, run))
    mark_old_messages(staff)
    publish(staff)


def _runs(staff: Staff, scenarios: Iterable[Scenario]) -> Iterator[CaseRun]:
    work = WorkingTime.load()
    present = subtract_minutes(clock.now(), 0, work)
    complaints, consultations = cycle(COMPLAINTS), cycle(CONSULTATIONS)
    urgent = cycle([topic for topic in CONSULTATIONS if topic.is_urgent])
    for number, scenario in enumerate(scenarios, start=1):
        if scenario.is_complaint:
            topic = next(complaints)
        else:
            topic = next(urgent if scenario.verbs[0] == "walk_in" else consultations)
        yield CaseRun(number, scenario, topic, staff, work, present)
