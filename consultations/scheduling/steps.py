"""The pages of steps 6 and 7."""

from consultations.scheduling import forms, services
from consultations.scheduling.visit_time import AskTimeForm
from consultations.steps import page

OTHER_TIME = "scheduling/context/other_time.html"

page(
    "schedule",
    forms.ScheduleForm,
    services.schedule,
    context_template="scheduling/context/taken.html",
    is_folded=True,
)
page(
    "reschedule",
    forms.RescheduleForm,
    services.reschedule,
    context_template=OTHER_TIME,
)
page("ask_time", AskTimeForm, services.ask_time, context_template="scheduling/context/present_time.html")
page("keep_time", forms.KeepTimeForm, services.keep_time, context_template=OTHER_TIME)
page("start", forms.StartForm, services.start)
page("undo_start", forms.UndoStartForm, services.undo_start)
page("answer", forms.AnswerForm, services.answer)
page("no_show", forms.NoShowForm, services.no_show)
