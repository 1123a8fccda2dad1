"""Photographs and scans, handed out to those who may know of the guard."""

import uuid

from django.http import FileResponse
from django.shortcuts import get_object_or_404

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from files.serving import file_response
from guards.models import Credential, Guard


@allow(Role.AGENCY_MANAGER, Role.SCHOOL_DIRECTOR, Role.REGULATOR)
def photo(request: MemberRequest, public_id: uuid.UUID) -> FileResponse:
    """The photograph of a guard."""
    known = Guard.objects.visible_to(request.membership).filter(photo__isnull=False).select_related("photo")
    return file_response(get_object_or_404(known, public_id=public_id).photo)


@allow(Role.AGENCY_MANAGER, Role.SCHOOL_DIRECTOR, Role.REGULATOR)
def scan(request: MemberRequest, public_id: uuid.UUID) -> FileResponse:
    """The scan of a paper."""
    known = Credential.objects.visible_to(request.membership).filter(scan__isnull=False).select_related("scan")
    return file_response(get_object_or_404(known, public_id=public_id).scan)
