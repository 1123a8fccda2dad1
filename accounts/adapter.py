"""Sign-in by e-mail; nobody signs himself up."""

from typing import ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ClosedSignupAdapter(DefaultAccountAdapter):
    """People are added by `manage.py add_member`; a public sign-up would give nobody a membership."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "No account has this e-mail and this password. Check both, or set a new password."
        ),
        "too_many_login_attempts": _("Too many attempts to sign in. Wait five minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
