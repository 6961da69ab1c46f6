"""Renders a channel as a page, as people see it."""

import base64
from html import escape

from tests.servers.discord.components import BUTTON, CONTAINER, GALLERY, ROW, SECTION, TEXT
from tests.servers.discord.files import Attachment
from tests.servers.discord.refusals import JSON
from tests.servers.discord.world import Channel, Message, User

STYLE = """
body { background: #313338; color: #dbdee1; font: 15px/1.4 sans-serif; margin: 2em auto; max-width: 46em }
article { margin: 0 0 1em; padding: .4em .8em; border-left: 3px solid #3f4147 }
article.hidden { background: #2b2d40; border-color: #5865f2 }
b { color: #f2f3f5 } small { color: #949ba4 } pre { white-space: pre-wrap; font: inherit; margin: .2em 0 }
.gallery { display: flex; gap: .3em; flex-wrap: wrap } .gallery figure { margin: 0; max-width: 49% }
img { max-width: 100%; border-radius: 6px } img.spoiler { filter: blur(24px) }
.row { margin: .4em 0 } button { background: #4e5058; color: #fff; border: 0; border-radius: 4px; padding: .5em .9em }
button.s1 { background: #5865f2 } button.s4 { background: #da373c }
"""


def render(channel: Channel, viewer: User | None) -> str:
    """The channel's messages; with a viewer, those that this person sees."""
    there = [message for message in channel.messages.values() if not message.deleted]
    shown = [message for message in there if viewer is None or message.visible_to(viewer)]
    articles = "\n".join(_message(message) for message in sorted(shown, key=lambda message: message.id))
    title = escape(channel.name or "Direct message")
    head = f'<!doctype html><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    return f"{head}<h1>{title}</h1>\n{articles}\n"


def _message(message: Message) -> str:
    parts = [f"<b>{escape(message.author.name)}</b>"]
    if message.interaction is not None and "name" in message.interaction:
        parts.append(f"<small>used {escape(message.interaction['name'])}</small>")
    if message.ephemeral:
        parts.append("<small>Only you can see this</small>")
    if message.loading:
        parts.append("<pre>… is thinking</pre>")
    if message.content:
        parts.append(f"<pre>{escape(message.content)}</pre>")
    by_id = {str(attachment.id): attachment for attachment in message.attachments}
    if all(component["type"] == ROW for component in message.components):  # else the components show the files
        parts += [_image(attachment) for attachment in message.attachments]
    parts += [_component(component, by_id) for component in message.components]
    return f'<article class="{"hidden" if message.ephemeral else ""}">{" ".join(parts)}</article>'


def _component(component: JSON, files: dict[str, Attachment]) -> str:
    kind = component["type"]
    if kind == TEXT:
        return f"<pre>{escape(component['content'])}</pre>"
    if kind == BUTTON:
        return f'<button class="s{component["style"]}">{escape(component.get("label") or "•")}</button>'
    if kind == GALLERY:
        figures = [_item(item, files) for item in component["items"]]
        return f'<div class="gallery">{"".join(figures)}</div>'
    if kind in (ROW, CONTAINER, SECTION):
        inner = "".join(_component(child, files) for child in component["components"])
        return f'<div class="row">{inner}</div>'
    return ""


def _item(item: JSON, files: dict[str, Attachment]) -> str:
    attachment = files.get(item["media"].get("attachment_id", ""))
    caption = f"<small>{escape(item.get('description') or '')}</small>"
    shown = _image(attachment, item.get("spoiler", False)) if attachment else escape(item["media"]["url"])
    return f"<figure>{shown}{caption}</figure>"


def _image(attachment: Attachment, spoiler: bool = False) -> str:
    if attachment.size is None:
        return f"<p>📎 {escape(attachment.filename)} ({len(attachment.data):,} bytes)</p>"
    data = base64.b64encode(attachment.data).decode()
    hidden = ' class="spoiler"' if spoiler or attachment.spoiler else ""
    return f'<img{hidden} alt="{escape(attachment.filename)}" src="data:{attachment.kind};base64,{data}">'
