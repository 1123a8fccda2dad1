"""Rows of what anyone may open, of signing in, and of the choices in the header."""

from uuid import UUID

from tests.access.matrix import EVERYBODY, MEMBERS, SIGNED_IN, Route, Visitor

ROUTES = [
    Route(
        "home",
        opens=[Visitor.PUBLIC, Visitor.WITHOUT_MEMBERSHIP],
        only_for=[Visitor.PUBLIC, Visitor.WITHOUT_MEMBERSHIP],
    ),
    Route("home", opens=MEMBERS, answer=302, only_for=MEMBERS),
    Route("styleguide:index", opens=EVERYBODY),
    Route("set_language", opens=EVERYBODY, answer=302, method="post", data={"language": "ru"}),
    Route("set_theme", opens=EVERYBODY, answer=302, method="post", data={"theme": "dark"}),
    # A certificate that was never given out.
    Route("training_certificate", words={"token": "1~forged"}, opens=EVERYBODY, answer=404),
    # Signing in
    Route("account_login", opens=[Visitor.PUBLIC], only_for=[Visitor.PUBLIC]),
    Route("account_login", opens=SIGNED_IN, answer=302, only_for=SIGNED_IN),
    Route("account_logout", opens=SIGNED_IN, only_for=SIGNED_IN),
    Route("account_logout", opens=[Visitor.PUBLIC], answer=302, only_for=[Visitor.PUBLIC]),
    Route("account_change_password", opens=SIGNED_IN),
    Route("account_inactive", opens=EVERYBODY),
    Route("account_reset_password", opens=EVERYBODY),
    Route("account_reset_password_done", opens=EVERYBODY),
    Route("account_reset_password_from_key", words={"uidb36": "1", "key": "of-nobody"}, opens=EVERYBODY),
    Route("account_reset_password_from_key_done", opens=EVERYBODY),
    # Nobody may act for an organisation that is not his own.
    Route("choose_membership", hides=SIGNED_IN, method="post", data={"membership": str(UUID(int=0))}),
]
