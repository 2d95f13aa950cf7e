"""URLs of the frequent questions."""

from django.urls import path

from consultations.faq.views import helped, nearest, own_questions, question, questions

urlpatterns = [
    path("tanya-jawab/", questions, name="questions"),
    path("tanya-jawab/terdekat/", nearest, name="nearest_questions"),
    path("tanya-jawab/<int:pk>/membantu/", helped, name="question_helped"),
    path("tanya-jawab/kelola/", own_questions, name="own_questions"),
    path("tanya-jawab/kelola/baru/", question, name="new_question"),
    path("tanya-jawab/kelola/<int:pk>/", question, name="question"),
]
