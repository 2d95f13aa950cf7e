"""The pages of steps 6 and 7."""

from consultations.scheduling import services
from consultations.scheduling.forms import holding, sessions
from consultations.scheduling.forms.visit_time import AskTimeForm
from consultations.steps import page

OTHER_TIME = "scheduling/context/other_time.html"

page("schedule", sessions.ScheduleForm, services.schedule, context_template="scheduling/context/taken.html")
page("reschedule", sessions.RescheduleForm, services.reschedule, context_template=OTHER_TIME)
page("ask_time", AskTimeForm, services.ask_time, context_template="scheduling/context/present_time.html")
page("keep_time", sessions.KeepTimeForm, services.keep_time, context_template=OTHER_TIME)
page("start", holding.StartForm, services.start)
page("undo_start", holding.UndoStartForm, services.undo_start)
page("answer", holding.AnswerForm, services.answer)
page("finish", holding.FinishForm, services.finish)
page("no_show", holding.NoShowForm, services.no_show)
