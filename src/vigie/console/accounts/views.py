"""The first password, by a link that works once."""

from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse_lazy


class FirstPassword(PasswordResetConfirmView):
    """Set a password with the link that the command line printed: one use, one day."""

    template_name = "account/first_password.html"
    success_url = reverse_lazy("account_login")
