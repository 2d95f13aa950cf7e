"""The pages of steps 3, 4, 5 and 8."""

from consultations.steps import page
from dispositions import meetings, objections, relayed, services, transfers
from dispositions.forms import disposition, preparation, relayed as relayed_forms

PREPARATION = "dispositions/context/preparation.html"
SHEET = "dispositions/context/disposition.html"
ASSIGNMENT = "dispositions/context/assignment.html"
ENDORSEMENT = "dispositions/context/endorsement.html"
OBJECTION = "dispositions/context/objection.html"
OPINIONS = "dispositions/context/opinions.html"

page("endorse", disposition.EndorseForm, services.endorse)
page("dispose", disposition.DisposeForm, services.dispose, context_template=ENDORSEMENT)
page("decline", disposition.DeclineForm, services.decline)
page("pass_on", transfers.PassOnForm, transfers.pass_on)
page("pass_up", transfers.PassUpForm, transfers.pass_up)
page("record_receipt", transfers.RecordReceiptForm, transfers.record_receipt)
page("remind_receiver", transfers.RemindReceiverForm, transfers.remind_receiver)
page("object", objections.ObjectForm, objections.file_objection)
page("object_for", objections.ObjectForForm, objections.file_objection_for)
page("decide_objection", objections.DecideObjectionForm, objections.decide_objection, OBJECTION)
page("record_objection", objections.RecordObjectionForm, objections.record_objection, OBJECTION)
page("assign", disposition.AssignForm, services.assign, context_template=SHEET, is_folded=True)
page("hand_back", disposition.HandBackForm, services.hand_back, context_template=SHEET, is_folded=True)
page("reassign", disposition.ReassignForm, services.reassign)
page("dispose_for", relayed_forms.DisposeForForm, relayed.dispose_for, context_template=ENDORSEMENT)
page("assign_for", relayed_forms.AssignForForm, relayed.assign_for, context_template=SHEET, is_folded=True)
page("ratify", disposition.RatifyForm, relayed.ratify, context_template=SHEET)
page(
    "refuse_disposition",
    relayed_forms.RefuseDispositionForm,
    relayed.refuse_disposition,
    context_template=SHEET,
)
page(
    "ratify_assignment",
    relayed_forms.RatifyAssignmentForm,
    relayed.ratify_assignment,
    context_template=ASSIGNMENT,
)
page(
    "refuse_assignment",
    relayed_forms.RefuseAssignmentForm,
    relayed.refuse_assignment,
    context_template=ASSIGNMENT,
)
page("prepare", preparation.PrepareForm, services.prepare, context_template=PREPARATION)
page("amend", preparation.AmendForm, services.amend, context_template=PREPARATION)
page("ask_opinion", preparation.AskOpinionForm, services.ask_opinion, context_template=OPINIONS)
page("remind_agency", preparation.RemindAgencyForm, services.remind_agency, context_template=OPINIONS)
page("record_opinion", preparation.RecordOpinionForm, services.record_opinion, context_template=OPINIONS)
page("call_meeting", preparation.CallMeetingForm, meetings.call_meeting)
page("record_minutes", preparation.RecordMinutesForm, meetings.record_minutes)
