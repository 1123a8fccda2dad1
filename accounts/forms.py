"""The forms of signing in, without words inside the fields: each has its label above it."""

from typing import Any

from allauth.account import forms as allauth_forms
from django.forms import BaseForm
from django.utils.translation import gettext_lazy as _


class _Labelled:
    """Takes away the placeholders that repeat the label."""

    fields: Any

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self)


def _label(form: BaseForm) -> None:
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name in ("login", "email"):
            field.label = _("E-mail")


class SignInForm(_Labelled, allauth_forms.LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The way to a new password stands under the form, where it is not read out with the field.
        self.fields["password"].help_text = ""


class ResetPasswordForm(_Labelled, allauth_forms.ResetPasswordForm):
    """Where the link goes."""


class NewPasswordForm(_Labelled, allauth_forms.ResetPasswordKeyForm):
    """A new password, twice, by the link of a letter."""


class ChangePasswordForm(_Labelled, allauth_forms.ChangePasswordForm):
    """A new password of somebody who knows the old one."""
