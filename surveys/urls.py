"""URLs of the surveys app."""

from django.urls import URLPattern, path

from surveys.views import applicant, office, plan, public

urlpatterns: list[URLPattern] = [
    path("survei/", office.overview, name="surveys"),
    path("survei/isian/", office.enter, name="survey_entry"),
    path("survei/diterima/<code:code>/", office.receive, name="survey_receive"),
    path("survei/rencana/<slug:key>/<slug:element>/", plan.plan_item, name="plan_item"),
    path("survei/foto/<int:pk>/", plan.plan_photo, name="plan_photo"),
    path("survei/hasil/", public.results, name="survey_results"),
    path("survei/hasil/<int:pk>/", public.published, name="survey_result"),
    path("survei/<secret:secret>/", applicant.survey, name="survey"),
    path("survei/<secret:secret>/terima-kasih/", applicant.thanks, name="survey_thanks"),
]
