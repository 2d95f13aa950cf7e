"""Which form and which service stand behind each step's page; every app adds its own rows here."""

from collections.abc import Callable
from dataclasses import dataclass

from consultations import services
from consultations.forms import agenda, applicant, official, opinions, preparation, sessions
from consultations.forms.step import StepForm

__all__ = ["PAGES", "StepForm", "StepPage", "page"]


@dataclass(frozen=True)
class StepPage:
    """The page of one verb: what is asked (`form`), what is done with it (`service`).

    `beside` is the template of what the person needs to see for this step alone; it reads `form`.
    """

    form: type[StepForm]
    service: Callable[..., object]
    beside: str = ""


PAGES: dict[str, StepPage] = {}


def page(verb: str, form: type[StepForm], service: Callable[..., object], beside: str = "") -> None:
    """Give a verb of the table its page."""
    PAGES[verb] = StepPage(form, service, beside)


OPINIONS = "steps/beside/opinions.html"

page("register", agenda.RegisterForm, services.register)
page("send_back", agenda.SendBackForm, services.send_back)
page("complete", applicant.CompleteForm, services.complete)
page("withdraw", applicant.WithdrawForm, services.withdraw)
page("lapse", agenda.LapseForm, services.lapse)
page("void", agenda.VoidForm, services.void)
page("name_official", official.NameOfficialForm, services.name_official)
page("prepare", preparation.PrepareForm, services.prepare, beside="steps/beside/preparation.html")
page("ask_opinion", opinions.AskOpinionForm, services.ask_opinion, beside=OPINIONS)
page("record_opinion", opinions.RecordOpinionForm, services.record_opinion, beside=OPINIONS)
page("schedule", sessions.ScheduleForm, services.schedule, beside="steps/beside/taken.html")
page("reschedule", sessions.RescheduleForm, services.reschedule, beside="steps/beside/other_time.html")
page("ask_time", applicant.AskTimeForm, services.ask_time, beside="public/follow/present_time.html")
page("keep_time", sessions.KeepTimeForm, services.keep_time, beside="steps/beside/other_time.html")
page("start", sessions.StartForm, services.start, beside="steps/beside/assignment.html")
page("finish", sessions.FinishForm, services.finish)
page("no_show", sessions.NoShowForm, services.no_show)
