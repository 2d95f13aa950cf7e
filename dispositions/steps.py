"""The pages of steps 3, 4, 5 and 8."""

from consultations.steps import page
from dispositions import meetings, relayed_orders as orders, services, transfers
from dispositions.forms import disposition, preparation

PREPARATION = "dispositions/context/preparation.html"
SHEET = "dispositions/context/disposition.html"
ASSIGNMENT = "dispositions/context/assignment.html"
ENDORSEMENT = "dispositions/context/endorsement.html"
OPINIONS = "dispositions/context/opinions.html"

page("endorse", disposition.EndorseForm, services.endorse)
page("dispose", disposition.DisposeForm, services.dispose, ENDORSEMENT)
page("decline", disposition.DeclineForm, services.decline)
page("pass_on", transfers.PassOnForm, transfers.pass_on)
page("pass_up", transfers.PassUpForm, transfers.pass_up)
page("record_receipt", transfers.RecordReceiptForm, transfers.record_receipt)
page("remind_receiver", transfers.RemindReceiverForm, transfers.remind_receiver)
page("assign", disposition.AssignForm, services.assign, SHEET, is_folded=True)
page("hand_back", disposition.HandBackForm, services.hand_back, SHEET, is_folded=True)
page("recall", disposition.RecallForm, services.recall, SHEET, is_folded=True)
page("reassign", disposition.ReassignForm, services.reassign)
page("dispose_for", orders.DisposeForForm, orders.dispose_for, ENDORSEMENT)
page("assign_for", orders.AssignForForm, orders.assign_for, SHEET, is_folded=True)
page("ratify", orders.RatifyForm, orders.ratify, SHEET)
page("refuse_disposition", orders.RefuseDispositionForm, orders.refuse_disposition, SHEET)
page("ratify_assignment", orders.RatifyAssignmentForm, orders.ratify_assignment, ASSIGNMENT)
page("refuse_assignment", orders.RefuseAssignmentForm, orders.refuse_assignment, ASSIGNMENT)
page("prepare", preparation.PrepareForm, services.prepare, PREPARATION)
page("amend", preparation.AmendForm, services.amend, PREPARATION)
page("ask_opinion", preparation.AskOpinionForm, services.ask_opinion, OPINIONS)
page("remind_agency", preparation.RemindAgencyForm, services.remind_agency, OPINIONS)
page("record_opinion", preparation.RecordOpinionForm, services.record_opinion, OPINIONS)
page("call_meeting", preparation.CallMeetingForm, meetings.call_meeting)
page("record_minutes", preparation.RecordMinutesForm, meetings.record_minutes)
