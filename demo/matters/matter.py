"""One matter of the demo: what is asked, and what the consultation gives."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Matter:
    """A matter with the division it belongs to (code), who asks (`desa`, `warga` or a body), and the answer.

    An `urgent` one cannot wait for a letter (step 8).
    """

    division: str
    asker: str
    subject: str
    material: str
    result: str
    advice: str
    solution: str
    recommendation: str
    urgent: bool = False

    @property
    def classification(self) -> str:
        """The classification code of Permendagri 83/2022."""
        return "400.10" if self.division == "PMD" else "400.9"
