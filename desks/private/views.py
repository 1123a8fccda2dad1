"""Photographs, scans, proof and attachments, handed out to those who may know of the record that names them."""

import uuid

from django.http import FileResponse
from django.shortcuts import get_object_or_404

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from compliance.models import Answer
from files.serving import file_response
from guards.models import Cause, Credential, Guard


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


@allow(Role.AGENCY_MANAGER, Role.SCHOOL_DIRECTOR, Role.REGULATOR)
def cause(request: MemberRequest, public_id: uuid.UUID) -> FileResponse:
    """The proof of why a guard left."""
    known = Cause.objects.visible_to(request.membership).filter(evidence__isnull=False).select_related("evidence")
    return file_response(get_object_or_404(known, public_id=public_id).evidence)


@allow(Role.AGENCY_MANAGER, Role.REGULATOR)
def answer_file(request: MemberRequest, public_id: uuid.UUID, file: uuid.UUID) -> FileResponse:
    """A file that an agency attached to its answer to a finding."""
    answer = get_object_or_404(Answer.objects.visible_to(request.membership), public_id=public_id)
    return file_response(get_object_or_404(answer.files, public_id=file))
