"""Advice of the bank and frequent questions, from the closed cases of the demo."""

from collections.abc import Iterator

from consultations.enums import Kind, State
from consultations.models import Case
from faq.services import publish
from office import clock
from reports import advice_bank
from reports.forms.advice import YEAR
from reports.items import Item
from reports.models import ReusableAdvice

from .people import Staff, Team

MOST = 3
"""Cases of a division that give advice and questions. The advice of the last one waits for its review."""

ANSWERS = (Item.Kind.ADVICE, Item.Kind.SOLUTION)
"""Kinds of items that answer a question."""


def share_knowledge(staff: Staff) -> None:
    """Let each division propose and offer advice, and publish questions with their answers."""
    for team in staff.teams.values():
        for number, case in enumerate(_list_closed(team), start=1):
            items = advice_bank.list_items(case)
            advice_bank.propose(case, by=team.head, items=items[:1], topic=case.subject[:80])
            question = f"{case.subject}: apa yang perlu saya lakukan?"
            answer = "\n".join(item.text for item in items if item.kind in ANSWERS)
            publish(by=team.head, question=question, answer=answer, cases=[case])
            for advice in ReusableAdvice.objects.filter(case=case) if number < MOST else []:
                day = clock.today() + YEAR
                advice_bank.review(advice, by=team.head, text=advice.text, topic=advice.topic, expires_on=day)


def _list_closed(team: Team) -> Iterator[Case]:
    """Yield up to MOST closed consultations of a division with different subjects."""
    closed = Case.objects.filter(state=State.CLOSED, kind=Kind.CONSULTATION, division=team.division)
    by_subject = {case.subject: case for case in closed.order_by("-pk")}
    yield from [*by_subject.values()][:MOST]
