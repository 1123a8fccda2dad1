"""Keep the translations complete: `check` lists every fault, `update` brings the catalogues in step with the code.

English is the source language: what stands in the code is what an English reader sees. Kazakh and Russian live in
`locale/`; what Django, django-allauth and django-filter ship without a translation is supplied in `locale_frameworks/`.
Python is read with `ast`, templates through Django's own lexer, so GNU gettext is not needed.
"""

import argparse
import ast
import fnmatch
import importlib.util
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import polib
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

LANGUAGES = {
    "kk": "nplurals=2; plural=(n != 1);",
    "ru": ("nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"),
}
# Folders that hold no page of the site.
SKIPPED_FOLDERS = {
    "tests",
    "tools",
    "benchmarks",
    "var",
    "docs",
    "requirements",
    "locale",
    "locale_frameworks",
    "node_modules",
}
# Words that are the same in every language, so a template may write them outright.
WORDS_OF_EVERY_LANGUAGE = {"Qorgan", "Қаз", "Рус", "Eng", "Қазақша", "По", "русски", "рус", "Русский", "English"}
# Python files whose Cyrillic is data, not a message of the site.
CYRILLIC_DATA = [
    "*/law/*",
    "*demo*",
    # Invented people and schools of the page that shows every component.
    "desks/styleguide/samples.py",
    "formats/*",
    # Names of months and days as one form of each language's dates.
    "desks/formats.py",
    # How wide letters are.
    "desks/pictures/text.py",
    "*/migrations/*",
]
# Messages that a translation may repeat letter for letter.
SAME_IN_TRANSLATION = {"Qorgan", "Excel"}
# Where the docstring of a rule, a class with a code, is what a reader sees of it.
RULES_FOLDER = "compliance/predicates/"
# Said on the line of a gettext call whose message is a name: the message is marked where it is written.
MARKED_ELSEWHERE = "catalogue: marked elsewhere"
# Between these two template comments a document may hold words of its own (a notice stands in two languages at once).
LINT_OFF, LINT_ON = "catalogue: off", "catalogue: on"

# Per package: the folders whose messages reach a reader here. Django's admin, GIS, PostgreSQL fields, flatpages,
# redirects, sites and the rest of allauth are not installed.
FRAMEWORKS = {
    "django": [
        "conf",
        "core",
        "db",
        "forms",
        "http",
        "template",
        "utils",
        "views",
        "contrib/auth",
        "contrib/contenttypes",
        "contrib/messages",
        "contrib/sessions",
        "contrib/staticfiles",
    ],
    "allauth": ["account", "core", "utils.py", "ratelimit.py", "templates/account", "templates/allauth"],
    "django_filters": ["."],
}
FRAMEWORK_CATALOGUES = {
    "django": ["conf", "contrib/auth", "contrib/contenttypes", "contrib/sessions"],
    "allauth": ["."],
    "django_filters": ["."],
}

