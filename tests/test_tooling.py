"""The tools do what they say, and the repository keeps its own rules."""

import gettext
import re
import subprocess
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from config import environment
from tools import ROOT, check, fonts, messages, stamps, suite

LONGEST_FILE = 600
KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
TYPOGRAPHY = "№₸«»–—−…×÷→↑↓·\u00a0\u202f"


def tracked(*endings: str) -> list[Path]:
    """Files under version control with one of these endings."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = [ROOT / name for name in listed.split("\0") if name.endswith(endings)]
    return [path for path in found if path.exists()]


def test_compiled_catalogue_translates_and_leaves_fuzzy_messages_out(tmp_path):
    folder = tmp_path / "locale" / "kk" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "School"\nmsgstr "Мектеп"\n\n#, fuzzy\nmsgid "Guard"\nmsgstr "Қате"\n'
    )
    assert messages.compile_all(tmp_path) == 1
    with (folder / "django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("School") == "Мектеп"
    assert catalogue.gettext("Guard") == "Guard"


@pytest.mark.parametrize("name", ["onest.woff2", "onest-400.ttf", "onest-500.ttf", "onest-600.ttf"])
def test_font_holds_kazakh_and_typography(name):
    held = TTFont(fonts.FOLDER / name).getBestCmap()
    assert [letter for letter in KAZAKH + TYPOGRAPHY if ord(letter) not in held] == []


def test_every_weight_is_found_under_one_family():
    for weight in fonts.WEIGHTS:
        font = TTFont(fonts.FOLDER / f"onest-{weight}.ttf")
        assert font["name"].getDebugName(16) == "Onest"
        assert font["OS/2"].usWeightClass == weight
        assert "fvar" not in font


def test_fonts_are_built_the_same_every_time(tmp_path):
    fonts.build(tmp_path)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(built) == 5
    assert {name: (fonts.FOLDER / name).read_bytes() == content for name, content in built.items()} == dict.fromkeys(
        built, True
    )


def test_web_font_is_small():
    assert (fonts.FOLDER / "onest.woff2").stat().st_size < 45_000


def test_stamp_is_fresh_until_something_changes(tmp_path):
    source, stamp = tmp_path / "source", tmp_path / "stamps" / "one"
    source.write_text("a")
    stamps.write(stamp, stamps.fingerprint([source]))
    assert stamps.is_fresh(stamp, stamps.fingerprint([source]))
    source.write_text("b")
    assert not stamps.is_fresh(stamp, stamps.fingerprint([source]))
    assert not stamps.is_fresh(tmp_path / "none", "mark")


def test_check_tells_its_exit_code_and_all_it_said():
    _, _, code, said = check.Check("one", ["sh", "-c", "echo heard; echo also heard >&2; exit 3"]).run()
    assert (code, said) == (3, "heard\nalso heard")


def test_suite_fails_with_any_part_and_closes_with_the_last_line_of_each(capfd):
    parts = suite.Suite()
    parts.part("First", ["sh", "-c", "echo 2 failed, 1 passed; exit 1"])
    parts.part("Second", ["sh", "-c", "echo noise; echo $COUNT passed"], COUNT="5")
    capfd.readouterr()
    assert parts.close() == 1
    assert capfd.readouterr().out.splitlines()[-4:] == ["First:", "2 failed, 1 passed", "Second:", "5 passed"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:////var/lib/qorgan.sqlite3", "/var/lib/qorgan.sqlite3"),
        ("sqlite:///var/qorgan.sqlite3", "/base/var/qorgan.sqlite3"),
        ("sqlite:///:memory:", ":memory:"),
        ("postgres://officer@/qorgan?host=/run", "qorgan"),
    ],
)
def test_database_url_names_the_database(url, name):
    assert environment.database(url, Path("/base"))["NAME"] == name


def test_database_url_of_another_kind_is_refused_with_what_is_understood():
    with pytest.raises(ValueError, match="sqlite:///"):
        environment.database("mysql://somewhere/qorgan", Path("/base"))


@pytest.mark.parametrize("name", ["uv.txt", "run.txt", "dev.txt", "bench.txt"])
def test_every_locked_package_has_its_hash(name):
    text = (ROOT / "requirements" / name).read_text()
    packages = re.split(r"^(?=[a-zA-Z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    for package in packages:
        assert re.match(r"[a-z0-9.\[\]_-]+==\S+", package), package
        assert "--hash=sha256:" in package, package.splitlines()[0]
    assert "://" not in text


def test_each_lock_agrees_with_the_one_before_it():
    def pins(name):
        lines = (ROOT / "requirements" / name).read_text().splitlines()
        return {line.rstrip(" \\") for line in lines if re.match(r"[a-z]", line)}

    assert pins("run.txt") <= pins("dev.txt") <= pins("bench.txt")


def test_no_file_is_too_long_to_read():
    lengths = {path: path.read_text().count("\n") for path in tracked(".py", ".html", ".css", ".js")}
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_nothing_is_left_to_do_in_a_comment():
    # Written so that this file does not hold the words itself.
    words = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX"]))
    found = tracked(".py", ".html", ".css", ".js", ".toml", ".md", ".yml")
    assert [str(path.relative_to(ROOT)) for path in found if words.search(path.read_text())] == []


def test_nothing_built_is_committed():
    assert tracked(".mo", ".woff2", ".ttf", ".sqlite3", ".pyc") == []
