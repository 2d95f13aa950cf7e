"""URLs of the surveys app."""

from django.urls import URLPattern, path

from reports.surveys import views

urlpatterns: list[URLPattern] = [
    path("survei/", views.overview, name="surveys"),
    path("survei/isian/", views.enter, name="survey_entry"),
    path("survei/diterima/<code:code>/", views.receive, name="survey_receive"),
    path("survei/rencana/<slug:key>/<slug:service>/<slug:element>/", views.plan_item, name="plan_item"),
    path("survei/foto/<int:pk>/", views.plan_photo, name="plan_photo"),
    path("survei/hasil/", views.results, name="survey_results"),
    path("survei/hasil/<int:pk>/", views.published, name="survey_result"),
    path("survei/formulir.pdf", views.survey_form, name="survey_form"),
    path("survei/hasil/<int:pk>.pdf", views.survey_result_pdf, name="survey_result_pdf"),
    path("survei/<secret:secret>/", views.survey, name="survey"),
    path("survei/<secret:secret>/terima-kasih/", views.thanks, name="survey_thanks"),
]
