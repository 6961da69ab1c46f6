"""The application's commands: checked as Discord checks them, and looked up as its client offers them."""

import json
import re
import unicodedata

from tests.servers.discord.clock import Clock
from tests.servers.discord.refusals import JSON, Form, unknown

CHAT, USER_MENU, MESSAGE_MENU = 1, 2, 3
MOST = {CHAT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
SUB_COMMAND, SUB_GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, NUMBER, ATTACHMENT = 3, 4, 5, 6, 7, 10, 11
LOCALES = frozenset(
    [
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "fi",
        "sv-SE",
        "vi",
        "tr",
        "cs",
        "el",
        "bg",
        "ru",
        "uk",
        "hi",
        "th",
        "zh-CN",
        "ja",
        "zh-TW",
        "ko",
    ]
)
MOST_TEXT = 8000

Path = tuple[str | int, ...]


def chat_name_fits(name: str) -> bool:
    """Letters, numbers, dash, underscore and apostrophe; lower case where there is one."""
    letters = all(character in "-_'" or unicodedata.category(character)[0] in "LNM" for character in name)
    return bool(name) and letters and name == name.lower()


class Registry:
    """Commands by scope: None for the global ones, else a guild's id."""

    def __init__(self, clock: Clock, application: int) -> None:
        self._clock = clock
        self._application = application
        self._commands: dict[int | None, dict[int, JSON]] = {}
        self.writes = 0  # bulk overwrites and single changes

    def all(self, scope: int | None) -> list[JSON]:
        """The commands of one scope."""
        return list(self._commands.get(scope, {}).values())

    def get(self, scope: int | None, command_id: str) -> JSON:
        """One command, or 10063."""
        found = self._commands.get(scope, {}).get(int(command_id))
        if found is None:
            raise unknown(10063)
        return found

    def overwrite(self, scope: int | None, bodies: object) -> list[JSON]:
        """Replace all commands of a scope; one that stays keeps its id."""
        form = Form()
        if not isinstance(bodies, list):
            form.wrong((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            form.check()
            return []
        self._check_all(form, bodies, scope)
        form.check()
        before = {(command["type"], command["name"]): command for command in self.all(scope)}
        self._commands[scope] = {}
        for body in bodies:
            self._store(scope, body, before.get((body.get("type", CHAT), body["name"])))
        self.writes += 1
        return self.all(scope)

    def upsert(self, scope: int | None, body: JSON) -> JSON:
        """Add a command, or replace the one of that name."""
        form = Form()
        _Check(form, (), scope).command(body)
        form.check()
        key = (body.get("type", CHAT), body["name"])
        before = next((old for old in self.all(scope) if (old["type"], old["name"]) == key), None)
        self.writes += 1
        return self._store(scope, body, before)

    def remove(self, scope: int | None, command_id: str) -> None:
        """Take a command away."""
        self.get(scope, command_id)
        del self._commands[scope][int(command_id)]
        self.writes += 1

    def find(self, guild: int | None, kind: int, name: str) -> JSON | None:
        """The command somebody would be offered under its name: the guild's own before the global one."""
        for scope in (guild, None) if guild is not None else (None,):
            for command in self.all(scope):
                if (command["type"], command["name"]) == (kind, name):
                    return command
        return None

    def _check_all(self, form: Form, bodies: list[JSON], scope: int | None) -> None:
        seen: set[tuple[object, object]] = set()
        for index, body in enumerate(bodies):
            _Check(form, (index,), scope).command(body)
            key = (body.get("type", CHAT), body.get("name"))
            if key in seen:
                form.wrong((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Names must be unique.")
            seen.add(key)
        for kind, most in MOST.items():
            if sum(body.get("type", CHAT) == kind for body in bodies) > most:
                form.wrong((), "BASE_TYPE_BAD_LENGTH", f"Maximum number of application commands reached ({most}).")

    def _store(self, scope: int | None, body: JSON, before: JSON | None) -> JSON:
        command = {
            "type": CHAT,
            "description": "",
            "name_localizations": None,
            "description_localizations": None,
            "default_member_permissions": None,
            "nsfw": False,
            "options": [],
            **body,
            "id": before["id"] if before else str(self._clock.snowflake()),
            "application_id": str(self._application),
            "version": str(self._clock.snowflake()),
        }
        if scope is None:
            command["integration_types"] = command.get("integration_types") or [0]
            command.setdefault("contexts", None)
            command["dm_permission"] = True
        else:
            command["guild_id"] = str(scope)
        self._commands.setdefault(scope, {})[int(command["id"])] = command
        return command


class _Check:
    """Checks one command."""

    def __init__(self, form: Form, path: Path, scope: int | None) -> None:
        self._form = form
        self._path = path
        self._scope = scope

    def command(self, body: JSON) -> None:
        form, path = self._form, self._path
        kind = body.get("type", CHAT)
        if kind not in MOST:
            form.wrong((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4).")
            return
        self._named(body, path, chat=kind == CHAT)
        if kind == CHAT:
            self._described(body, path)
            self._options(body.get("options") or [], (*path, "options"))
            if _characters(body) > MOST_TEXT:
                form.wrong(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MOST_TEXT}).")
        elif body.get("description") or body.get("options"):
            form.wrong(path, "APPLICATION_COMMAND_INVALID", "Context menu commands cannot have description or options")
        self._contexts(body)
        permissions = body.get("default_member_permissions")
        if permissions is not None and not re.fullmatch(r"\d+", str(permissions)):
            form.wrong((*path, "default_member_permissions"), "NUMBER_TYPE_COERCE", "Value is not a bit set.")

    def _contexts(self, body: JSON) -> None:
        for name, known in (("integration_types", {0, 1}), ("contexts", {0, 1, 2})):
            given = body.get(name)
            if given is None:
                continue
            if self._scope is not None:
                self._form.wrong((*self._path, name), "APPLICATION_COMMAND_GUILD_CONTEXTS", "Only for global commands.")
            elif not given or len(set(given)) != len(given) or not set(given) <= known:
                self._form.wrong((*self._path, name), "BASE_TYPE_CHOICES", f"Values must be among {sorted(known)}.")

    def _named(self, body: JSON, path: Path, *, chat: bool) -> None:
        names: dict[tuple[str, ...], object] = {("name",): body.get("name")}
        names |= self._localised(body, path, "name_localizations")
        for where, name in names.items():
            if self._form.length((*path, *where), name, 1, 32) and chat and not chat_name_fits(str(name)):
                self._form.wrong((*path, *where), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")

    def _described(self, body: JSON, path: Path) -> None:
        texts: dict[tuple[str, ...], object] = {("description",): body.get("description")}
        texts |= self._localised(body, path, "description_localizations")
        for where, text in texts.items():
            self._form.length((*path, *where), text, 1, 100)

    def _localised(self, body: JSON, path: Path, name: str) -> dict[tuple[str, ...], object]:
        texts = body.get(name) or {}
        for locale in texts:
            if locale not in LOCALES:
                self._form.wrong((*path, name, locale), "DICT_TYPE_KEY_CHOICES", "This is no locale.")
        return {(name, locale): text for locale, text in texts.items()}

    def _options(self, options: list[JSON], path: Path) -> None:
        if len(options) > 25:
            self._form.wrong(path, "BASE_TYPE_BAD_LENGTH", "Must be 25 or fewer in length.")
        optional = False
        names = [option.get("name") for option in options]
        if len(set(names)) != len(names):
            self._form.wrong(path, "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique.")
        for index, option in enumerate(options):
            here = (*path, index)
            if optional and option.get("required"):
                self._form.wrong(
                    here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed first."
                )
            optional = optional or not option.get("required", False)
            self._option(option, here)

    def _option(self, option: JSON, path: Path) -> None:
        kind = option.get("type")
        if kind not in range(1, 12):
            self._form.wrong((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, …, 11).")
        self._named(option, path, chat=True)
        self._described(option, path)
        choices = option.get("choices") or []
        if option.get("autocomplete") and (choices or kind not in {STRING, INTEGER, NUMBER}):
            self._form.wrong(path, "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", "Autocomplete stands alone.")
        if len(choices) > 25 or (choices and kind not in {STRING, INTEGER, NUMBER}):
            self._form.wrong((*path, "choices"), "BASE_TYPE_BAD_LENGTH", "Must be 25 or fewer in length.")
        for index, choice in enumerate(choices):
            self._form.length((*path, "choices", index, "name"), choice.get("name"), 1, 100)
        if option.get("options"):
            if kind not in {SUB_COMMAND, SUB_GROUP}:
                self._form.wrong((*path, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "No options here.")
            self._options(option["options"], (*path, "options"))


def _characters(body: JSON) -> int:
    """Names, descriptions and values of a command; of the localisations the longest counts."""
    total = 0
    for name in ("name", "description"):
        texts = [str(body.get(name, "")), *(body.get(f"{name}_localizations") or {}).values()]
        total += max(map(len, texts))
    total += sum(len(choice["name"]) + len(json.dumps(choice["value"])) for choice in body.get("choices") or [])
    return total + sum(_characters(option) for option in body.get("options") or [])