_FUNCTIONS = {f"{prefix}gettext{suffix}" for prefix in ("", "n", "p", "np") for suffix in ("", "_lazy")} | {
    "gettext_noop"
}
_VISIBLE_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "label", "summary"}
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LETTER = re.compile(r"[^\W\d_]")
# A name in capitals (PDF, CSV) is no English word.
_ENGLISH_WORD = re.compile("[a-z]{3}")
_LITERAL = r"""(?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"(?<!\w)(_|n?p?gettext)\(\s*({_LITERAL}(?:\s*,\s*{_LITERAL})*)", re.DOTALL)
_TRANSLATE_VARIABLE = re.compile(r"trans(?:late)?\s+(?![\"'])\S")
_PERCENT = re.compile(r"%(?:\(\w+\))?[#0\- +]*(?:\d+|\*)?(?:\.\d+)?[diouxXeEfFgGcrs]")
_BRACE = re.compile(r"\{\w*(?::[^{}]*)?\}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


class Key(NamedTuple):
    """What a catalogue looks a message up by; `context` is None where there is none."""

    context: str | None
    msgid: str


@dataclass
class Source:
    """Where one message is used, and its plural if it has one."""

    plural: str = ""
    files: set[str] = field(default_factory=set)


@dataclass
class Sources:
    """All messages of a tree, and what is wrong with the way they are written."""

    messages: dict[Key, Source] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, function: str, arguments: list[str], file: str, line: int) -> None:
        """Record one call of a gettext function by its literal arguments."""
        context = arguments.pop(0) if function.startswith(("pg", "np")) else None
        plural = arguments[1] if function.startswith("n") else ""
        if not arguments[0]:
            self.faults.append(f"{file}:{line}: an empty message, which gettext answers with the catalogue's header")
            return
        source = self.messages.setdefault(Key(context, arguments[0]), Source())
        if plural and source.plural and plural != source.plural:
            self.faults.append(f"{file}:{line}: {arguments[0]!r} already has another plural: {source.plural!r}")
        source.plural = source.plural or plural
        source.files.add(file)


def files_of(root: Path, pattern: str) -> Iterator[Path]:
    """Files under `root` that can hold a message of the site, in a stable order."""
    for path in sorted(root.rglob(pattern)):
        folders = path.relative_to(root).parts[:-1]
        if not any(name in SKIPPED_FOLDERS or name.startswith(".") for name in folders):
            yield path


def templates_of(root: Path) -> Iterator[Path]:
    """Pages and letters: .html and .txt in any folder named templates."""
    for pattern in ("*.html", "*.txt"):
        for path in files_of(root, pattern):
            if "templates" in path.relative_to(root).parts:
                yield path


def sources_of(root: Path) -> Sources:
    """Every message used in the Python files and templates under `root`."""
    sources = Sources()
    for path in files_of(root, "*.py"):
        read_python(path, str(path.relative_to(root)), sources)
    for path in templates_of(root):
        read_template(path, str(path.relative_to(root)), sources)
    return sources


def _gettext_names(tree: ast.AST) -> tuple[dict[str, str], set[str]]:
    """Names a module calls gettext functions by, and names it gives to the translation module itself."""
    functions: dict[str, str] = {}
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            functions |= {name.asname or name.name: name.name for name in node.names if name.name in _FUNCTIONS}
        elif isinstance(node, ast.ImportFrom) and node.module == "django.utils":
            modules |= {name.asname or name.name for name in node.names if name.name == "translation"}
    return functions, modules


def _called(node: ast.Call, functions: dict[str, str], modules: set[str]) -> str | None:
    if isinstance(node.func, ast.Name):
        return functions.get(node.func.id)
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        if node.func.value.id in modules and node.func.attr in _FUNCTIONS:
            return node.func.attr
    return None


def read_python(path: Path, name: str, sources: Sources) -> None:
    """Add the messages of one Python file; a message that is not a literal is a fault unless its line is marked."""
    text = path.read_text(encoding="utf-8")
    if "translation" not in text:
        return
    tree = ast.parse(text, filename=str(path))
    functions, modules = _gettext_names(tree)
    lines = text.splitlines()
    for message, line in _sentences_of_rules(tree) if name.startswith(RULES_FOLDER) else ():
        sources.add("gettext", [message], name, line)
    for node in ast.walk(tree):
        function = _called(node, functions, modules) if isinstance(node, ast.Call) else None
        if function is None:
            continue
        assert isinstance(node, ast.Call)
        wanted = 1 + function.startswith(("pg", "np")) + function.startswith("n")
        literals = [a.value for a in node.args[:wanted] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if len(literals) == wanted:
            sources.add(function, literals, name, node.lineno)
        elif MARKED_ELSEWHERE not in " ".join(lines[node.lineno - 1 : node.end_lineno]):
            sources.faults.append(f"{name}:{node.lineno}: {function}() of something that is not a literal")


def _sentences_of_rules(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The paragraphs of the docstring of each class that has a code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(_is_code(one) for one in node.body):
            for paragraph in (ast.get_docstring(node) or "").split("\n\n"):
                yield " ".join(paragraph.split()), node.lineno


def _is_code(node: ast.stmt) -> bool:
    is_named = isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "code"
    return is_named and node.value is not None  # type: ignore[attr-defined]


def read_template(path: Path, name: str, sources: Sources) -> None:
    """Add the messages of one template: translate, blocktranslate (plural, context, trimmed) and _("...")."""
    text = path.read_text(encoding="utf-8")
    try:
        pseudo = templatize(text, origin=name)
    except SyntaxError as error:
        sources.faults.append(f"{name}: {error}")
        return
    for call in _CALL.finditer(pseudo):
        arguments = [ast.literal_eval(literal) for literal in re.findall(_LITERAL, call[2], re.DOTALL)]
        sources.add(call[1].replace("_", "gettext"), arguments, name, pseudo.count("\n", 0, call.start()) + 1)
    for token in Lexer(text).tokenize():
        if token.token_type == TokenType.BLOCK and _TRANSLATE_VARIABLE.match(token.contents):
            sources.faults.append(f"{name}:{token.lineno}: {{% {token.contents} %}} translates something not a literal")


class _VisibleText(HTMLParser):
    """Collects the words of a template that a reader sees and no translation tag holds."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name = name
        self.faults: list[str] = []
        self._silent = 0

    def _see(self, text: str, line: int = 0) -> None:
        words = re.sub(r"\w+", lambda word: "" if word[0] in WORDS_OF_EVERY_LANGUAGE else word[0], text)
        if _LETTER.search(words):
            self.faults.append(f"{self.name}:{self.getpos()[0] + line}: hard-coded text {' '.join(text.split())!r}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        button = tag == "input" and dict(attrs).get("type") in ("submit", "button", "reset")
        for attribute, value in attrs:
            if value and (attribute in _VISIBLE_ATTRIBUTES or (button and attribute == "value")):
                self._see(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            for number, line in enumerate(data.split("\n")):
                self._see(line, number)


_INSIDE = {"blocktrans": "endblocktrans", "blocktranslate": "endblocktranslate", "comment": "endcomment"}


def _without_template_language(text: str) -> str:
    """The template's own text: tags, variables, translated blocks and marked passages leave only their line ends."""
    kept: list[str] = []
    until, off = "", False
    for token in Lexer(text).tokenize():
        word = token.contents.split(maxsplit=1)[0] if token.contents.split() else ""
        if token.token_type == TokenType.TEXT:
            kept.append("\n" * token.contents.count("\n") if until or off else token.contents)
            continue
        # The lexer reads tags on one line only, so a tag never holds a line end.
        if token.token_type == TokenType.BLOCK:
            until = ("" if word == until else until) if until else _INSIDE.get(word, "")
        elif token.token_type == TokenType.COMMENT:
            off = {LINT_OFF: True, LINT_ON: False}.get(token.contents.strip(), off)
        if token.token_type == TokenType.VAR:
            # A variable may name the element itself: <{{ tag }} class="card">.
            kept.append("div" if kept and kept[-1].endswith(("<", "</")) else "-")
        else:
            kept.append(" ")
    return "".join(kept)


def hard_coded_text(path: Path, name: str) -> list[str]:
    """Words in a template that would read the same in every language."""
    text = _without_template_language(path.read_text(encoding="utf-8"))
    reader = _VisibleText(name)
    reader.feed(text)
    reader.close()
    return reader.faults


def cyrillic_literals(path: Path, name: str) -> list[str]:
    """Cyrillic strings in Python, outside docstrings: a message that skipped the catalogue."""
    text = path.read_text(encoding="utf-8")
    if not _CYRILLIC.search(text) or any(fnmatch.fnmatch(name, pattern) for pattern in CYRILLIC_DATA):
        return []
    tree = ast.parse(text, filename=str(path))
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        f"{name}:{node.lineno}: Cyrillic text {node.value!r} in Python"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in statements
        and _CYRILLIC.search(node.value)
    ]


def _placeholders(text: str) -> set[str]:
    text = text.replace("%%", "")
    return set(_PERCENT.findall(text)) | set(_BRACE.findall(text))


def translation_faults(entry: polib.POEntry, plural_forms: int) -> list[str]:
    """What is wrong with one entry: empty, fuzzy, copied, or with other placeholders, tags or line ends."""
    forms = dict(entry.msgstr_plural) if entry.msgid_plural else {0: entry.msgstr}
    if entry.fuzzy:
        return ["fuzzy"]
    if not all(forms.values()) or (entry.msgid_plural and len(forms) != plural_forms):
        return ["not translated"]
    faults = []
    for number, text in forms.items():
        # With two plural forms the first is said of one thing only, and may leave the number out as English does.
        original = entry.msgid_plural if entry.msgid_plural and (number or plural_forms > 2) else entry.msgid
        if _placeholders(text) != _placeholders(original):
            faults.append(f"placeholders {sorted(_placeholders(text))}, not {sorted(_placeholders(original))}")
        if sorted(_TAG.findall(text)) != sorted(_TAG.findall(original)):
            faults.append(f"HTML tags {_TAG.findall(text)}, not {_TAG.findall(original)}")
        if [text.startswith("\n"), text.endswith("\n")] != [original.startswith("\n"), original.endswith("\n")]:
            faults.append("line ends at the start or end differ")
        copied = text == original and entry.msgid not in SAME_IN_TRANSLATION
        if copied and _ENGLISH_WORD.search(_PERCENT.sub("", _TAG.sub("", text))):
            faults.append("the translation is the English text")
    return faults


def catalogue_path(root: Path, folder: str, language: str) -> Path:
    """Where a catalogue of the project lies."""
    return root / folder / language / "LC_MESSAGES" / "django.po"


def open_catalogue(path: Path, language: str) -> polib.POFile:
    """The catalogue at `path`, or an empty one."""
    if path.exists():
        return polib.pofile(str(path), wrapwidth=110)
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Project-Id-Version": "qorgan",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": LANGUAGES[language],
    }
    return catalogue


