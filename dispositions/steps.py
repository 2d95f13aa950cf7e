"""The pages of steps 3, 4 and 8."""

from consultations.steps import page
from dispositions import forms, services

SHEET = "steps/beside/disposition.html"

page("dispose", forms.DisposeForm, services.dispose)
page("decline", forms.DeclineForm, services.decline)
page("assign", forms.AssignForm, services.assign, beside=SHEET)
page("hand_back", forms.HandBackForm, services.hand_back, beside=SHEET)
page("reassign", forms.ReassignForm, services.reassign)
page("ratify", forms.RatifyForm, services.ratify, beside=SHEET)
