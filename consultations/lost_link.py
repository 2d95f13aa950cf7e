"""How a lost link is found again: tracking code and telephone number together lead to the case."""

from secrets import compare_digest

from consultations.models import Case


def case_of(*, code: str, phone: object) -> Case | None:
    """The case of a tracking code whose applicant gave this telephone number (+62...); None for no match.

    Also that of a complainant who stays hidden, whose number lies apart. Who stays anonymous gave none, and
    keeps the link. A wrong code costs the same query and comparison as a wrong number.
    """
    case = Case.objects.select_related("hidden_identity").filter(code=code).first()
    known = _phone(case) if case else ""
    matches = compare_digest(known.encode(), str(phone).encode())
    return case if known and matches else None


def _phone(case: Case) -> str:
    hidden = getattr(case, "hidden_identity", None)
    return str(hidden.phone if hidden else case.phone)
