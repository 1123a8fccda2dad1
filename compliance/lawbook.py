"""Loading the shipped law from `compliance/law/*.toml`."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from compliance.models import Clause, ClauseVersion, Draft, Paragraph

LAW = Path(__file__).with_name("law")
TITLES = ("title_kk", "title_ru", "title_en")
VERSION_FIELDS = (
    "rule",
    "parameters",
    "mark",
    "citation_kk",
    "citation_ru",
    "citation_en",
    "link",
    "text_kk",
    "text_ru",
    "text_en",
)


class LawChanged(Exception):
    """A file says otherwise of a version that this register already holds."""


def load_law(*, folder: Path = LAW, using: str = "default") -> int:
    """Bring the register's clause versions in line with the files; returns how many versions are new.

    Loading again changes nothing. A version that stands is never edited: where a file reads differently, LawChanged
    says so, for the correction is a version of its own with a later `effective_from`. Of what was published on screen
    the files say nothing; where it is for the same clause and day as a version of theirs, it is the one that holds.
    """
    with transaction.atomic(using=using):
        return sum(_load_paragraph(_read(path), using) for path in sorted(folder.glob("*.toml")))


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _load_paragraph(source: dict[str, Any], using: str) -> int:
    paragraph, _ = Paragraph.objects.using(using).update_or_create(
        code=source["code"], defaults={name: source[name] for name in TITLES}
    )
    draft = None
    if "draft" in source:
        draft, _ = Draft.objects.using(using).get_or_create(code=source["draft"], paragraph=paragraph)
    new = 0
    for clause_source in source["clause"]:
        clause, _ = Clause.objects.using(using).get_or_create(paragraph=paragraph, number=clause_source["number"])
        for version in clause_source["version"]:
            new += _load_version(clause, draft, version, using)
    return new


def _load_version(clause: Clause, draft: Draft | None, source: dict[str, Any], using: str) -> bool:
    standing = ClauseVersion.objects.using(using).filter(revoked_at__isnull=True)
    held = standing.filter(clause=clause, draft=draft, effective_from=source["effective_from"]).first()
    if held is not None and held.published_from_id is not None:
        return False
    if held is None:
        version = ClauseVersion(clause=clause, draft=draft, **source)
        version.full_clean(validate_unique=False, validate_constraints=False)
        version.save(using=using)
        return True
    read = ClauseVersion(clause=clause, draft=draft, **source)
    changed = [name for name in VERSION_FIELDS if getattr(held, name) != getattr(read, name)]
    if changed:
        raise LawChanged(
            f"{clause.code} from {held.effective_from} differs in {', '.join(changed)}: a version in force is never "
            "edited; add a version with a later effective_from."
        )
    return False
