"""What applicants state in the cases that are filled in, and the words by which these are found."""

import base64
import random
import uuid

from bench import texts
from bench.plan import DAY, Plan, working
from bench.records import Records
from consultations.enums import Channel, Kind
from consultations.models import Case
from consultations.models.case import CODE_LETTERS
from consultations.models.search import split_words
from consultations.search_terms import national_number


def requested(records: Records, rng: random.Random, plan: Plan) -> Case:
    """What the applicant states, with the columns that are random in the real ones too."""
    letter = plan.channel == Channel.LETTER
    code = _code(records, rng)
    complaint = rng.random() < 0.1
    case: Case = records.add(
        Case,
        code=code,
        secret=base64.urlsafe_b64encode(rng.randbytes(24)).decode(),
        submission_token=uuid.UUID(int=rng.getrandbits(128), version=4)
        if plan.channel == Channel.ONLINE
        else None,
        kind=Kind.COMPLAINT if complaint else Kind.CONSULTATION,
        channel=plan.channel,
        submitted_at=plan.submitted,
        applicant_name=texts.person(rng),
        organisation=texts.village(rng) if rng.random() < 0.8 else "",
        address=f"Jl. {rng.choice(texts.LAST)} No. {rng.randint(1, 99)}" if rng.random() < 0.5 else "",
        phone=f"+62812{rng.randint(10_000_000, 99_999_999)}",
        email=f"pemohon{rng.randint(1, 99_999)}@contoh.invalid" if rng.random() < 0.3 else "",
        subject=texts.subject(rng),
        material=texts.text(rng, 3, 10),
        visit_at=None if plan.is_walk_in else working(plan.submitted + 5 * DAY),
        complained_party=texts.village(rng) if complaint else "",
        letter_number=f"400/{rng.randint(1, 999)}/{plan.submitted.year}" if letter else "",
        letter_date=plan.submitted.date() if letter else None,
    )
    return case


def _code(records: Records, rng: random.Random) -> str:
    """A tracking code that no other filled case has."""
    code = "".join(rng.choices(CODE_LETTERS, k=8))
    while code in records.codes:
        code = "".join(rng.choices(CODE_LETTERS, k=8))
    records.codes.add(code)
    return f"{code[:4]}-{code[4:]}"


def words_of(case: Case, plan: Plan) -> list[tuple[int, str]]:
    """The same words as `index()` and `register()` keep: key of the case and word."""
    numbers = [str(number) for _year, number in plan.numbers]
    parts = [case.code, case.code.replace("-", ""), case.applicant_name, case.organisation]
    parts += [case.subject, national_number(case.phone), case.letter_number, *numbers]
    return [(case.pk, word) for word in split_words(" ".join(parts))]
