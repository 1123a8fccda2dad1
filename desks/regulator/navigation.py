"""The places of this desk."""


def register() -> None:
    """Tell the header what this desk offers."""
