"""Issues the papers of cases from before steps issued them: to be run once after an upgrade."""

from typing import Any

from django.core.management.base import BaseCommand

from consultations.models import Case
from reports.documents import OF_A_CASE
from reports.issuing import issue
from reports.numbers import LetterNumber

WITHOUT_LETTER_NUMBER = [kind for kind in OF_A_CASE if not isinstance(kind.number, LetterNumber)]
"""Letters take a number of the year in which their step is taken, so none is issued afterwards."""


class Command(BaseCommand):
    help = "Issues receipts, letters of applicants, disposition sheets and reports of older cases."

    def handle(self, *args: Any, **options: Any) -> None:
        issued = 0
        for case in Case.objects.filter(documents=None).order_by("pk").iterator():
            issued += sum(issue(kind, case) is not None for kind in WITHOUT_LETTER_NUMBER)
        self.stdout.write(f"Naskah yang diterbitkan: {issued}.")
