"""URLs of the surveys app."""

from django.urls import URLPattern, path

from surveys.views import applicant, office, public

urlpatterns: list[URLPattern] = [
    path("survei/", office.overview, name="surveys"),
    path("survei/isian/", office.choose, name="survey_choose"),
    path("survei/isian/<code:code>/", office.enter, name="survey_entry"),
    path("survei/hasil/", public.results, name="survey_results"),
    path("survei/hasil/<int:pk>/", public.published, name="survey_result"),
    path("survei/<secret:secret>/", applicant.survey, name="survey"),
    path("survei/<secret:secret>/terima-kasih/", applicant.thanks, name="survey_thanks"),
]
