"""The page of an invitation: the invited person sets the own password (`undangan/`)."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from office.invitations import accept, find_invited, get_expiry


class OwnPasswordForm(SetPasswordForm):
    """Django's form for a new password, in the words of the other pages."""

    new_password1, new_password2 = SetPasswordForm.create_password_fields(
        gettext_lazy("Kata sandi baru"), gettext_lazy("Ulangi kata sandi baru")
    )
    new_password1.help_text = gettext_lazy(
        "Paling sedikit 12 huruf atau angka, misalnya empat kata yang tidak berhubungan. Jangan memakai nama "
        "Anda, nama kantor, atau kata sandi dari situs lain."
    )
    new_password2.help_text = ""


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Set the password. An invitation that is used, expired or unknown gets the same page with 404."""
    response = _answer(request, token)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    user = find_invited(token)
    if user is None:
        return render(request, "office/invitation_gone.html", status=404)
    expires_at = get_expiry(user)
    form = OwnPasswordForm(user, request.POST or None)
    if form.is_valid():
        if accept(token, form.cleaned_data["new_password1"]) is None:
            return render(request, "office/invitation_gone.html", status=404)
        # Somebody else may have used a printed slip.
        get_adapter(request).send_notification_mail("account/email/password_set", user)
        messages.success(
            request,
            _("Kata sandi tersimpan. Masuk dengan nama akun %(username)s.") % {"username": user.username},
        )
        return redirect("account_login")
    context = {"form": form, "person": user, "expires_at": expires_at}
    return render(request, "office/invitation.html", context, status=422 if form.errors else 200)
