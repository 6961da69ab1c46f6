"""Formatted text: `parse_mode` read as strictly as Telegram reads it, and the entities that clients mark unasked.

Offsets and lengths of entities count UTF-16 units; positions in refusals count bytes.
"""

import html
import re
from dataclasses import dataclass
from typing import Any

from tests.servers.telegram.refusals import Refusal, bad_request

Entity = dict[str, Any]

HTML_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
NAMED_CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}  # Telegram knows no others
MARKDOWN_MARKS = {
    "*": "bold",
    "_": "italic",
    "__": "underline",
    "~": "strikethrough",
    "||": "spoiler",
    "`": "code",
}
RESERVED_IN_MARKDOWN = frozenset("_*[]()~`>#+-=|{}.!")
AUTOMATIC = (
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?")),
    ("mention", re.compile(r"(?<!\w)(?<!/)@[A-Za-z0-9_]{3,32}")),
    ("url", re.compile(r"https?://[^\s<>]+")),
)


def utf16(text: str) -> int:
    """How many UTF-16 units `text` has."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, entity: Entity) -> str:
    """The part of `text` that `entity` covers."""
    units = text.encode("utf-16-le")
    return units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")


def automatic(text: str) -> list[Entity]:
    """The entities every client and the server mark unasked: commands, mentions, links."""
    found = [
        {"type": kind, "offset": utf16(text[: match.start()]), "length": utf16(match.group())}
        for kind, pattern in AUTOMATIC
        for match in pattern.finditer(text)
        if kind != "mention" or not re.search(r"/\w+$", text[: match.start()])
    ]
    return sorted(found, key=lambda entity: int(entity["offset"]))


def parse(text: str, mode: str) -> tuple[str, list[Entity]]:
    """The plain text and its entities.

    Raises:
        Refusal: the text breaks the rules of `mode`.
    """
    match mode.lower():
        case "" | "none":
            return text, automatic(text)
        case "html":
            return _Html(text).parse()
        case "markdownv2":
            return _Markdown(text).parse()
        case "markdown":
            raise NotImplementedError("the old Markdown is not played here; use HTML or MarkdownV2")
        case _:
            raise bad_request("unsupported parse_mode")


def _unparsable(reason: str) -> Refusal:
    return bad_request(f"can't parse entities: {reason}")


@dataclass
class _Open:
    tag: str
    offset: int
    attributes: dict[str, str]


class _Html:
    """One pass over a text in Telegram's HTML."""

    attribute = re.compile(r"""\s*([^\s=>/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[\w.-]+))?""")

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = ""
        self.entities: list[Entity] = []
        self.open: list[_Open] = []

    def parse(self) -> tuple[str, list[Entity]]:
        at = 0
        while at < len(self.text):
            character = self.text[at]
            if character == "<":
                at = self._end_tag(at) if self.text.startswith("</", at) else self._start_tag(at)
            elif character == "&":
                at = self._character(at)
            else:
                self.plain += character
                at += 1
        if self.open:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return self.plain, sorted([*self.entities, *automatic(self.plain)], key=lambda entity: int(entity["offset"]))

    def _byte(self, at: int) -> int:
        return len(self.text[:at].encode())

    def _character(self, at: int) -> int:
        match = re.compile(r"&(#\d+|#[xX][0-9a-fA-F]+|[A-Za-z]+);?").match(self.text, at)
        if match and (match[1][0] == "#" or match[1] in NAMED_CHARACTERS):
            named = NAMED_CHARACTERS.get(match[1])
            self.plain += named if named is not None else html.unescape(f"&{match[1]};")
            return match.end()
        self.plain += "&"
        return at + 1

    def _start_tag(self, at: int) -> int:
        match = re.compile(r"<([^\s>]*)").match(self.text, at)
        assert match
        end = self.text.find(">", match.end())
        if end < 0:
            raise _unparsable(f"Unclosed start tag at byte offset {self._byte(at)}")
        tag = match[1].lower()
        if tag not in HTML_TAGS:
            raise _unparsable(f'Unsupported start tag "{tag}" at byte offset {self._byte(at)}')
        inside = self.text[match.end() : end]
        attributes = {found[1]: (found[2] or "").strip("\"'") for found in self.attribute.finditer(inside)}
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(at)}')
        self.open.append(_Open(tag, utf16(self.plain), attributes))
        return end + 1

    def _end_tag(self, at: int) -> int:
        if not self.open:
            raise _unparsable(f"Unexpected end tag at byte offset {self._byte(at)}")
        end = self.text.find(">", at)
        if end < 0:
            raise _unparsable(f"Unclosed end tag at byte offset {self._byte(at)}")
        tag = self.text[at + 2 : end].strip().lower()
        opened = self.open.pop()
        if tag and tag != opened.tag:
            reason = f'expected "</{opened.tag}>", found "</{tag}>"'
            raise _unparsable(f"Unmatched end tag at byte offset {self._byte(at)}, {reason}")
        length = utf16(self.plain) - opened.offset
        if length:
            entity: Entity = {"type": HTML_TAGS[opened.tag], "offset": opened.offset, "length": length}
            if opened.tag == "a":
                entity["url"] = html.unescape(opened.attributes.get("href", ""))
            self.entities.append(entity)
        return end + 1


class _Markdown:
    """One pass over a text in MarkdownV2: the marks of a chat bot, without custom emoji and quotations."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = ""
        self.entities: list[Entity] = []
        self.open: list[tuple[str, int, int]] = []  # mark, offset in UTF-16, byte offset in the source

    def parse(self) -> tuple[str, list[Entity]]:
        at = 0
        while at < len(self.text):
            at = self._step(at)
        if self.open:
            mark, _, byte = self.open[-1]
            kind = {"[": "TextUrl"}.get(mark) or MARKDOWN_MARKS[mark].title()
            raise _unparsable(f"Can't find end of {kind} entity at byte offset {byte}")
        return self.plain, sorted([*self.entities, *automatic(self.plain)], key=lambda entity: int(entity["offset"]))

    def _step(self, at: int) -> int:
        character = self.text[at]
        if character == "\\" and at + 1 < len(self.text) and 1 <= ord(self.text[at + 1]) <= 126:
            self.plain += self.text[at + 1]
            return at + 2
        in_code = bool(self.open) and self.open[-1][0] == "`"
        if character not in RESERVED_IN_MARKDOWN or (in_code and character != "`"):
            self.plain += character
            return at + 1
        if character == "]" and self.open and self.open[-1][0] == "[":
            return self._link(at)
        pair = self.text[at : at + 2]
        mark = pair if pair in MARKDOWN_MARKS else character
        if mark != "[" and mark not in MARKDOWN_MARKS:
            raise _unparsable(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
        self._mark(mark, at)
        return at + len(mark)

    def _mark(self, mark: str, at: int) -> None:
        if self.open and self.open[-1][0] == mark:
            _, offset, _ = self.open.pop()
            if length := utf16(self.plain) - offset:
                self.entities.append({"type": MARKDOWN_MARKS[mark], "offset": offset, "length": length})
            return
        self.open.append((mark, utf16(self.plain), len(self.text[:at].encode())))

    def _link(self, at: int) -> int:
        _, offset, _ = self.open.pop()
        url, end = "", at + 1
        if self.text.startswith("(", end):
            end = self.text.find(")", end)
            if end < 0:
                raise _unparsable(f"Can't find end of a URL at byte offset {len(self.text[: at + 1].encode())}")
            url, end = self.text[at + 2 : end], end + 1
        if url and (length := utf16(self.plain) - offset):
            self.entities.append({"type": "text_link", "offset": offset, "length": length, "url": url})
        return end
