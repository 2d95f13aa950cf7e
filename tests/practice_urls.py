"""The addresses of a practice office: those of the project and of `demo`."""

from django.urls import include, path

from config import urls

handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
urlpatterns = [path("", include("operations.demo.urls")), *urls.urlpatterns]
