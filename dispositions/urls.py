"""URLs of the dispositions app: the counter's page for an urgent walk-in."""

from django.urls import path

from consultations.intake.views import create_case
from dispositions import services
from dispositions.forms.preparation import WalkInForm

urlpatterns = [
    path(
        "datang-langsung/",
        create_case,
        {"verb": "walk_in", "form": WalkInForm, "service": services.walk_in},
        name="walk_in",
    )
]
