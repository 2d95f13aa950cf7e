"""Tables of what each person of the demo may open, from the standard and the ADRs, not from the code."""

from typing import Any

PEOPLE = {
    "sekretariat": "SEK",
    "pkd": "PKD",
    "kadis": "KDS",
    "kabid1": "KBD",
    "kabid2": "KBD",
    "kabid3": "KBD",
    "kabid4": "KBD",
    **{f"petugas{number}": "PTG" for number in range(1, 9)},
    "pengawas": "PGW",
    "admin": "ADM",
    "": "---",
}
"""The logins of the demo with their roles. An empty name is a visitor without an account."""

DIVISIONS = {"1": "LINJAMSOS", "2": "REHSOS", "3": "DAYASOS", "4": "PMD"}
"""The division of each `kabid`, by the number in the login."""

CASES = """
             SEK PKD KDS KBD PTG PGW ADM ---
independent  no  no  no  no  no  yes no  no
about        no  no  no  no  no  no  no  no
new          no  yes no  no  no  no  no  no
new-paper    yes yes no  no  no  no  no  no
led          yes yes yes yes yes no  no  no
own          yes yes yes yes yes no  no  no
copied       yes yes yes yes no  no  no  no
other        yes yes yes no  no  no  no  no
"""
"""People who see a case, by its relation to the person. The first row that fits counts.

A complaint in the independent channel, one about the person, one without agenda number that came online or on
paper; a case that the person serves (`led`), accompanies or has in the own division (`own`) or as a copy.
"""

STEPS = """
SEK  renew_link dispose_for assign_for record_receipt remind_receiver object_for record_objection correct_data
PKD  register send_back lapse void name_official withdraw_for retain release pass_up
PKD  to_complaint to_consultation split merge correct_data
KDS  dispose decline pass_on decide_objection ratify refuse_disposition correct decide_deletion return accept
KBD  assign ratify_assignment refuse_assignment hand_back reassign revise forward answer_for
PTG  prepare amend schedule reschedule keep_time ask_opinion record_opinion remind_agency call_meeting
PTG  record_minutes start undo_start finish answer no_show record_attendance report answer_again
PGW  conclude dismiss refer_up
"""
"""People who take each step.

A division head takes those of an own case, an officer those of a case that he leads. A division head may
serve a case alone: then the steps of an officer are his.
"""

PAGES = """
                     SEK PKD KDS KBD PTG PGW ADM
desk                 200 200 200 200 200 200 200
cases                200 200 200 200 200 200 200
agenda               200 200 200 200 200 200 200
calendar             200 200 200 200 200 200 200
calendar_feeds       200 200 200 200 200 200 200
calendar_feeds:post  200 200 200 200 200 200 403
reports              200 200 200 200 200 200 200
follow_ups           200 200 200 200 200 200 200
messages             200 200 200 200 200 200 200
notices              200 200 200 200 200 200 200
newest_notices       200 200 200 200 200 200 200
session_time         200 200 200 200 200 200 200
absences             200 200 200 200 200 200 200
absence_new          200 200 200 200 200 200 200
access_changes       200 200 200 200 200 200 200
surveys              200 200 200 403 403 403 403
surveys:post         403 403 200 403 403 403 403
dashboard            403 403 200 200 403 403 403
registers            200 200 200 200 403 403 403
advice_list          200 200 200 200 200 403 403
receive              200 403 403 403 403 403 403
front_desk           200 403 403 403 403 403 403
walk_in              200 403 403 403 403 403 403
letters              200 200 403 403 403 403 403
survey_entry         200 200 403 403 403 403 403
evidence             200 200 200 403 403 403 403
held_drafts          403 200 200 403 403 200 403
held                 404 200 404 403 403 404 403
own_questions        403 403 403 200 403 403 403
new_question         403 403 403 200 403 403 403
archive              200 200 200 404 404 404 404
propose_destruction  200 200 403 404 404 404 404
disposal             200 200 200 404 404 404 404
disposal_pdf         200 200 200 404 404 404 404
act_scan             200 200 200 404 404 404 404
transfers            200 200 200 404 404 404 404
prepare_transfer     200 200 403 404 404 404 404
transfer             200 200 200 404 404 404 404
cancel_transfer      200 200 403 403 403 403 403
transfer_pdf         200 200 200 404 404 404 404
transfer_scan        200 200 200 404 404 404 404
transfer_package     200 200 403 403 403 403 403
breaches             404 404 200 404 404 404 200
breach_pdf           404 404 200 404 404 404 200
access_log           404 404 200 404 404 200 404
access_change        403 403 200 403 403 403 200
propose_access       403 403 200 403 403 403 200
systems              404 404 200 200 404 404 200
propose_system       403 403 200 403 403 403 200
srikandi             200 200 200 403 403 403 403
guides               200 200 200 200 200 200 200
system               302 302 302 302 302 302 200
"""
"""The answer of pages that belong to no case. A visitor is asked to log in."""

TELLS = {
    "archive": "KDS SEK PKD",
    "propose_destruction": "SEK PKD",
    "disposal": "KDS SEK PKD",
    "disposal_pdf": "KDS SEK PKD",
    "transfer": "KDS SEK PKD",
    "transfer_pdf": "KDS SEK PKD",
    "access_log": "PGW",
}
"""Pages that name codes of cases which these roles cannot open (ADRs 36 and 41)."""


def read(table: str) -> dict[str, dict[str, str]]:
    """Return the rows of a table by name: the value for each role."""
    head, *rows = [line.split() for line in table.strip().splitlines()]
    return {name: dict(zip(head, values, strict=True)) for name, *values in rows}


SEES, ANSWERS = read(CASES), read(PAGES)
ACTORS = {
    verb: role for role, *verbs in (line.split() for line in STEPS.strip().splitlines()) for verb in verbs
}


def get_relation(case: Any, person: Any, name: str) -> str:
    """Return the relation of a row of the table of cases to a person, from its columns."""
    role, number = PEOPLE[name], name[-1:]
    if case.is_independent:
        return "independent"
    if person and case.complained_about_id == person.pk:
        return "about"
    if case.kind == "COMPLAINT" and case.agenda_id is None:
        return "new" if case.channel == "ONLINE" else "new-paper"
    if role == "PTG" and case.officer_id == person.pk:
        return "led"
    if role == "PTG" and person.pk in case.companion_keys:
        return "own"
    if role == "KBD" and case.division and case.division.code == DIVISIONS[number]:
        return "led" if case.officer_id == person.pk else "own"
    if role == "KBD" and DIVISIONS[number] in case.copied_codes:
        return "copied"
    return "other"


def may_act(verb: str, role: str, relation: str) -> bool:
    """Return whether the step of a visible case is the person's."""
    actor = ACTORS.get(verb)
    if relation == "independent":
        return actor == role == "PGW"
    return (
        (actor == role and (role not in ("KBD", "PTG") or relation in ("led", "own")))
        and (role != "PTG" or relation == "led")
    ) or (actor == "PTG" and role == "KBD" and relation == "led")
