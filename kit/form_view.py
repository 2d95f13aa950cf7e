"""The view of a page with one form.

def name(request):
    def act(name: str) -> HttpResponse:
        rename(request.user, name)
        return redirect("profile")

    return handle_form(request, NameForm, act, "name.html")
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect, render

from kit.refusal import Refused


def handle_form[F: BaseForm](
    request: HttpRequest,
    make: Callable[..., F],
    act: Callable[..., HttpResponse],
    template: str,
    context: Mapping[str, Any] | Callable[[F], Mapping[str, Any]] | None = None,
    *,
    initial: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show a form. On POST, call `act` with the cleaned data of the valid form, and return its response.

    `make` is the form's class, or a function with the parameters of one. `context` is the rest of the
    template context, or a function that returns it. What was posted before a login is shown again.

    Answer 422 for an invalid form. If `act` raises Refused, its sentence is shown on the form, with 422 if it
    is about a field, else with 409.
    """
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if request.method == "POST":
        form = make(request.POST, request.FILES, initial=initial)
        status = HTTPStatus.UNPROCESSABLE_CONTENT
        if form.is_valid():
            try:
                return act(**form.cleaned_data)
            except Refused as refusal:
                status = add_refusal(form, refusal)
    else:
        if unsent := getattr(request, "unsent", None):
            initial = make(unsent).typed()  # type: ignore[attr-defined]
        form, status = make(initial=initial), HTTPStatus.OK
    more = context(form) if callable(context) else context
    return render(request, template, {**(more or {}), "form": form}, status=status)


def add_refusal(form: BaseForm, refusal: Refused) -> HTTPStatus:
    """Add the sentence of a refusal to the form. Return the status of the page: 422 or 409."""
    is_about_a_field = refusal.field in form.fields
    form.add_error(refusal.field if is_about_a_field else None, str(refusal))
    return HTTPStatus.UNPROCESSABLE_CONTENT if is_about_a_field else HTTPStatus.CONFLICT


def handle_button(
    request: HttpRequest, act: Callable[[], Any], done: str, page: str, *args: Any
) -> HttpResponseRedirect:
    """Do what a button asks that has no form. Redirect to a page that says that it is done, or why not."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(page, *args)
