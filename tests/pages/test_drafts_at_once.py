"""Drafts sent, moderated and saved at the same moment: one case each, one visit per place."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from consultations.enums import State
from consultations.intake import drafts, submission
from consultations.intake.drafts import hash_submission
from consultations.intake.models import RequestDraft
from consultations.models import Attachment, Case
from consultations.scheduling import services as scheduling_services
from kit.refusal import Refused
from office.models import Office
from tests.factories import Staff, applicant, case_at, make_office, make_staff, wished_moment
from tests.submitting import accept, find_draft, pdf, typed, upload
from tests.threads import run_at_once

UNLIMITED = dict.fromkeys(("submit_address", "draft_address", "draft_files_address"), "100000/h/ip")


@pytest.fixture
def crew(shared_database: None, settings: Any) -> Staff:
    """Office and staff committed for every thread, without rate limits."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, **UNLIMITED, "submit_phone": "1000/d/key"}
    make_office()
    Office.objects.update(visitors_at_once=1000)
    return make_staff()


def test_one_request_sent_from_eight_places_at_once_makes_one_case(crew: Staff) -> None:
    for _round in range(3):
        check = Client().post("/ajukan/", typed(letter=upload("surat.pdf", pdf())))["Location"]
        answers = run_at_once([lambda check=check: Client().post(check)] * 8)
        assert len({answer["Location"] for answer in answers}) == 1
        assert {answer.status_code for answer in answers} == {302}
    assert Case.objects.count() == Attachment.objects.count() == 3


def test_the_last_place_is_given_once(crew: Staff) -> None:
    Office.objects.update(visitors_at_once=1)
    checks = [Client().post("/ajukan/", typed())["Location"] for _visitor in range(4)]
    answers = run_at_once([lambda check=check: Client().post(check) for check in checks])
    assert sorted(answer.status_code for answer in answers) == [302, 422, 422, 422]
    assert Case.objects.get().visit_at == wished_moment()


def test_accepted_and_rejected_at_once_is_one_of_the_two(crew: Staff) -> None:
    Client().post("/ajukan/", typed(token := uuid4()))
    drafts.hold(RequestDraft.objects.get(), "Uji")
    draft = find_draft(token)

    def is_accepted() -> bool:
        try:
            return bool(accept(draft, crew.pkd))
        except Refused:
            return False

    answers = run_at_once(
        [is_accepted, is_accepted, lambda: submission.reject([draft.held_key], by=crew.pkd)]
    )
    assert answers == ([True, True, 0] if Case.objects.exists() else [False, False, 1])
    assert Case.objects.count() <= 1
    assert not RequestDraft.objects.exists()


def test_the_last_place_is_given_once_whoever_asks_for_it(crew: Staff) -> None:
    Office.objects.update(visitors_at_once=1)
    scheduled = [case_at(State.SCHEDULED, crew) for _case in range(3)]
    check = Client().post("/ajukan/", typed(visit_at=f"{wished_moment(9):%Y-%m-%dT%H:%M}"))["Location"]

    def ask(case: Case) -> bool:
        try:
            scheduling_services.ask_time(
                case, by=applicant(case), starts_at=wished_moment(9), reason="Acara desa."
            )
        except Refused:
            return False
        return True

    def new_request() -> bool:
        return Client().post(check).status_code == 302

    got = run_at_once([*[lambda case=case: ask(case) for case in scheduled], new_request])
    assert got.count(True) == 1


def test_saved_and_sent_at_once_leaves_no_draft_behind_a_case(crew: Staff) -> None:
    for _round in range(4):
        data = typed(identity="CONFIDENTIAL")
        check = Client().post("/pengaduan/", data)["Location"]
        run_at_once(
            [lambda check=check: Client().post(check), lambda data=data: Client().post("/pengaduan/", data)]
        )
        key = hash_submission(UUID(data["submission_token"]))
        sent = Case.objects.filter(submission_hash=key).exists()
        assert RequestDraft.objects.filter(pk=key).exists() != sent
