"""Steps of the Pengawas in the independent channel: close, decline, refer to a higher office."""

from consultations.models import Case
from consultations.workflow import transition
from office import clock
from office.models import User


def conclude(case: Case, *, by: User, outcome: str) -> None:
    """Close the complaint with its outcome in writing, which the complainant reads."""
    with transition("conclude", case, by=by) as taken:
        now = clock.now()
        taken.change(outcome=outcome, closed_at=now, first_closed_at=now)


def dismiss(case: Case, *, by: User, reason: str) -> None:
    """Decline the complaint with a reason, which the complainant reads."""
    with transition("dismiss", case, by=by, note=reason) as taken:
        taken.change(end_reason=reason)


def refer_up(case: Case, *, by: User, office: str, address: str = "", reason: str) -> None:
    """Record that the complaint was handed over to a higher office. The Pengawas still closes it here."""
    recipient = ", ".join(part for part in (office, address) if part)
    with transition("refer_up", case, by=by, note=f"{recipient}\n{reason}"):
        pass
