"""Rows of this desk; see tests/access/matrix.py for their shape."""

from tests.access.matrix import Route

ROUTES: list[Route] = []
