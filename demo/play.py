"""Plays all cases of the demo at once: whatever comes first happens first, as in a real office."""

import datetime as dt
from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from itertools import cycle

from consultations.workflow import Refused
from office import clock
from office.worktime import WorkingTime

from .acts import ACTS
from .letters import settle
from .matters import COMPLAINTS, CONSULTATIONS
from .people import Cast
from .plots import PLOTS
from .scene import Scene
from .surveys import publish
from .worktime import before

A_MOMENT = dt.timedelta(minutes=5)


def play(cast: Cast) -> None:
    """Let half a year pass, up to now, in the order of time: so the agenda numbers rise with the time."""
    until = clock.now()
    queue = [(scene.opens_at, scene.number, scene.plot.verbs[0], scene) for scene in _scenes(cast)]
    heapify(queue)
    while queue:
        moment, number, verb, scene = heappop(queue)
        if moment > until:
            continue
        with clock.set_to(moment):
            try:
                ACTS[verb](scene)
            except Refused:
                if verb != "start":
                    raise
                # The officer is still in another consultation.
                heappush(queue, (moment + A_MOMENT, number, verb, scene))
                continue
            if scene.ahead:
                when, following = scene.next_step()
                heappush(queue, (when, number, following, scene))
    settle(cast)
    publish(cast)


def _scenes(cast: Cast) -> Iterator[Scene]:
    work = WorkingTime.load()
    present = before(clock.now(), 0, work)
    complaints, consultations = cycle(COMPLAINTS), cycle(CONSULTATIONS)
    urgent = cycle([matter for matter in CONSULTATIONS if matter.urgent])
    for number, plot in enumerate(PLOTS, start=1):
        if plot.is_complaint:
            matter = next(complaints)
        else:
            matter = next(urgent if plot.verbs[0] == "walk_in" else consultations)
        yield Scene(number, plot, matter, cast, work, present)
