"""Sign-in by e-mail; nobody signs himself up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignupAdapter(DefaultAccountAdapter):
    """People are added by `manage.py add_member`; a public sign-up would give nobody a membership."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