def catalogue_faults(path: Path, language: str, used: dict[Key, Source], optional: set[Key]) -> list[str]:
    """Faults of one catalogue; messages in `optional` may stand in it but need not."""
    catalogue = open_catalogue(path, language)
    name = "/".join(path.parts[-4:])
    faults = []
    if catalogue.metadata.get("Plural-Forms") != LANGUAGES[language]:
        faults.append(f"{name}: Plural-Forms is not {LANGUAGES[language]!r}")
    entries = {Key(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
    for key, source in used.items():
        entry = entries.get(key)
        if entry is not None and (entry.msgid_plural or "") != source.plural:
            faults.append(f"{name}: {key.msgid!r}: another plural in the code")
        elif entry is None and key not in optional:
            faults.append(f"{name}: {key.msgid!r}: missing ({', '.join(sorted(source.files))})")
    for key, entry in entries.items():
        if key not in used:
            faults.append(f"{name}: {key.msgid!r}: no longer used")
        faults += [f"{name}: {key.msgid!r}: {fault}" for fault in translation_faults(entry, plural_forms(language))]
    faults += [f"{name}: {entry.msgid!r}: obsolete" for entry in catalogue if entry.obsolete]
    return faults


def plural_forms(language: str) -> int:
    """How many plural forms the language's catalogues have."""
    return int(LANGUAGES[language].removeprefix("nplurals=")[0])


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.origin is not None, f"{package} is not installed"
    return Path(spec.origin).parent


def framework_sources() -> dict[Key, Source]:
    """Messages of the installed frameworks that a reader of this site can meet."""
    sources = Sources()
    for package, folders in FRAMEWORKS.items():
        base = _package_folder(package)
        for folder in folders:
            start = base / folder
            paths = (
                [start]
                if start.is_file()
                else sorted(p for p in start.rglob("*") if p.suffix in (".py", ".html", ".txt"))
            )
            for path in paths:
                read = read_python if path.suffix == ".py" else read_template
                read(path, str(path.relative_to(base.parent)), sources)
    return sources.messages


def framework_translations(language: str) -> set[Key]:
    """Messages that the frameworks themselves translate into `language`."""
    done: set[Key] = set()
    for package, folders in FRAMEWORK_CATALOGUES.items():
        for folder in folders:
            path = _package_folder(package) / folder / "locale" / language / "LC_MESSAGES" / "django.mo"
            if path.exists():
                # A compiled catalogue holds nothing fuzzy, but keeps plurals of which some forms are empty.
                for entry in polib.mofile(str(path)):
                    if all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr:
                        done.add(Key(entry.msgctxt, entry.msgid))
    return done


def update_catalogue(path: Path, language: str, used: dict[Key, Source], optional: set[Key]) -> None:
    """Add what is missing with an empty translation, drop what nothing uses, sort by message."""
    catalogue = open_catalogue(path, language)
    kept = {Key(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
    catalogue.clear()
    for key in sorted(used, key=lambda k: (k.msgid.casefold(), k.msgid, k.context or "")):
        source, entry = used[key], kept.get(key)
        if entry is None and key in optional:
            continue
        if entry is None or (entry.msgid_plural or "") != source.plural:
            entry = polib.POEntry(msgid=key.msgid, msgctxt=key.context, msgid_plural=source.plural)
        if source.plural:
            entry.msgstr_plural = {n: entry.msgstr_plural.get(n, "") for n in range(plural_forms(language))}
        # Files without line numbers: a moved line is no change of the catalogue.
        entry.occurrences = [(file, "") for file in sorted(source.files)]
        catalogue.append(entry)
    catalogue.metadata["Plural-Forms"] = LANGUAGES[language]
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path), newline="\n")


def check(root: Path, *, frameworks: bool = True) -> list[str]:
    """Every fault of the translations of the tree at `root`; with `frameworks`, of the frameworks' messages too."""
    sources = sources_of(root)
    faults = list(sources.faults)
    for path in templates_of(root):
        faults += hard_coded_text(path, str(path.relative_to(root)))
    for path in files_of(root, "*.py"):
        faults += cyrillic_literals(path, str(path.relative_to(root)))
    theirs = framework_sources() if frameworks else {}
    for language in LANGUAGES:
        faults += catalogue_faults(catalogue_path(root, "locale", language), language, sources.messages, set())
        if frameworks:
            path = catalogue_path(root, "locale_frameworks", language)
            faults += catalogue_faults(path, language, theirs, framework_translations(language))
    return faults


def update(root: Path) -> None:
    """Bring the catalogues of `root` in step with its code and with the installed frameworks."""
    ours, theirs = sources_of(root).messages, framework_sources()
    for language in LANGUAGES:
        update_catalogue(catalogue_path(root, "locale", language), language, ours, set())
        path = catalogue_path(root, "locale_frameworks", language)
        update_catalogue(path, language, theirs, framework_translations(language))


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; the exit code is 1 when `check` finds a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["check", "update"])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    options = parser.parse_args(arguments)
    if options.task == "update":
        update(options.root)
        return 0
    faults = check(options.root)
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults in the translations" if faults else "The translations are complete.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
