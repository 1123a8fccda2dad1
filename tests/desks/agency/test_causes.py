"""Why guards left: the list, the proof that is attached, and its file."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from guards.models import Assignment, Cause
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import CauseFactory, StoredFileFactory

PDF = b"%PDF-1.7\n"


@pytest.fixture
def leave(desk: Any) -> Assignment:
    return desk.left(desk.post(), days_ago=100, end_reason="illness")  # type: ignore[no-any-return]


def shown(desk: Any, **query: str) -> set[Assignment]:
    return set(desk.client.get(desk.url("causes"), query).context["page"].rows)


def test_leaves_whose_reason_is_excused_are_listed_and_no_others(desk: Any, leave: Assignment) -> None:
    desk.left(leave.post, days_ago=50)
    assert shown(desk) == {leave}
    page = desk.get("causes")
    assert "No proof yet" in page
    assert desk.url("cause", leave) in page


def test_leaves_are_found_by_the_state_of_their_cause(desk: Any, leave: Assignment) -> None:
    of = {
        state: desk.left(leave.post, days_ago=40, end_reason="retired") for state in ("waiting", "rejected", "accepted")
    }
    for state, one in of.items():
        CauseFactory(assignment=one, status=state, reason="No seal")
    Assignment.objects.filter(pk=of["accepted"].pk).update(cause_accepted=True)
    assert {state: shown(desk, state=state) for state in ("to_prove", *of)} == {
        "to_prove": {leave},
        **{state: {one} for state, one in of.items()},
    }


def test_the_list_alone_is_a_part_of_the_page(desk: Any, leave: Assignment) -> None:
    assert_fragment_equals_page(desk.client, desk.url("causes"))


def test_twenty_leaves_take_as_many_queries_as_one(desk: Any, leave: Assignment) -> None:
    few = desk.queries("causes")
    for days in range(19):
        CauseFactory(assignment=desk.left(leave.post, days_ago=days, end_reason="illness"))
    assert desk.queries("causes") == few


def test_the_export_tells_the_state(desk: Any, leave: Assignment) -> None:
    text = desk.client.get(desk.url("causes"), {"format": "csv"}).getvalue().decode()
    assert leave.guard.masked_iin in text
    assert "No proof yet" in text


def test_the_proof_is_sent_with_its_words(desk: Any, leave: Assignment) -> None:
    sent = {"evidence": SimpleUploadedFile("note.exe", PDF), "note": "Sick note № 7"}
    answer = desk.client.post(desk.url("cause", leave), sent, follow=True)
    cause = Cause.objects.get()
    assert (cause.assignment, cause.note, cause.status) == (leave, "Sick note № 7", "waiting")
    assert cause.evidence and cause.evidence.name == "note.pdf"
    page = answer.content.decode()
    assert "The proof is with the school and the regulator" in page
    assert reverse("private:cause", args=[cause.public_id]) in page
    assert 'type="file"' not in page


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, "Attach the proof, or say in words what the school itself can check."),
        ({"evidence": b"MZ\x00\x01"}, "none of these: PDF, JPG, PNG"),
    ],
)
def test_a_fault_comes_back_filled_and_sends_nothing(
    desk: Any, leave: Assignment, sent: dict[str, bytes], error: str
) -> None:
    files = {name: SimpleUploadedFile("note.pdf", content) for name, content in sent.items()}
    answer = desk.client.post(desk.url("cause", leave), {**files, "note": "Sick note № 7" if files else " "})
    assert error in answer.content.decode()
    assert not Cause.objects.exists()
    if files:
        assert "Sick note № 7" in answer.content.decode()


def test_a_rejection_is_read_word_for_word_and_better_proof_asked_for(desk: Any, leave: Assignment) -> None:
    CauseFactory(
        assignment=leave,
        status="rejected",
        reason="No seal",
        decided_on=desk.today,
        decided_by="Сәуле Қасенова",
        decided_role="school_director",
    )
    page = desk.get("cause", leave)
    assert "«No seal»" in page
    assert "Сәуле Қасенова, for the school" in page
    assert 'type="file"' in page


def test_a_reason_that_always_counts_has_nothing_to_prove(desk: Any, leave: Assignment) -> None:
    resigned = desk.left(leave.post, days_ago=50)
    page = desk.get("cause", resigned)
    assert "there is nothing to prove" in page
    assert 'type="file"' not in page


def test_a_picture_is_seen_on_the_page_and_a_pdf_is_saved(desk: Any, leave: Assignment) -> None:
    cause = CauseFactory(assignment=leave, evidence=StoredFileFactory())
    assert "<img class" not in desk.get("cause", leave)
    answer = desk.client.get(reverse("private:cause", args=[cause.public_id]))
    assert answer["Content-Disposition"].startswith("attachment")
    cause.evidence.content_type = "image/png"
    cause.evidence.save()
    assert '<img class="evidence"' in desk.get("cause", leave)


def test_a_cause_without_a_file_has_none_to_open(desk: Any, leave: Assignment) -> None:
    cause = CauseFactory(assignment=leave)
    assert "No file attached" in desk.get("cause", leave)
    assert desk.client.get(reverse("private:cause", args=[cause.public_id])).status_code == 404


def test_the_guards_page_leads_to_the_cause(desk: Any, leave: Assignment) -> None:
    assert desk.url("cause", leave) in desk.get("guard", leave.guard)


def test_an_end_for_an_excused_reason_leads_to_its_proof(desk: Any) -> None:
    standing = desk.stands(desk.post())
    sent = {"reason": "retired", "last_day": f"{desk.today:%d.%m.%Y}"}
    assert desk.client.post(desk.url("end", standing), sent)["Location"] == desk.url("cause", standing)
