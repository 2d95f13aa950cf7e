"""One topic of the demo: what an applicant asks, and what the consultation gives."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A topic with the code of its division, its asker (`desa`, `warga` or an organisation) and the answer.

    An urgent topic may come as a walk-in (step 8).
    """

    division: str
    asker: str
    subject: str
    material: str
    result: str
    advice: str
    solution: str
    recommendation: str
    is_urgent: bool = False

    @property
    def classification(self) -> str:
        """The classification code of Permendagri 83/2022."""
        return "400.10" if self.division == "PMD" else "400.9"
