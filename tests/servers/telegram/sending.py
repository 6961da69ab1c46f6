"""The methods that put a message into a chat."""

import json
from pathlib import Path
from typing import Any

from tests.servers.telegram.call import Call, check_caption
from tests.servers.telegram.files import Photo, Sent, Upload
from tests.servers.telegram.model import JSON, Chat, Message
from tests.servers.telegram.refusals import Refusal, bad_request
from tests.servers.telegram.world import World

ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
ALBUM = 10


def target(world: World, call: Call, messages: int = 1) -> tuple[Chat, JSON]:
    """Where a new message goes: the chat and, for `Chat.add`, the thread and the message it replies to.

    Raises:
        Refusal: the bot cannot write there, or writes too fast.
    """
    chat = world.chat(call.text("chat_id"))
    chat.check_write()
    thread = call.integer("message_thread_id") or None
    if thread == 1 and chat.is_forum:
        raise bad_request("message thread not found")  # the general topic has no thread
    if thread is not None and thread not in chat.topics:
        raise bad_request("message thread not found")
    reply_to = _reply(chat, call)
    world.limits.count(chat, call.method, messages)
    if thread is None and reply_to is not None:
        thread = reply_to.thread
    return chat, {"thread": thread, "reply_to": reply_to}


def _reply(chat: Chat, call: Call) -> Message | None:
    given = call.json("reply_parameters", "reply parameters")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise bad_request("object expected as reply parameters")
    if not isinstance(given.get("message_id"), int):
        raise bad_request('can\'t find field "message_id"')
    try:
        return chat.find(given["message_id"], "message to be replied")
    except Refusal:
        if given.get("allow_sending_without_reply"):
            return None
        raise


def file_of(world: World, call: Call, value: str, kind: str) -> Photo | Sent:
    """The file a parameter means: an attached one, or one Telegram has.

    Raises:
        Refusal: there is none, or Telegram does not take it.
    """
    name = value.removeprefix("attach://")
    upload = call.files.get(name)
    if upload is None and value.startswith("file://") and world.files.local_folder is not None:
        path = Path(value.removeprefix("file://"))
        upload = Upload(path.name, path.read_bytes())
    if upload is None:
        return world.files.again(value, kind)
    world.files.check_upload(upload, kind)
    world.files.uploads += 1
    if kind == "photo":
        return world.files.photo(upload)
    if kind == "animation" and (clip := world.files.animation(upload)) is not None:
        return clip
    return world.files.document(upload)


def one_file(world: World, call: Call, kind: str) -> Photo | Sent:
    """The file of `sendPhoto`, `sendDocument` or `sendAnimation`."""
    if kind in call.files:
        return file_of(world, call, kind, kind)
    if not call.text(kind):
        raise bad_request(f"there is no {kind} in the request")
    return file_of(world, call, call.text(kind), kind)


def done(world: World, message: Message) -> JSON:
    """Answer with a new message."""
    world.changed()
    return message.json()


async def send_message(world: World, call: Call) -> JSON:
    text, entities = call.message_text()
    keyboard = call.keyboard()
    chat, place = target(world, call)
    chat.check_kind("text")
    return done(world, chat.add(world.bot, text=text, entities=entities, keyboard=keyboard, **place))


async def send_photo(world: World, call: Call) -> JSON:
    caption, entities = call.caption()
    keyboard = call.keyboard()
    photo = one_file(world, call, "photo")
    chat, place = target(world, call)
    chat.check_kind("photo")
    content: JSON = {"caption": caption, "entities": entities, "keyboard": keyboard, "photo": photo}
    content["spoiler"] = call.flag("has_spoiler")
    return done(world, chat.add(world.bot, **content, **place))


async def send_document(world: World, call: Call) -> JSON:
    caption, entities = call.caption()
    keyboard = call.keyboard()
    document = one_file(world, call, "document")
    chat, place = target(world, call)
    chat.check_kind("document")
    content: JSON = {"caption": caption, "entities": entities, "keyboard": keyboard, "document": document}
    return done(world, chat.add(world.bot, **content, **place))


async def send_animation(world: World, call: Call) -> JSON:
    caption, entities = call.caption()
    keyboard = call.keyboard()
    file = one_file(world, call, "animation")
    assert isinstance(file, Sent)
    chat, place = target(world, call)
    chat.check_kind("animation")
    content: JSON = {"caption": caption, "entities": entities, "keyboard": keyboard, file.file.kind: file}
    content["spoiler"] = call.flag("has_spoiler") and file.file.kind == "animation"
    return done(world, chat.add(world.bot, **content, **place))


async def send_media_group(world: World, call: Call) -> list[JSON]:
    media = call.json("media", "media")
    if not isinstance(media, list):
        raise bad_request("expected an Array of InputMedia")
    if not media:
        raise bad_request("there are no messages to send")
    if len(media) > ALBUM:
        raise bad_request("too many messages to send as an album")
    contents = [input_media(world, call, item) for item in media]
    if len({tuple(sorted({"photo", "document"} & set(content))) for content in contents}) > 1:
        raise bad_request("document can't be mixed with other media types")
    chat, place = target(world, call, len(media))
    chat.check_kind("photo" if "photo" in contents[0] else "document")
    group = str(next(world.numbers) + 13_000_000_000_000) if len(media) > 1 else ""
    sent = [chat.add(world.bot, media_group=group, **content, **place) for content in contents]
    return [done(world, message) for message in sent]


def input_media(world: World, call: Call, item: Any) -> JSON:
    """An `InputMedia`, as content for `Chat.add`.

    Raises:
        Refusal: Telegram does not take it.
    """
    if not isinstance(item, dict):
        raise bad_request("can't parse InputMedia: expected an Object")
    kind = item.get("type")
    if kind not in ("photo", "document"):
        raise bad_request("can't parse InputMedia: invalid type specified")
    if not isinstance(item.get("media"), str):
        raise bad_request("can't parse InputMedia: media not found")
    given = Call(call.method, {"caption_entities": json.dumps(item.get("caption_entities"))})
    formatted = given.formatted(str(item.get("caption") or ""), str(item.get("parse_mode") or ""), "caption_entities")
    caption, entities = check_caption(*formatted)
    spoiler = kind == "photo" and bool(item.get("has_spoiler"))
    file = file_of(world, call, item["media"], kind)
    return {"caption": caption, "entities": entities, "spoiler": spoiler, kind: file}


async def send_chat_action(world: World, call: Call) -> bool:
    action = call.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = world.chat(call.text("chat_id"))
    chat.check_write()
    thread = call.integer("message_thread_id") or None
    if thread is not None and thread not in chat.topics:
        raise bad_request("message thread not found")
    chat.actions.append((world.now(), action, thread))
    world.changed()
    return True
