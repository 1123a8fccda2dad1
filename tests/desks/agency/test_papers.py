"""A guard's papers on the agency's desk: entered, corrected, renewed, deleted; claims until somebody verified them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guards.models import Credential
from tests.factories import CredentialFactory

SCAN = b"%PDF-1.7\n%"


def send(desk: Any, name: str, record: Any, **changed: Any) -> Any:
    values = {
        "kind": "weapon_permit",
        "number": "W-1",
        "issued_by": "Полиция",
        "issued_on": "01.09.2026",
        "valid_until": "01.09.2031",
    }
    return desk.client.post(desk.url(name, record), values | changed)


@pytest.fixture
def paper(desk: Any) -> Any:
    return CredentialFactory(guard=desk.guard(), kind="weapon_permit", number="W-1")


def test_a_paper_with_its_scan_is_entered_as_a_claim(desk: Any) -> None:
    guard = desk.guard()
    scan = SimpleUploadedFile("permit.exe", SCAN)
    assert send(desk, "paper_add", guard, scan=scan).url == desk.url("guard", guard)
    made = Credential.objects.get(number="W-1")
    assert made.scan is not None
    assert made.scan.name == "permit.pdf"
    page = desk.get("guard", guard)
    assert f"/private/papers/{made.public_id}/scan/" in page
    assert "Claimed, not verified" in page
    assert "The agency entered a paper" in page


def test_the_kind_that_is_to_be_renewed_is_chosen_already(desk: Any) -> None:
    assert 'value="weapon_permit" selected' in desk.get("paper_add", desk.guard(), kind="weapon_permit")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"number": ""}, "Type the number of the paper."),
        ({"kind": ""}, "Choose the kind of paper"),
        ({"valid_until": "01.01.2020"}, "A paper is valid until its day of issue or later."),
        ({"issued_on": "01.01.2090", "valid_until": ""}, "has not come yet"),
        ({"scan": SimpleUploadedFile("scan.pdf", b"MZ\x90")}, "is none of these"),
    ],
)
def test_what_is_wrong_stands_by_its_field(desk: Any, changed: dict[str, Any], sentence: str) -> None:
    guard = desk.guard()
    page = send(desk, "paper_add", guard, **changed)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert not guard.credentials.filter(kind="weapon_permit").exists()


def test_a_doubted_paper_is_named_and_waits_again_once_corrected(desk: Any, paper: Any) -> None:
    Credential.objects.filter(pk=paper.pk).update(doubt="No such number.", doubted_on=desk.today)
    assert "No such number." in desk.get("guard", paper.guard)
    assert "No such number." in desk.get("paper_correct", paper)
    assert send(desk, "paper_correct", paper, number="W-2").status_code == 302
    page = desk.get("guard", paper.guard)
    assert "No such number." not in page
    assert "W-2" in page


def test_a_verified_paper_is_renewed_and_not_rewritten(desk: Any, paper: Any) -> None:
    Credential.objects.filter(pk=paper.pk).update(verified_on=desk.today)
    page = desk.get("guard", paper.guard)
    assert f"Verified on {desk.today:%d.%m.%Y}" in page
    assert f"{desk.url('paper_add', paper.guard)}?kind=weapon_permit" in page
    assert desk.url("paper_correct", paper) not in page
    assert "This paper is verified" in desk.get("paper_correct", paper)
    send(desk, "paper_correct", paper, number="W-9")
    paper.refresh_from_db()
    assert paper.number == "W-1"


def test_a_replaced_paper_stands_among_the_earlier_ones(desk: Any, paper: Any) -> None:
    newer = CredentialFactory(guard=paper.guard, kind=paper.kind, valid_until=paper.valid_until + timedelta(days=1))
    file = desk.client.get(desk.url("guard", paper.guard)).context["file"]
    assert newer in [one.credential for one in file.papers]
    assert [one.credential for one in file.earlier] == [paper]


def test_a_paper_entered_by_mistake_is_deleted_after_one_question(desk: Any, paper: Any) -> None:
    assert "Delete “Weapon permit” №\N{NO-BREAK SPACE}W-1?" in desk.get("paper_delete", paper)
    assert desk.client.post(desk.url("paper_delete", paper)).url == desk.url("guard", paper.guard)
    assert not Credential.objects.filter(pk=paper.pk).exists()


def test_a_paper_that_a_school_relied_on_is_not_deleted(desk: Any) -> None:
    guard = desk.stands(desk.post()).guard
    paper = guard.credentials.get(kind="medical_certificate")
    assert "This paper is not deleted" in desk.get("paper_delete", paper)
    refused = desk.client.post(desk.url("paper_delete", paper)).content.decode()
    assert "agreed to this guard" in refused
    assert guard.credentials.exists()


@pytest.mark.parametrize("name", ["paper_correct", "paper_delete"])
def test_another_agencys_paper_is_not_there(desk: Any, other: Any, name: str) -> None:
    paper = CredentialFactory(guard=other.guard())
    assert desk.client.get(desk.url(name, paper)).status_code == 404
    assert desk.client.post(desk.url(name, paper)).status_code == 404
    assert Credential.objects.filter(pk=paper.pk).exists()
