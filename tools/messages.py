"""Translations: every `.po` compiled to the `.mo` that Django reads (`python -m tools.messages`)."""

from pathlib import Path

from tools import ROOT, VAR, stamps

STAMP = VAR / "stamps" / "messages"


def catalogues(root: Path = ROOT) -> list[Path]:
    """The `.po` files of the project, in order."""
    return sorted(root.glob("locale*/*/LC_MESSAGES/*.po"))


def compile_all(root: Path = ROOT) -> int:
    """Write each catalogue's `.mo` beside it, without fuzzy messages; return how many were written."""
    import polib

    found = catalogues(root)
    for path in found:
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return len(found)


def prepare() -> bool:
    """Compile if a catalogue changed or a compiled one is missing; return whether it was done."""
    found = catalogues()
    mark = stamps.fingerprint(found)
    if stamps.is_fresh(STAMP, mark) and all(path.with_suffix(".mo").exists() for path in found):
        return False
    compile_all()
    stamps.write(STAMP, mark)
    return True


if __name__ == "__main__":
    print(f"Compiled {compile_all()} catalogues")
