"""Every sentence exists in every language with the same placeholders, and is used."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from magicmemory.bots.texts import Texts, _sources
from magicmemory.core import errors
from magicmemory.core.errors import UserError

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "bots" / "texts"
LANGUAGES = ("ar", "de", "en", "es", "fr", "id", "it", "pl", "pt", "ru", "tr", "uk")
# Written without a native speaker, and not read by one yet.
UNREAD = ("ar", "id", "it", "pl", "tr", "uk")
# The operator's own, in English.
ONLY_ENGLISH = ("admin-", "telegram-admin-", "discord-admin-")
SLAVIC = {"one", "few", "many", "other"}
CATEGORIES = {"ru": SLAVIC, "uk": SLAVIC, "pl": SLAVIC, "ar": SLAVIC | {"zero", "two"}, "id": {"other"}}
NOTICE = 200  # characters of a notice on a pressed button, Telegram's limit
NOTICES = (
    "telegram-not-yours",
    "telegram-not-administrator",
    "telegram-too-old-to-delete",
    "telegram-deleted",
    "telegram-coming",
    "telegram-on-it",
    "faces-none",
    "reminder-set",
)
LABEL = 40  # characters of a button: longer ones are cut on a phone
HINT = 22  # characters of the hint in the page's input: more are cut on a phone
PAGE_LABELS = (
    *("cancel", "close", "closer", "copy", "download", "download-all", "download-cards", "erase", "gentler", "hold"),
    *("large-view", "restore-whole", "sample", "scope-faces", "scope-photo", "share", "share-both", "share-card"),
    *("share-clip", "show-damage", "show-faces", "stronger", "try-again", "undo-repair"),
)


class RedisKeys(Visitor):
    """Collects the variables and the variants' names of a message."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.variants: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802 - the library's name
        self.variables.add(node.id.name)

    def visit_Variant(self, node: ftl.Variant) -> None:  # noqa: N802
        if isinstance(node.key, ftl.Identifier):
            self.variants.add(node.key.name)
        self.generic_visit(node)


@cache
def messages(language: str) -> dict[str, RedisKeys]:
    """The messages of a language, by key."""
    resource = FluentParser(with_spans=False).parse((TEXTS / f"{language}.ftl").read_text("utf-8"))
    assert not [entry for entry in resource.body if isinstance(entry, ftl.Junk)], language
    found = {}
    for entry in resource.body:
        if isinstance(entry, ftl.Message):
            assert entry.id.name not in found, f"{language} has {entry.id.name} twice"
            found[entry.id.name] = RedisKeys()
            found[entry.id.name].visit(entry)
    return found


def patterns() -> Iterator[re.Pattern[str]]:
    """What the code can say: its string constants, and its f-strings with anything in the gaps."""
    for file in [*(ROOT / "bots").rglob("*.py"), *(ROOT / "core").rglob("*.py")]:
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.compile(re.escape(node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
                if sum(len(str(part)) for part in parts if part) >= 4:
                    yield re.compile("".join(".+" if part is None else re.escape(str(part)) for part in parts))


def test_there_are_twelve_languages() -> None:
    assert Texts().languages == LANGUAGES


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_nothing_is_missing_or_too_much(language: str) -> None:
    wanted = [key for key in messages("en") if not key.startswith(ONLY_ENGLISH)]
    assert sorted(messages(language)) == sorted(wanted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_parsed_one_by_one_are_those_of_the_whole_file(language: str) -> None:
    """None may refer to another, which may not be parsed yet."""
    parser = FluentParser(with_spans=False)
    whole = parser.parse((TEXTS / f"{language}.ftl").read_text("utf-8"))
    found = [entry for entry in whole.body if isinstance(entry, ftl.Message | ftl.Term)]
    for entry in found:
        entry.comment = None
    told = [entry.to_json() for entry in found]
    assert [parser.parse_entry(source).to_json() for source in _sources(language).values()] == told
    assert not re.search("(Message|Term)Reference", str(told))


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_use_the_same_values(language: str) -> None:
    for key, names in messages(language).items():
        assert names.variables == messages("en")[key].variables, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    known = CATEGORIES.get(language, {"one", "other"})
    for key, names in messages(language).items():
        assert names.variants <= known, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_notices_labels_and_descriptions_are_short_enough(language: str) -> None:
    texts = Texts()
    for key in NOTICES:
        assert len(texts.say(language, key)) <= NOTICE, key
    values: dict[str, str | int] = {"model": "codeformer", "price": 300, "plan": "Premium"}
    for key in messages(language):
        if "-button" in key or key in ("faces-restore", "faces-cards"):
            assert len(texts.say(language, key, **values)) <= LABEL, key
        elif key.removeprefix("playground-") in PAGE_LABELS:
            assert len(texts.say(language, key)) <= LABEL, key
        elif key == "playground-message-hint":
            assert len(texts.say(language, key)) <= HINT, key
        elif key.startswith("telegram-command-"):
            assert 3 <= len(texts.say(language, key)) <= 256, key


@pytest.mark.parametrize("language", UNREAD)
def test_a_file_that_no_native_speaker_has_read_says_so(language: str) -> None:
    assert "No native speaker has read this file yet." in (TEXTS / f"{language}.ftl").read_text("utf-8")


def test_every_message_is_said_somewhere() -> None:
    said = list(patterns())
    scripts = "".join(file.read_text("utf-8") for file in (ROOT / "bots" / "playground" / "static").glob("*.*s"))
    page = (ROOT / "bots" / "playground" / "static" / "index.html").read_text("utf-8")
    unsaid = [key for key in messages("en") if not any(pattern.fullmatch(key) for pattern in said)]
    assert [key for key in unsaid if key.removeprefix("playground-") not in scripts + page] == []


def test_every_error_has_its_sentence() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, UserError)]
    for kind in kinds:
        if kind is not UserError:
            assert f"error-{kind.key}" in messages("en")


def said_keys(file: Path) -> Iterator[str]:
    """The keys that a file's calls of `say` name as they are."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
            key = node.args[1] if len(node.args) > 1 else None
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value


def test_every_literal_sentence_exists() -> None:
    missing = {key for file in (ROOT / "bots").rglob("*.py") for key in said_keys(file)} - set(messages("en"))
    assert not missing


@pytest.mark.parametrize(
    ("language", "count", "text"),
    [
        ("ru", 1, "Одно лицо восстановлено."),
        ("ru", 3, "Восстановлено 3 лица."),
        ("ru", 5, "Восстановлено 5 лиц."),
        ("ru", 21, "Восстановлено 21 лицо."),
        ("de", 2, "2 Gesichter wiederhergestellt."),
        ("uk", 2, "Відновлено 2 обличчя."),
        ("uk", 11, "Відновлено 11 облич."),
        ("pl", 2, "Odnowiono 2 twarze."),
        ("pl", 5, "Odnowiono 5 twarzy."),
        ("pl", 22, "Odnowiono 22 twarze."),
        ("tr", 3, "3 yüz onarıldı."),
        ("it", 1, "Un volto restaurato."),
        ("id", 3, "3 wajah dipulihkan."),
        ("ar", 1, "رُمم وجه واحد."),
        ("ar", 2, "رُمم وجهان."),
        ("ar", 3, "رُممت 3 وجوه."),
        ("ar", 11, "رُمم 11 وجهًا."),
        ("ar", 100, "رُمم 100 وجه."),
        ("pt-br", 1, "Um rosto restaurado."),
        ("xx", 2, "2 faces restored."),
    ],
)
def test_plurals(language: str, count: int, text: str) -> None:
    assert Texts().say(language, "reply-restored", count=count) == text
