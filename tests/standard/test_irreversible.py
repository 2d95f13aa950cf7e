"""Each step that cannot be taken back: who takes it, which second official, which proof, what can stop it.

A new one needs a row. What a row says is compared with the table of the standard, the forms and the notices.
"""

import pytest

from consultations.enums import Party
from consultations.steps import PAGES
from consultations.workflow import STEPS, VERBS
from notices.rules import RULES

pytestmark = pytest.mark.same_on_every_database

ACTS = """
verb                who                    second             proof          stopped by     told
withdraw            APPLICANT              -                  link           -              yes
correct_contact     APPLICANT              -                  link           -              old_contact
ask_deletion        APPLICANT              decide_deletion    link           stop_deletion  yes
ask_again           APPLICANT              -                  link           -              yes
withdraw_for        TIM_PKD,SECRETARIAT    -                  checked_with   -              yes
ask_deletion_for    SECRETARIAT            decide_deletion    checked_with   stop_deletion  yes
renew_link          SECRETARIAT            -                  checked_with   -              receipt
decide_deletion     HEAD                   confirm_deletion   -              stop_deletion  yes
decide_deletion_for TIM_PKD                confirm_deletion   -              stop_deletion  yes
confirm_deletion    SUPERVISOR             decide_deletion    -              stop_deletion  yes
decline             HEAD                   -                  -              -              yes
pass_on             HEAD                   record_receipt     -              -              yes
pass_up             TIM_PKD                record_receipt     -              -              yes
dismiss             SUPERVISOR             -                  -              -              yes
conclude            SUPERVISOR             -                  -              -              yes
lapse               TIM_PKD                -                  -              -              yes
merge               TIM_PKD                -                  -              -              yes
void                TIM_PKD                -                  -              register       inside
record_receipt      SECRETARIAT            -                  -              -              yes
answer_again        OFFICER                -                  -              -              yes
answer_for          DIVISION_HEAD          -                  -              -              yes
"""
"""`proof` that the applicant wants it: the link, or a field of the form. `told`: by a notice, or how else."""

ROWS = {verb: row for verb, *row in (line.split() for line in ACTS.strip().splitlines()[1:])}


def test_the_rows_are_the_steps_that_nobody_takes_back() -> None:
    """Forms say that they are final. What the applicant does is final unless the tracking code opens it."""
    final = {verb for verb, page in PAGES.items() if page.form.is_final}
    own = {verb for verb in PAGES if VERBS[verb].actor == Party.APPLICANT}
    by_code = {verb for verb in own if Party.CODE_HOLDER in VERBS[verb].takers}
    assert {*ROWS} == final | own - by_code


def test_each_row_says_who_proves_stops_and_hears_of_it() -> None:
    told = {rule.verb for rule in RULES if rule.recipient is Party.APPLICANT}
    for verb, (who, second, proof, stopped_by, is_told) in ROWS.items():
        takers = {str(party) for party in VERBS[verb].takers}
        assert takers == set(who.split(",")), verb
        if second != "-":
            assert not takers & {str(party) for party in VERBS[second].takers}, verb
        if proof == "link":
            assert takers == {Party.APPLICANT}, "officials read code and number"
        elif proof != "-":
            assert proof in PAGES[verb].form.base_fields, verb
        if stopped_by != "-":
            states = {target for step in STEPS.values() if step.verb == verb for target in step.targets}
            assert any((stopped_by, state) in STEPS for state in states), verb
        assert (verb in told) is (is_told == "yes"), verb
        assert proof != "-" or is_told != "no"
