"""How a lost link is found again: tracking code and telephone number together lead to the case."""

from secrets import compare_digest

from consultations.models import Case


def case_of(*, code: str, phone: object) -> Case | None:
    """The case of a tracking code whose applicant gave this telephone number (+62...); None for no match.

    That of a complainant who stays hidden is never found: whoever in the office sees the code could try the
    numbers of those it suspects, and the link of the right one would end the complaint. A wrong code costs
    the same query and comparison as a wrong number.
    """
    case = Case.objects.filter(code=code).first()
    known = str(case.phone) if case else ""
    matches = compare_digest(known.encode(), str(phone).encode())
    return case if known and matches else None
