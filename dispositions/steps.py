"""The pages of steps 3, 4, 5 and 8."""

from consultations.steps import page
from dispositions import services
from dispositions.forms import disposition, opinions, preparation

SHEET = "dispositions/beside/disposition.html"
OPINIONS = "dispositions/beside/opinions.html"

page("dispose", disposition.DisposeForm, services.dispose)
page("decline", disposition.DeclineForm, services.decline)
page("assign", disposition.AssignForm, services.assign, beside=SHEET)
page("hand_back", disposition.HandBackForm, services.hand_back, beside=SHEET)
page("reassign", disposition.ReassignForm, services.reassign)
page("ratify", disposition.RatifyForm, services.ratify, beside=SHEET)
page("prepare", preparation.PrepareForm, services.prepare, beside="dispositions/beside/preparation.html")
page("ask_opinion", opinions.AskOpinionForm, services.ask_opinion, beside=OPINIONS)
page("record_opinion", opinions.RecordOpinionForm, services.record_opinion, beside=OPINIONS)
