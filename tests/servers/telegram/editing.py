"""The methods that edit and delete messages, and answer button presses."""

import time
from typing import Any

from tests.servers.telegram.call import Call, check_keyboard
from tests.servers.telegram.model import JSON, Edit, Message
from tests.servers.telegram.refusals import bad_request
from tests.servers.telegram.sending import input_media
from tests.servers.telegram.world import GUEST_S, Answerable, World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NOTICE = 200  # characters of an answer to a pressed button
DELETABLE_S = 48 * 3600


def _own(world: World, call: Call) -> Message:
    if not call.text("chat_id") and not call.integer("message_id"):
        raise bad_request("inline message identifier is not specified")
    chat = world.chat(call.text("chat_id"))
    chat.check_write()
    message = chat.find(call.integer("message_id"), "message to edit")
    if message.sender is not world.bot:
        raise bad_request("message can't be edited")
    return message


def _change(world: World, call: Call, message: Message, **content: Any) -> JSON:
    before = {name: getattr(message, name) for name in content}
    if all(_same(before[name], value) for name, value in content.items()):
        raise bad_request(NOT_MODIFIED)
    world.limits.count(message.chat, call.method)
    message.edits.append(Edit(time.monotonic(), message.words, message.keyboard))
    for name, value in content.items():
        setattr(message, name, value)
    message.edited = int(time.time())
    world.changed()
    return message.json()


def _same(before: Any, after: Any) -> bool:
    unique = [getattr(getattr(value, "largest", value), "file", None) for value in (before, after)]
    if unique[0] is not None and unique[1] is not None:
        return bool(unique[0].unique == unique[1].unique)
    return bool(before == after)


async def edit_message_text(world: World, call: Call) -> JSON:
    text, entities = call.message_text()
    keyboard = call.keyboard()
    message = _own(world, call)
    if "text" in message.chat.forbidden and message.chat.forbidden >= {"photo", "document"}:
        message.chat.check_kind("text")  # muted altogether: not even its own words may be changed
    if not message.text:
        raise bad_request("there is no text in the message to edit")
    return _change(world, call, message, text=text, entities=entities, keyboard=keyboard)


async def edit_message_caption(world: World, call: Call) -> JSON:
    caption, entities = call.caption()
    keyboard = call.keyboard()
    message = _own(world, call)
    if not (message.photo or message.document):
        raise bad_request("there is no caption in the message to edit")
    return _change(world, call, message, caption=caption, entities=entities, keyboard=keyboard)


async def edit_message_media(world: World, call: Call) -> JSON:
    media = call.json("media", "input media")
    if media is None:
        raise bad_request('parameter "media" is required')
    keyboard = call.keyboard()
    message = _own(world, call)
    content = {"photo": None, "document": None, "text": ""} | input_media(world, call, media)
    message.chat.check_kind("photo" if content["photo"] else "document", is_edit=True)
    return _change(world, call, message, keyboard=keyboard, **content)


async def edit_message_reply_markup(world: World, call: Call) -> JSON:
    keyboard = call.keyboard()
    return _change(world, call, _own(world, call), keyboard=keyboard)


async def delete_message(world: World, call: Call) -> bool:
    chat = world.chat(call.text("chat_id"))
    if not (number := call.integer("message_id")):
        raise bad_request("message identifier is not specified")
    message = chat.find(number, "message to delete")
    others = message.sender is not world.bot and chat.type != "private" and chat.bot_is != "administrator"
    if others or time.time() - message.date > DELETABLE_S:
        raise bad_request("message can't be deleted")
    message.deleted = True
    world.changed()
    return True


def answer(world: World, queries: dict[str, Answerable], number: str, seconds: float, given: JSON) -> bool:
    """Answer a query that waits.

    Raises:
        Refusal: there is none, it is too old, or it was answered.
    """
    query = queries.get(number)
    if query is None or query.answer is not None or time.monotonic() - query.at > seconds:
        raise bad_request(TOO_OLD)
    query.answer = given
    world.changed()
    return True


async def answer_callback_query(world: World, call: Call) -> bool:
    if len(call.text("text")) > NOTICE:
        raise bad_request("MESSAGE_TOO_LONG")
    given: JSON = {"text": call.text("text"), "show_alert": call.flag("show_alert"), "url": call.text("url")}
    return answer(world, world.callbacks, call.text("callback_query_id"), world.callback_s, given)


async def answer_guest_query(world: World, call: Call) -> JSON:
    """Only articles are played: a photo must be one that Telegram has, and an unknown guest has none."""
    result = call.json("result", "inline query result")
    if not isinstance(result, dict) or not 1 <= len(str(result.get("id", "")).encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    if result.get("type") != "article":
        raise NotImplementedError(f"only articles are played here, not {result.get('type')}")
    if not result.get("title"):
        raise bad_request("can't parse inline query result: Can't find field \"title\"")
    given: JSON = {"text": result["input_message_content"]["message_text"]}
    given["keyboard"] = check_keyboard(result.get("reply_markup", {}).get("inline_keyboard", []))
    answer(world, world.guest_queries, call.text("guest_query_id"), GUEST_S, given)
    return {"inline_message_id": f"guest-{call.text('guest_query_id')}"}
