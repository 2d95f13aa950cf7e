"""Rows of the signature desk: who has initialled a paper, whose turn it is, what the signer does now."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from documents import life, signing_desk
from documents.models import Document
from documents.models.document import DocumentQuerySet
from office.words import with_words

MAX_ROWS = 100

ON_PAPER = gettext_lazy(
    "Ditandatangani di kertas: %(secretariat)s mencetaknya dari Rembuk dan membawanya kepada Anda. Serahkan "
    "lembar yang sudah ditandatangani ke %(secretariat)s untuk difoto."
)
"""What the list of papers says once. The page of a paper says what is next."""

SIGN_PRINT = gettext_lazy(
    "Ditandatangani di kertas: tanda tangani lembar yang sudah dicetak, lalu serahkan ke %(secretariat)s "
    "untuk difoto."
)
AWAIT_PRINT = gettext_lazy(
    "Ditandatangani di kertas: %(secretariat)s mencetaknya dari Rembuk dan membawanya kepada Anda."
)

LATE_SCHEDULE = gettext_lazy(
    "Waktunya sudah lewat. Tidak perlu ditandatangani: surat ini berakhir sendiri bila petugas menyelesaikan "
    "konsultasinya, mencatat tidak hadir, atau menjadwalkan ulang."
)
LATE_PAPER = gettext_lazy(
    "Waktunya sudah lewat dan tidak ada yang menunggu surat ini. Paraf atau tanda tangani hanya bila "
    "berkasnya harus lengkap."
)


@dataclass(frozen=True)
class Row:
    """A paper on the desk: who has initialled it, whose turn it is, and what it is good for if too late."""

    paper: Document
    initialled: list[str]
    turn: str
    is_routine: bool
    is_printed: bool
    passed: str = ""

    @property
    def on_paper(self) -> str:
        """The instruction to the signer of a paper that waits for a signature by hand."""
        if self.paper.state != life.SIGNATURE or signing_desk.signs_electronically(self.paper):
            return ""
        if not signing_desk.signs_by_hand(self.paper):
            return str(signing_desk.NO_CERTIFICATE)
        return with_words(SIGN_PRINT if self.is_printed else AWAIT_PRINT)


def list_rows(papers: DocumentQuerySet) -> list[Row]:
    people = ("case", "case__agenda", "case__division", "case__officer", "drafted_by")
    found = papers.select_related(*people).prefetch_related("events__by")
    return [to_row(paper) for paper in found.annotate(is_over=signing_desk.is_over())[:MAX_ROWS]]


def to_row(paper: Document) -> Row:
    """Return the row of a paper, which was read with `is_over`."""
    events = list(paper.events.all())
    given = [event for event in events if event.verb in ("initial", "submit")]
    last = max((place for place, event in enumerate(given) if event.verb == "submit"), default=-1)
    names = [str(event.by) for event in given[last + 1 :]]
    prints = [event.verb for event in events if event.verb in ("print", "give_back")]
    is_routine, is_printed = life.get_rule(paper.kind).is_routine, prints[-1:] == ["print"]
    return Row(paper, names, life.name_turn(paper), is_routine, is_printed, _explain_passed(paper))


def _explain_passed(paper: Document) -> str:
    """Return what a paper of a meeting is still good for, if its time has come. Empty for other papers.

    The schedule of a consultation is dropped when the consultation is finished.
    """
    if not (vars(paper)["is_over"] and paper.is_unsigned):
        return ""
    return str(LATE_SCHEDULE if paper.kind == Document.Kind.SCHEDULE else LATE_PAPER)
