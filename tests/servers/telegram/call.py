"""A request to the Bot API, and its parameters read the way Telegram reads them."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.servers.telegram.entities import Entity, automatic, parse
from tests.servers.telegram.files import Upload
from tests.servers.telegram.model import JSON, Account, Keyboard
from tests.servers.telegram.refusals import bad_request

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
CALLBACK_BYTES = 64
BUTTONS = 100
ACTIONS_OF_BUTTONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


@dataclass
class Call:
    """One request: parameters as text, files by the name of their part."""

    method: str
    parameters: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A parameter, or empty."""
        return self.parameters.get(name, "")

    def required(self, name: str) -> str:
        """A parameter that must be there."""
        if not (value := self.text(name)):
            raise bad_request(f'parameter "{name}" is required')
        return value

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; what is none counts as not given."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """A yes or no."""
        return self.text(name).lower() in ("true", "yes", "1")

    def json(self, name: str, what: str) -> Any:
        """A parameter in JSON, None where it is missing.

        Raises:
            Refusal: it is not JSON; `what` says in Telegram's words what it should be.
        """
        if not (value := self.text(name)):
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None

    def message_text(self) -> tuple[str, list[Entity]]:
        """The text of a message and its entities."""
        text, entities = self.formatted(self.text("text"), self.text("parse_mode"), "entities")
        if not text:
            raise bad_request("message text is empty")
        if len(text) > LONGEST_TEXT:
            raise bad_request("message is too long")
        return text, entities

    def caption(self) -> tuple[str, list[Entity]]:
        """The caption of a message and its entities; empty where there is none."""
        return check_caption(*self.formatted(self.text("caption"), self.text("parse_mode"), "caption_entities"))

    def formatted(self, text: str, mode: str, entities: str) -> tuple[str, list[Entity]]:
        """Text with its entities, from a parse mode or given one by one."""
        if not mode and (given := self.json(entities, "entities")):
            return text.strip(), [*given, *automatic(text)]
        plain, found = parse(text, mode)
        return plain.strip(), found

    def keyboard(self) -> Keyboard:
        """The inline keyboard, checked; empty where there is none."""
        markup = self.json("reply_markup", "reply keyboard markup")
        if markup is None:
            return []
        if not isinstance(markup, dict):
            raise bad_request("object expected as reply markup")
        if "inline_keyboard" not in markup:
            raise NotImplementedError(f"only inline keyboards are played here, not {sorted(markup)}")
        return check_keyboard(markup["inline_keyboard"])


def check_caption(caption: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Refuse a caption that is too long."""
    if len(caption) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return caption, entities


def check_keyboard(rows: Any) -> Keyboard:
    """Refuse a keyboard that Telegram refuses."""
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be an Array of Arrays')
    if sum(len(row) for row in rows) > BUTTONS:
        raise bad_request("reply markup is too long")
    return [[_check_button(button) for button in row] for row in rows if row]


def _check_button(button: Any) -> JSON:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if not any(action in button for action in ACTIONS_OF_BUTTONS):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not str(button["url"]).startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return {str(key): value for key, value in button.items()}


def mentions(text: str, account: Account) -> bool:
    """Whether a command such as `/start@some_bot` names the account."""
    return text.lower().endswith(f"@{account.username.lower()}")
