"""Checks of message components, the old ones and Components V2, and how they come back filled in."""

from collections.abc import Iterator, Sequence

from tests.servers.discord.files import Attachment, Files
from tests.servers.discord.refusals import JSON, Form, Refusal

ROW, BUTTON, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 1, 2, 9, 10, 11, 12, 13, 14, 17
SELECTS = frozenset({3, 5, 6, 7, 8})
TOP_V2 = frozenset({ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER})
IN_CONTAINER = TOP_V2 - {CONTAINER}
MOST_V2 = 40
MOST_TEXT = 4000
LINK, PREMIUM = 5, 6

Path = tuple[str | int, ...]


class ComponentCheck:
    """Checks one message's components; what is wrong goes into the form."""

    def __init__(self, form: Form, v2: bool, files: dict[str, Attachment], skus: Sequence[int] = ()) -> None:
        self._form = form
        self._skus = {str(sku) for sku in skus}
        self._v2 = v2
        self._files = files
        self._custom_ids: set[str] = set()
        self._ids: set[int] = set()
        self._count = 0
        self._text = 0

    def run(self, components: object) -> None:
        """Check all of them."""
        path: Path = ("components",)
        if not isinstance(components, list):
            self._form.wrong(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return
        most = MOST_V2 if self._v2 else 5
        if len(components) > most:
            self._form.wrong(path, "BASE_TYPE_BAD_LENGTH", f"Must be {most} or fewer in length.")
        for index, component in enumerate(components):
            self._one(component, (*path, index), TOP_V2 if self._v2 else frozenset({ROW}))
        if self._v2 and self._count > MOST_V2:
            self._form.wrong(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"The maximum is {MOST_V2} components.")
        if self._text > MOST_TEXT:
            self._form.wrong(
                path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"The maximum is {MOST_TEXT} characters."
            )

    def _one(self, component: JSON, path: Path, allowed: frozenset[int]) -> None:
        kind = component.get("type")
        self._count += 1
        if kind not in allowed:
            choices = ", ".join(map(str, sorted(allowed)))
            self._form.wrong(
                (*path, "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({choices}).'
            )
            return
        self._identity(component, path)
        if kind in SELECTS:
            self._select(component, path)
            return
        {
            ROW: self._row,
            BUTTON: self._button,
            SECTION: self._section,
            TEXT: self._text_display,
            THUMBNAIL: self._thumbnail,
            GALLERY: self._gallery,
            FILE: self._file,
            SEPARATOR: self._separator,
            CONTAINER: self._container,
        }[kind](component, path)

    def _identity(self, component: JSON, path: Path) -> None:
        number = component.get("id")
        if not number:
            return
        if not isinstance(number, int) or not 0 < number < 2**31:
            self._form.wrong((*path, "id"), "NUMBER_TYPE_MAX", "id must be a 32 bit integer.")
        elif number in self._ids:
            self._form.wrong((*path, "id"), "COMPONENT_ID_DUPLICATED", "Component id must be unique.")
        self._ids.add(number)

    def _children(self, component: JSON, path: Path, allowed: frozenset[int], least: int, most: int) -> list[JSON]:
        children = component.get("components")
        if not isinstance(children, list) or not least <= len(children) <= most:
            self._form.wrong(
                (*path, "components"), "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length."
            )
            return []
        for index, child in enumerate(children):
            self._one(child, (*path, "components", index), allowed)
        return children

    def _row(self, component: JSON, path: Path) -> None:
        children = self._children(component, path, frozenset({BUTTON}) | SELECTS, 1, 5)
        kinds = [child.get("type") for child in children]
        if any(kind in SELECTS for kind in kinds) and len(kinds) > 1:
            self._form.wrong(
                (*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A select stands alone in its row."
            )

    def _custom_id(self, component: JSON, path: Path) -> None:
        custom_id = component.get("custom_id")
        if not self._form.length((*path, "custom_id"), custom_id, 1, 100):
            return
        if custom_id in self._custom_ids:
            self._form.wrong(
                (*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        self._custom_ids.add(str(custom_id))

    def _button(self, component: JSON, path: Path) -> None:
        style = component.get("style")
        if style not in range(1, 7):
            self._form.wrong((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5, 6).")
        label, emoji = component.get("label"), component.get("emoji")
        if label is not None:
            self._form.length((*path, "label"), label, 1, 80)
        forbidden = {LINK: ("custom_id", "sku_id"), PREMIUM: ("custom_id", "url", "label", "emoji")}
        for name in forbidden.get(style or 0, ("url", "sku_id")):
            if component.get(name):
                self._form.wrong((*path, name), "BUTTON_FIELD_NOT_ALLOWED", f"{name} cannot be used with this style.")
        if style == LINK:
            self._form.length((*path, "url"), component.get("url"), 1, 512)
        elif style == PREMIUM:
            if str(component.get("sku_id")) not in self._skus:
                self._form.wrong((*path, "sku_id"), "BUTTON_COMPONENT_INVALID_SKU", "There is no such SKU.")
        else:
            self._custom_id(component, path)
        if style != PREMIUM and not label and not emoji:
            self._form.wrong(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button needs a label or an emoji.")

    def _select(self, component: JSON, path: Path) -> None:
        self._custom_id(component, path)
        if component.get("placeholder") is not None:
            self._form.length((*path, "placeholder"), component["placeholder"], 0, 150)
        if component.get("type") != 3:
            return
        options = component.get("options") or []
        if not 1 <= len(options) <= 25:
            self._form.wrong((*path, "options"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25 in length.")
        values = [option.get("value") for option in options]
        if len(set(values)) != len(values):
            self._form.wrong((*path, "options"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "Values must be unique.")
        for index, option in enumerate(options):
            for name in ("label", "value"):
                self._form.length((*path, "options", index, name), option.get(name), 1, 100)

    def _section(self, component: JSON, path: Path) -> None:
        self._children(component, path, frozenset({TEXT}), 1, 3)
        accessory = component.get("accessory")
        if not isinstance(accessory, dict):
            self._form.wrong((*path, "accessory"), "BASE_TYPE_REQUIRED", "This field is required")
        else:
            self._one(accessory, (*path, "accessory"), frozenset({BUTTON, THUMBNAIL}))

    def _text_display(self, component: JSON, path: Path) -> None:
        content = component.get("content")
        if self._form.length((*path, "content"), content, 1, MOST_TEXT):
            self._text += len(str(content))

    def _thumbnail(self, component: JSON, path: Path) -> None:
        self._media(component.get("media"), (*path, "media"), picture=True)
        self._description(component, path)

    def _gallery(self, component: JSON, path: Path) -> None:
        items = component.get("items")
        if not isinstance(items, list) or not 1 <= len(items) <= 10:
            self._form.wrong((*path, "items"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 10 in length.")
            return
        for index, item in enumerate(items):
            self._media(item.get("media"), (*path, "items", index, "media"), picture=True)
            self._description(item, (*path, "items", index))

    def _description(self, component: JSON, path: Path) -> None:
        if component.get("description") is not None:
            self._form.length((*path, "description"), component["description"], 1, 1024)

    def _file(self, component: JSON, path: Path) -> None:
        url = (component.get("file") or {}).get("url", "")
        if not url.startswith("attachment://"):
            self._form.wrong(
                (*path, "file", "url"), "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('attachment',)."
            )
            return
        self._media(component.get("file"), (*path, "file"), picture=False)

    def _media(self, media: JSON | None, path: Path, *, picture: bool) -> None:
        url = (media or {}).get("url")
        if not self._form.length((*path, "url"), url, 1, 2048):
            return
        scheme, _, name = str(url).partition("://")
        if scheme not in {"attachment", "http", "https"}:
            self._form.wrong((*path, "url"), "URL_TYPE_INVALID_SCHEME", "Scheme must be http, https or attachment.")
        if scheme != "attachment":
            return
        attachment = self._files.get(name)
        if attachment is None:
            self._form.wrong(
                (*path, "url"), "ATTACHMENT_NOT_FOUND", f"The attachment {name} is not part of this message."
            )
        elif picture and attachment.size is None:
            raise Refusal(400, 50110, "The provided file is invalid.")

    def _separator(self, component: JSON, path: Path) -> None:
        if component.get("spacing", 1) not in (1, 2):
            self._form.wrong((*path, "spacing"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2).")

    def _container(self, component: JSON, path: Path) -> None:
        self._children(component, path, IN_CONTAINER, 1, MOST_V2)


def walk(components: list[JSON]) -> Iterator[JSON]:
    """Every component, however deep."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        if "accessory" in component:
            yield from walk([component["accessory"]])


def media_of(component: JSON) -> list[JSON]:
    """The component's media, as dictionaries with a `url`."""
    if component["type"] == GALLERY:
        return [item["media"] for item in component["items"]]
    if component["type"] == THUMBNAIL:
        return [component["media"]]
    return [component["file"]] if component["type"] == FILE else []


def fill_in(components: list[JSON], attachments: list[Attachment], files: Files) -> None:
    """Number the components and put real URLs in place of `attachment://`."""
    by_name = {attachment.filename: attachment for attachment in attachments}
    used = {component["id"] for component in walk(components) if component.get("id")}
    following = iter(number for number in range(1, 1000) if number not in used)
    for component in walk(components):
        component["id"] = component.get("id") or next(following)
        for media in media_of(component):
            attachment = by_name.get(media["url"].removeprefix("attachment://"))
            if attachment is not None and media["url"].startswith("attachment://"):
                shown = files.payload(attachment)
                media.update(
                    {name: shown.get(name) for name in ("url", "proxy_url", "content_type", "width", "height")}
                )
                media["attachment_id"] = str(attachment.id)
