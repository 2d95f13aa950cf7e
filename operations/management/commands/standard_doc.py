"""Write docs/standard.md from the table of the standard and that of the life of papers."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from consultations.enums import ENDED, State
from consultations.workflow import TABLE, TAKE_BACK, TURN, Step
from documents.life import ACTS, list_targets
from documents.models.document import PaperState
from office.models.publication import STAGES

FILE = Path(settings.BASE_DIR) / "docs" / "standard.md"

INTRODUCTION = """\
# The standard as a table

Made by `manage.py standard_doc` from `consultations/workflow.py` and `documents/life.py`; change the
tables there, never this page.
Titles are in Indonesian, as staff and applicants read them.
"""

NOT_OWN = "The user has not served the case."


class Command(BaseCommand):
    help = (
        "Write docs/standard.md from the table of the standard; --check only reports whether it is current."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if stale")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        text = document()
        if not check:
            FILE.write_text(text, encoding="utf-8")
        elif not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
            raise CommandError("docs/standard.md is stale: run manage.py standard_doc")


def document() -> str:
    """Return the page. It does not depend on the active language."""
    with translation.override("id"):
        return "\n".join(
            [INTRODUCTION, *_stages(), "", *_states(), "", *_table(), "", *_diagram(), "", *_papers(), ""]
        )


def _stages() -> Iterator[str]:
    yield "## The stages"
    yield ""
    yield "A published step (`StandardStep`) is tied to one of them, or to none."
    yield ""
    yield from (f"{number}. {sentence}" for number, sentence in STAGES.items())


def _states() -> Iterator[str]:
    yield "## The states"
    yield ""
    yield "| State | Label | Whose turn | Main step |"
    yield "|---|---|---|---|"
    for state in State:
        turn = TURN.get(state)
        waits = f"{turn.actor.label} | `{turn.verb}`" if turn else "nobody's | ends here"
        yield f"| {state} | {state.label} | {waits} |"


def _table() -> Iterator[str]:
    yield "## The steps"
    yield ""
    yield "SK: the step of the published standard; a dash if the standard does not name it."
    yield "Every step adds one event to the history, which nobody can change."
    yield ""
    yield "| SK | Verb | Title | Who | From | To | Only if | Way back of its taker |"
    yield "|---|---|---|---|---|---|---|---|"
    for (number, verb), rows in groupby(TABLE, key=lambda step: (step.number, step.verb)):
        yield _row(number, verb, list(rows))


def _row(number: int, verb: str, rows: list[Step]) -> str:
    first = rows[0]
    stays = all(step.source == step.target for step in rows)  # except for detours
    cells = [
        str(number or "–"),
        f"`{verb}`",
        str(first.title),
        ", ".join(str(party.label) for party in first.takers),
        ", ".join(step.source or "–" for step in rows),
        "the state before the last step"
        if verb == TAKE_BACK
        else "; ".join(["the same" if stays else str(first.target), *_detours(rows)]),
        " ".join([*(_sentence(rule.__doc__) for rule in first.preconditions), *[NOT_OWN] * first.is_review]),
        f"`{first.way_back}`" if first.way_back else "",
    ]
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _detours(rows: list[Step]) -> Iterator[str]:
    for step in rows:
        source = f" (from {step.source})" if len(rows) > 1 else ""
        for condition, state in step.detours:
            yield f"{state}{source}: {_sentence(condition.__doc__).rstrip('.')}"


def _sentence(docstring: str | None) -> str:
    text = " ".join((docstring or "").split()).split(": ", 1)[-1]
    return text[:1].upper() + text[1:]


def _diagram() -> Iterator[str]:
    yield "## The diagram"
    yield ""
    yield "Numbers are those of the SK. Steps that stay in the same state are left out:"
    yield ", ".join(dict.fromkeys(f"`{step.verb}`" for step in TABLE if step.source == step.target)) + "."
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in State:
        yield f"    {state} : {state.label}"
    for (source, target), rows in _arrows(TABLE).items():
        label = " / ".join(f"{step.number} {step.verb}" if step.number else step.verb for step in rows)
        yield f"    {source or '[*]'} --> {target} : {label}"
    yield from (f"    {state} --> [*]" for state in State if state in ENDED)
    yield "```"


def _arrows(steps: Iterable[Step]) -> dict[tuple[State | None, State], list[Step]]:
    arrows: dict[tuple[State | None, State], list[Step]] = {}
    for step in steps:
        for target in step.targets:
            if target != step.source:
                arrows.setdefault((step.source, target), []).append(step)
    return arrows


def _papers() -> Iterator[str]:
    yield "## The life of a letter"
    yield ""
    yield "Letters in the name of the Kepala Dinas wait for initials and a signature before they are issued."
    yield "Each act adds one event, which nobody can change."
    yield ""
    yield "| Act | Title | Who | From | To |"
    yield "|---|---|---|---|---|"
    for act in ACTS.values():
        sources, targets = ", ".join(act.sources), " or ".join(list_targets(act))
        yield f"| `{act.verb}` | {act.label} | {act.who.value} | {sources} | {targets} |"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield from (f"    {state} : {state.label}" for state in PaperState)
    yield "    [*] --> DRAFT : letters that begin as a draft"
    yield "    [*] --> INITIALS"
    yield "    [*] --> SIGNATURE : nobody has to initial it"
    for act in ACTS.values():
        for source in act.sources:
            yield from (
                f"    {source} --> {target} : {act.verb}" for target in list_targets(act) if target != source
            )
    yield "    SENT --> [*]"
    yield "```"
