"""What people do: the commands, menus, buttons and messages of Discord's own client, which offers only what may be."""

from dataclasses import dataclass, field
from typing import Any

from tests.servers.discord.files import Upload
from tests.servers.discord.gateway import Gateway
from tests.servers.discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Interaction, Interactions
from tests.servers.discord.permissions import Permission
from tests.servers.discord.refusals import JSON
from tests.servers.discord.registry import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL,
    CHAT,
    INTEGER,
    MESSAGE_MENU,
    NUMBER,
    STRING,
    USER,
    Registry,
)
from tests.servers.discord.world import Channel, Message, User, World

PYTHON_TYPES: dict[int, tuple[type, ...]] = {
    STRING: (str,),
    INTEGER: (int,),
    BOOLEAN: (bool,),
    NUMBER: (int, float),
    USER: (User,),
    CHANNEL: (Channel,),
    ATTACHMENT: (bytes, Upload),
}


class NotOffered(AssertionError):
    """Discord's client would not have let anybody do this."""


@dataclass(eq=False)
class Client:
    """What a person's Discord client knows of the server."""

    world: World
    gateway: Gateway
    registry: Registry
    interactions: Interactions


@dataclass(eq=False)
class Person(User):
    """Somebody at their client."""

    client: Client = field(kw_only=True, repr=False)

    @property
    def dm(self) -> Channel:
        """Their DM with the bot."""
        return self.client.world.dm_of(self)

    def say(
        self,
        channel: Channel,
        text: str = "",
        *photos: bytes | Upload,
        mention: bool = False,
        to: Message | None = None,
    ) -> Message:
        """Write a message; `mention` puts the bot's name before it, `to` makes it a reply."""
        world = self.client.world
        message = Message(world.clock.snowflake(), channel, self, world.clock.now())
        message.content = f"<@{world.bot.id}> {text}".strip() if mention else text
        message.mentions = [world.bot] if mention else []
        message.reference = to
        message.attachments = [world.files.keep(_upload(photo), channel.id) for photo in photos]
        channel.messages[message.id] = message
        self.client.gateway.tell_message("MESSAGE_CREATE", message)
        return message

    def forward(self, channel: Channel, message: Message) -> Message:
        """Forward a message; Discord adds a copy of it without its author."""
        world = self.client.world
        forward = Message(world.clock.snowflake(), channel, self, world.clock.now(), forwarded=message)
        channel.messages[forward.id] = forward
        self.client.gateway.tell_message("MESSAGE_CREATE", forward)
        return forward

    def slash(self, channel: Channel, command: str, **options: Any) -> Interaction:
        """Use a slash command; a sub-command is written as `group command`."""
        found, owners = self._offered(channel, CHAT, command.split()[0])
        data: JSON = {"id": found["id"], "name": found["name"], "type": CHAT, "resolved": {}}
        if "guild_id" in found:
            data["guild_id"] = found["guild_id"]
        data["options"] = self._options(channel, found, command.split()[1:], options, data["resolved"])
        return self.client.interactions.send(COMMAND, self, channel, data, owners)

    def autocomplete(self, channel: Channel, command: str, option: str, typed: str = "") -> Interaction:
        """Type into an option that completes itself."""
        found, owners = self._offered(channel, CHAT, command)
        about = next(each for each in found["options"] if each["name"] == option)
        if not about.get("autocomplete"):
            raise NotOffered(f"{option} completes nothing")
        focused = {"name": option, "type": about["type"], "value": typed, "focused": True}
        data = {"id": found["id"], "name": command, "type": CHAT, "options": [focused], "resolved": {}}
        return self.client.interactions.send(AUTOCOMPLETE, self, channel, data, owners)

    def context_menu(self, channel: Channel, name: str, message: Message) -> Interaction:
        """Pick a command from a message's menu."""
        found, owners = self._offered(channel, MESSAGE_MENU, name)
        if not message.visible_to(self) or message.channel is not channel:
            raise NotOffered("the message is not there")
        shown = self.client.world.message_payload(message)
        data = {
            "id": found["id"],
            "name": name,
            "type": MESSAGE_MENU,
            "target_id": str(message.id),
            "resolved": {"messages": {str(message.id): shown}},
        }
        return self.client.interactions.send(COMMAND, self, channel, data, owners)

    def press(self, message: Message, label: str) -> Interaction:
        """Press a button."""
        if not message.visible_to(self):
            raise NotOffered("the message is not there")
        button = message.buttons.get(label)
        if button is None:
            raise NotOffered(f"there is no button {label!r}, but {sorted(message.buttons)}")
        if button.get("disabled") or "custom_id" not in button:
            raise NotOffered(f"the button {label!r} cannot be pressed")
        return self._component(message, {**_named(button), "component_type": 2})

    def select(self, message: Message, custom_id: str, *values: str) -> Interaction:
        """Choose from a select menu."""
        if not message.visible_to(self):
            raise NotOffered("the message is not there")
        return self._component(message, {"custom_id": custom_id, "component_type": 3, "values": list(values)})

    def submit(self, interaction: Interaction, **values: str) -> Interaction:
        """Fill in the modal that an interaction was answered with."""
        if interaction.modal is None:
            raise NotOffered("there is no modal")
        rows = [_filled(row, values) for row in interaction.modal["components"]]
        data = {"custom_id": interaction.modal["custom_id"], "components": rows}
        return self.client.interactions.send(
            MODAL_SUBMIT, self, interaction.channel, data, interaction.owners, interaction.message
        )

    def _component(self, message: Message, data: JSON) -> Interaction:
        owners = self._owners(message.channel) or {"1": str(self.id)}
        return self.client.interactions.send(COMPONENT, self, message.channel, data, owners, message)

    def _owners(self, channel: Channel, types: tuple[int, ...] = (0, 1)) -> dict[str, str]:
        owners = {}
        if 0 in types and (channel.context == 1 or (channel.guild is not None and channel.guild.installed)):
            owners["0"] = str(channel.guild.id) if channel.guild else "0"
        if 1 in types and self.id in self.client.world.installed_to:
            owners["1"] = str(self.id)
        return owners

    def _offered(self, channel: Channel, kind: int, name: str) -> tuple[JSON, dict[str, str]]:
        """The command, if this person would see it here, and the installations it is seen through."""
        guild = channel.guild
        if not (guild.members.get(self.id) is self if guild else self in channel.people):
            raise NotOffered(f"{self.name} is not there")
        installed = guild.id if guild is not None and guild.installed else None
        found = self.client.registry.find(installed, kind, name)
        if found is None:
            raise NotOffered(f"there is no command {name!r}")
        contexts = found.get("contexts")
        if contexts is not None and channel.context not in contexts:
            raise NotOffered(f"{name!r} is not offered in this context")
        owners = self._owners(channel, tuple(found.get("integration_types", [0])))
        if not owners:
            raise NotOffered(f"{name!r} is installed neither here nor to {self.name}")
        if found.get("nsfw") and guild is not None and not channel.nsfw:
            raise NotOffered(f"{name!r} is age-restricted")
        needed = found.get("default_member_permissions")
        may = channel.user_may(self)
        if guild is not None and not may & Permission.USE_APPLICATION_COMMANDS:
            raise NotOffered("no application commands here")
        if guild is not None and needed is not None and int(needed) & ~may:
            raise NotOffered(f"{name!r} needs permissions")
        return found, owners

    def _options(
        self, channel: Channel, found: JSON, below: list[str], given: dict[str, Any], resolved: JSON
    ) -> list[JSON]:
        known = {option["name"]: option for option in found.get("options") or []}
        if below:
            sub = known.get(below[0])
            if sub is None:
                raise NotOffered(f"there is no sub-command {below[0]!r}")
            inner = self._options(channel, sub, below[1:], given, resolved)
            return [{"name": below[0], "type": sub["type"], "options": inner}]
        unknown = set(given) - set(known)
        missing = {name for name, option in known.items() if option.get("required")} - set(given)
        if unknown or missing:
            raise NotOffered(f"options: unknown {sorted(unknown)}, missing {sorted(missing)}")
        return [self._option(channel, known[name], value, resolved) for name, value in given.items()]

    def _option(self, channel: Channel, option: JSON, given: Any, resolved: JSON) -> JSON:
        value: Any = given
        name, kind = option["name"], option["type"]
        types = PYTHON_TYPES.get(kind, (str,))
        if not isinstance(given, types) or (kind in (INTEGER, NUMBER) and isinstance(given, bool)):
            raise NotOffered(f"{name} takes {types}")
        choices = [choice["value"] for choice in option.get("choices") or []]
        if choices and value not in choices:
            raise NotOffered(f"{name} takes one of {choices}")
        if kind in (INTEGER, NUMBER):
            least, most = option.get("min_value", value), option.get("max_value", value)
            if not least <= value <= most:
                raise NotOffered(f"{name} goes from {least} to {most}")
        if kind == ATTACHMENT:
            kept = self.client.world.files.keep(_upload(value), channel.id, ephemeral=True)
            resolved.setdefault("attachments", {})[str(kept.id)] = self.client.world.files.payload(kept)
            value = str(kept.id)
        elif kind == CHANNEL:
            about = {"id": str(value.id), "name": value.name, "type": value.type}
            resolved.setdefault("channels", {})[str(value.id)] = about | {"permissions": str(int(value.user_may(self)))}
            value = str(value.id)
        elif kind == USER:
            resolved.setdefault("users", {})[str(value.id)] = value.payload()
            value = str(value.id)
        return {"name": name, "type": kind, "value": value}


def _upload(photo: bytes | Upload) -> Upload:
    return photo if isinstance(photo, Upload) else Upload(photo)


def _named(component: JSON) -> JSON:
    return {name: component[name] for name in ("custom_id", "id") if name in component}


def _filled(row: JSON, values: dict[str, str]) -> JSON:
    """A modal's component with what somebody typed."""
    inner = row["component"] if "component" in row else row["components"][0]
    typed = {"type": inner["type"], "id": inner.get("id", 0), "custom_id": inner["custom_id"]}
    typed["value"] = values.get(inner["custom_id"], inner.get("value", ""))
    return {"type": row["type"], "component": typed} if "component" in row else {"type": 1, "components": [typed]}
