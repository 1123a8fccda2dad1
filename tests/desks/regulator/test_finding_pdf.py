"""The proof as a document: read back as text, in one family of type, the same bytes each time."""

import builtins
import io
import re
from typing import Any

import pypdf
import pytest
from django.template.loader import render_to_string
from django.utils import translation

from compliance.models import Finding
from desks import proof
from guards.models import Presence
from tests.desks.country import OWN, TODAY, Country
from tests.desks.proof.evidence import FLAT
from tests.desks.proof.test_flat import flat_finding
from tests.factories import AgencyFactory, GuardFactory, PostFactory

KAZAKH_LETTERS = "әғқңөұүһі"


@pytest.fixture
def finding(country: Country) -> Finding:
    """Turnover at a school whose names hold every letter that only Kazakh has."""
    school = country.school(OWN, leaves=8, school__name_kk="№ 9 «Һәм ұлағат» мектебі, Өңір үйі, Ғылым көшесі")
    country.judge()
    return country.finding("turnover_limit", school=school, agency=None)


def document(country: Country, finding: Finding, language: str = "kk") -> bytes:
    response = country.enter(language=language).get(f"/regulator/findings/{finding.public_id}/proof.pdf")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="finding-{finding.number}.pdf"'
    return bytes(response.content)


def text_of(content: bytes) -> str:
    """The text of all pages, with its spaces made plain."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def fonts_of(content: bytes) -> set[str]:
    found = set()
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            found.add(str(font.get_object()["/BaseFont"]).partition("+")[2])
    return found


def test_the_text_holds_the_numbers_the_clause_and_the_rows(country: Country, finding: Finding) -> None:
    text = text_of(document(country, finding, "en"))
    found = finding.evidence
    assert f"№ {finding.number}" in text
    for number in (f"{found['average_headcount']:.3f}", f"{found['settled_rate']:.1f}", f"{found['settled_low']:.1f}"):
        assert number in text
    assert "clause 1, version 1" in text
    assert finding.version.text_en in text
    assert finding.version.citation in text
    assert "Policy, not law" in text
    assert "Established" in text
    assert "Өмірқұлова Ғазиза" in text
    assert text.count("50••••••") == 11
    assert "1 / 2" in text or "1 / 3" in text


def test_kazakh_and_russian_stand_side_by_side(country: Country, finding: Finding) -> None:
    text = text_of(document(country, finding, "kk"))
    for words in ("Уәкілетті орган", "Уполномоченный орган", "Шымкент қаласы", "город Шымкент", "Есеп · Расчёт"):
        assert words in text
    assert "8 күзетші біржола кетті" in text
    assert "окончательно ушли 8 охранников (всего уходов 10, без уважительных 9)" in text
    assert "Анықталды · Установлено" in text


def test_every_kazakh_letter_is_read_back(country: Country, finding: Finding) -> None:
    text = text_of(document(country, finding, "kk")).lower()
    assert [letter for letter in KAZAKH_LETTERS if letter not in text] == []
    assert "№ 9 «һәм ұлағат» мектебі, өңір үйі, ғылым көшесі" in text


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_onest_is_the_only_type_in_the_file(country: Country, finding: Finding, language: str) -> None:
    fonts = fonts_of(document(country, finding, language))
    assert fonts
    assert {font.partition("-")[0] for font in fonts} == {"Onest"}


def test_the_document_is_the_same_each_time_whatever_happens_next(country: Country, finding: Finding) -> None:
    first = document(country, finding)
    assert document(country, finding) == first
    Finding.objects.filter(pk=finding.pk).update(closed_on=TODAY)
    assert finding.school
    country.attended(finding.school, ["present"])
    assert Presence.objects.exists()
    assert document(country, finding) == first


def test_the_file_says_that_it_is_accessible_and_in_which_language(country: Country, finding: Finding) -> None:
    reader = pypdf.PdfReader(io.BytesIO(document(country, finding, "kk")))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "kk"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode()
    assert reader.metadata and finding.number in str(reader.metadata.title)


def test_the_address_of_the_finding_stands_by_its_code(country: Country, finding: Finding) -> None:
    text = text_of(document(country, finding)).replace(" ", "")
    assert f"http://testserver/regulator/findings/{finding.public_id}/" in text


@pytest.mark.parametrize("rule", FLAT)
def test_every_further_rule_has_its_document(country: Country, rule: str) -> None:
    """As the HTML of which it is made, which is quicker than fourteen files."""
    post = PostFactory(code="P7")
    owners = {"school": post.school, "agency": AgencyFactory(bin="601240000004"), "guard": GuardFactory()}
    finding = flat_finding(rule, FLAT[rule], **owners)
    with translation.override("ru"):
        page = render_to_string("documents/finding.html", proof.document(finding, "https://qorgan.example/f/"))
    assert finding.version.text_ru in page
    assert finding.version.clause.paragraph.title_ru in page


def test_without_pango_the_page_says_what_to_install(
    country: Country, finding: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without_pango(name: str, *args: Any, **options: Any) -> Any:
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    response = country.enter().get(f"/regulator/findings/{finding.public_id}/proof.pdf")
    assert response.status_code == 503
    assert "libpango-1.0-0 libpangoft2-1.0-0" in response.content.decode()
