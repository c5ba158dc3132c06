"""Both catalogues are whole: nothing missing, fuzzy or left over, and placeholders agree."""

from __future__ import annotations

import re

from scripts.messages import LANGUAGES, check, gathered


def test_the_catalogues_are_whole() -> None:
    assert LANGUAGES == ("en", "zh_Hans")
    messages = gathered()
    assert len(messages) > 400
    assert check(messages) == 0


def test_every_chinese_text_is_chinese() -> None:
    import polib

    from scripts.messages import LOCALE

    catalogue = polib.pofile(str(LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    alike = {"API", "AUC", "App", "ISO 4217", "MiB", "SQL", "UTC", "YYYY-MM"}
    for entry in catalogue:
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        for text in texts:
            assert entry.msgid in alike or re.search(r"[\u4e00-\u9fff]", text), entry.msgid
