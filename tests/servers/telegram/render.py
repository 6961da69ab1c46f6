"""Renders a chat as a page: messages, photos, buttons and edits, in light or dark."""

import base64
import html
import io

from PIL import Image

from tests.servers.telegram.entities import Entity, utf16
from tests.servers.telegram.model import Chat, Message

TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "spoiler": "span class=spoiler",
    "blockquote": "blockquote",
    "bot_command": "a",
    "mention": "a",
    "url": "a",
    "text_link": "a",
}
STYLE = """
:root {
  color-scheme: light dark;
  --back: light-dark(#d5e3c8, #0e1621); --mine: light-dark(#e8fdd3, #2b5278);
  --other: light-dark(#fff, #182533); --text: light-dark(#000, #f5f5f5);
  --faint: light-dark(#6b7a86, #7f91a4); --link: light-dark(#168acd, #6ab3f3);
  --key: light-dark(#5c7a4fb0, #ffffff1c);
}
* { box-sizing: border-box }
body {
  margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.35 system-ui, "Noto Sans", "Noto Color Emoji", sans-serif;
}
main { max-width: 460px; margin: 0 auto; padding: 12px 10px 24px }
h1 { font-size: 15px; text-align: center; color: var(--faint); margin: 4px 0 12px }
a { color: var(--link) }
.row { display: flex; flex-direction: column; align-items: flex-start; margin: 6px 0 }
.row.me { align-items: flex-end }
.box { max-width: 86%; border-radius: 14px; background: var(--other); overflow: hidden; box-shadow: 0 1px 1px #0002 }
.box:has(> img) { width: 86% }
.me .box { background: var(--mine) }
.box p { margin: 6px 11px; white-space: pre-wrap; overflow-wrap: anywhere }
.box > img { display: block; width: 100% }
.who, .when { color: var(--faint); font-size: 12px }
.who { margin: 5px 11px -3px; color: var(--link) }
.when { float: right; margin: 2px 10px 5px 12px }
.quote { margin: 6px 8px; padding: 2px 8px; border-left: 3px solid var(--link); font-size: 13px; color: var(--faint) }
.file { display: flex; gap: 10px; padding: 8px 11px 2px; align-items: center }
.file img { width: 56px; border-radius: 6px }
.keys { width: 86%; margin-top: 3px }
.keys div { display: flex; gap: 3px; margin-top: 3px }
.keys span {
  flex: 1; padding: 7px 4px; border-radius: 8px; background: var(--key); color: #fff;
  font-size: 14px; text-align: center;
}
.service { text-align: center; color: var(--faint); font-size: 13px; margin: 8px }
"""
THUMBNAIL = 680


def render(chat: Chat, title: str = "") -> str:
    """The chat as one HTML page without references."""
    rows = "\n".join(_row(message) for message in chat.visible())
    head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><style>{STYLE}</style>"
    name = html.escape(title or chat.name)
    body = f"<body><main><h1>{name}</h1>{rows}</main></body>"
    return f"<!doctype html><html><head><title>{name}</title>{head}</head>{body}</html>"


def _row(message: Message) -> str:
    service = [
        kind for kind in ("new_chat_members", "forum_topic_created", "refunded_payment") if kind in message.other
    ]
    if service:
        return f"<div class=service>{service[0].replace('_', ' ')}</div>"
    side = "" if message.sender.is_bot else " me"
    group = message.chat.type != "private"
    who = f"<div class=who>{html.escape(message.sender.first_name)}</div>" if group else ""
    inside = who + _quote(message) + _media(message) + _other(message) + _words(message)
    edited = "edited " if message.edited else ""
    box = f"<div class=box>{inside}<div class=when>{edited}#{message.id}</div></div>"
    return f"<div class='row{side}'>{box}{_keys(message)}</div>"


def _quote(message: Message) -> str:
    if not (to := message.reply_to):
        return ""
    what = to.words[:60] or ("Photo" if to.photo else "File" if to.document else "Message")
    return f"<div class=quote>{html.escape(to.sender.first_name)} · {html.escape(what)}</div>"


def _media(message: Message) -> str:
    if message.photo:
        return f"<img alt='' src='{_picture(message.photo.largest.file.data)}'>"
    if message.animation:
        return f"<div class=file><div>🎞</div><div>{html.escape(message.animation.file.name)}</div></div>"
    if message.document:
        file = message.document.file
        size = f"{html.escape(file.name)}<br><small>{len(file.data) / 1024:.0f} KB</small>"
        try:
            return f"<div class=file><img alt='' src='{_picture(file.data)}'><div>{size}</div></div>"
        except OSError:
            return f"<div class=file><div>📄</div><div>{size}</div></div>"
    return ""


def _other(message: Message) -> str:
    if message.invoice:
        shown = f"<b>{html.escape(message.invoice['title'])}</b>\n{html.escape(message.invoice['description'])}"
        return f"<p>{shown}</p>"
    return "".join(f"<p>[{html.escape(kind)}]</p>" for kind in message.other)


def _words(message: Message) -> str:
    return f"<p>{_formatted(message.words, message.entities)}</p>" if message.words else ""


def _formatted(text: str, entities: list[Entity]) -> str:
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    for entity in sorted(entities, key=lambda entity: -int(entity["length"])):
        tag = TAGS.get(entity["type"], "span")
        opening.setdefault(entity["offset"], []).append(f"<{tag}>")
        closing.setdefault(entity["offset"] + entity["length"], []).insert(0, f"</{tag.split()[0]}>")
    out, at = [], 0
    for character in text:
        out += [*closing.get(at, []), *opening.get(at, []), html.escape(character)]
        at += utf16(character)
    return "".join([*out, *closing.get(at, [])])


def _keys(message: Message) -> str:
    rows = "".join(
        "<div>" + "".join(f"<span>{html.escape(str(button['text']))}</span>" for button in row) + "</div>"
        for row in message.keyboard
    )
    return f"<div class=keys>{rows}</div>" if rows else ""


def _picture(data: bytes) -> str:
    image = Image.open(io.BytesIO(data)).convert("RGB")
    image.thumbnail((THUMBNAIL, THUMBNAIL))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
