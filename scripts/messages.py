"""Keep the message catalogues: gather strings, check that nothing is missing, compile.

    python scripts/messages.py             gather new strings into every catalogue
    python scripts/messages.py --check     fail on a missing, fuzzy, obsolete or unknown string
    python scripts/messages.py --compile   write the .mo files (needs polib only)

Strings come from Python, from templates, and from the lake's contracts, whose meanings the
console shows. English is the msgid, so the English catalogue repeats it; the Chinese one is
written by hand.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "regulars"
LOCALE = SOURCES / "console" / "locale"
SOURCE_LANGUAGE = "en"
LANGUAGES = ("en", "zh_Hans")
PLURAL_FORMS = {
    "en": "nplurals=2; plural=(n != 1);",
    "zh_Hans": "nplurals=1; plural=0;",
}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_NAMED = re.compile(r"%\((\w+)\)[a-z]")
_DOTTED = re.compile(r"\w+(\.\w+)+")  # the name of a module says the same in every language
Key = tuple[str, str]


@dataclass(slots=True)
class Message:
    """One string of the house: its plural, and the files it stands in."""

    msgid: str
    plural: str = ""
    context: str = ""
    places: set[str] = field(default_factory=set)


def main() -> int:
    """Do what the command line asks; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="fail unless every catalogue is whole")
    parser.add_argument("--compile", action="store_true", help="write the .mo files")
    asked = parser.parse_args()
    if asked.compile:
        return compile_catalogues()
    messages = gathered()
    return check(messages) if asked.check else update(messages)


def compile_catalogues() -> int:
    """Write each catalogue's .mo file beside it."""
    for language in LANGUAGES:
        path = _path(language)
        catalogue = polib.pofile(str(path))
        catalogue.save_as_mofile(str(path.with_suffix(".mo")))
        print(f"{language}: {len(catalogue)} messages compiled")
    return 0


def update(messages: dict[Key, Message]) -> int:
    """Add new strings, drop those that are gone; say what still waits for a translation."""
    for language in LANGUAGES:
        old = _read(language)
        new = _empty(language)
        for key in sorted(messages, key=lambda key: (messages[key].msgid, key[0])):
            new.append(_entry(messages[key], old.get(key), language))
        _path(language).parent.mkdir(parents=True, exist_ok=True)
        new.save(str(_path(language)))
        print(f"{language}: {len(new)} messages, {len(new.untranslated_entries())} to translate")
    return 0


def check(messages: dict[Key, Message]) -> int:
    """Print every fault of the catalogues; return 1 when there is one."""
    faults = [fault for language in LANGUAGES for fault in _faults(language, messages)]
    for fault in faults:
        print(fault)
    print(f"{len(messages)} messages in {len(LANGUAGES)} languages: {len(faults)} faults")
    return 1 if faults else 0


def _faults(language: str, messages: dict[Key, Message]) -> Iterator[str]:
    entries = _read(language)
    for key, message in messages.items():
        entry = entries.get(key)
        if entry is None:
            yield f"{language}: missing: {message.msgid!r} ({min(message.places)})"
        elif "fuzzy" in entry.flags:
            yield f"{language}: fuzzy: {message.msgid!r}"
        elif not entry.translated():
            yield f"{language}: not translated: {message.msgid!r}"
        else:
            yield from _placeholder_faults(language, entry)
    for key in entries.keys() - messages.keys():
        yield f"{language}: no longer used: {key[1]!r}"


def _placeholder_faults(language: str, entry: polib.POEntry) -> Iterator[str]:
    """A translation may leave a placeholder out of the singular only, and may not invent one."""
    allowed = set(_NAMED.findall(entry.msgid)) | set(_NAMED.findall(entry.msgid_plural))
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    for text in texts:
        used = set(_NAMED.findall(text))
        if used - allowed or (not entry.msgid_plural and used != allowed):
            yield f"{language}: other placeholders than the English: {entry.msgid!r}"


def gathered() -> dict[Key, Message]:
    """Return every string that a user may read, by context and msgid."""
    found: dict[Key, Message] = {}
    for place, context, msgid, plural in (*_from_files(), *_from_contracts()):
        if not msgid:
            continue
        message = found.setdefault((context, msgid), Message(msgid, plural, context))
        message.plural = message.plural or plural
        message.places.add(place)
    return found


def _from_files() -> Iterator[tuple[str, str, str, str]]:
    from babel.messages.extract import extract
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    for path in sorted([*SOURCES.rglob("*.py"), *SOURCES.rglob("*.html")]):
        if {"tests", "migrations", "vendor"} & set(path.relative_to(SOURCES).parts):
            continue
        place = path.relative_to(ROOT).as_posix()
        for _line, text, _comments, context in extract("python", _code(path), keywords=KEYWORDS):
            singular, plural = (text[0], text[1]) if isinstance(text, tuple) else (text, "")
            yield place, context or "", singular, plural


def _code(path: Path) -> BytesIO:
    from django.utils.translation.template import templatize

    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        # What is left of the markup must not look like an indented block of Python.
        text = re.sub(r"^[ \t]+", "", templatize(text), flags=re.MULTILINE)
    return BytesIO(text.encode())


def _from_contracts() -> Iterator[tuple[str, str, str, str]]:
    sys.path.insert(0, str(SOURCES.parent))
    from regulars.lake.contracts import contracts

    for declared in contracts():
        place = f"contract {declared.name}"
        texts = [declared.grain, declared.source, *(check.promise for check in declared.checks)]
        for column in declared.columns:
            texts += [column.meaning, column.unit]
        for text in texts:
            if not _DOTTED.fullmatch(text):
                yield place, "", text, ""


def _entry(message: Message, old: polib.POEntry | None, language: str) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.msgid,
        msgid_plural=message.plural,
        msgctxt=message.context or None,
        occurrences=[(place, "") for place in sorted(message.places)],
        flags=["python-format"] if _NAMED.search(message.msgid) else [],
    )
    if message.plural:
        forms = 2 if language == SOURCE_LANGUAGE else 1
        english = {0: message.msgid, 1: message.plural}
        kept = dict(old.msgstr_plural) if old else {}
        entry.msgstr_plural = (
            english if language == SOURCE_LANGUAGE else {n: kept.get(n, "") for n in range(forms)}
        )
    elif language == SOURCE_LANGUAGE:
        entry.msgstr = old.msgstr if old and message.context else message.msgid
    else:
        entry.msgstr = old.msgstr if old else ""
    return entry


def _read(language: str) -> dict[Key, polib.POEntry]:
    path = _path(language)
    if not path.exists():
        return {}
    return {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(path))}


def _empty(language: str) -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Project-Id-Version": "regulars",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS[language],
    }
    return catalogue


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


if __name__ == "__main__":
    sys.exit(main())
