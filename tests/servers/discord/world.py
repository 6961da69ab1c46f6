"""The state of the server: people, servers ("guilds"), channels, messages and entitlements."""

import copy
from dataclasses import dataclass, field

from tests.servers.discord.clock import Clock
from tests.servers.discord.files import Attachment, Files
from tests.servers.discord.permissions import EVERYTHING, IN_OWN_DM, USUAL, Permission
from tests.servers.discord.refusals import JSON, unknown

DEFAULT_FILE_LIMIT = 10 * 1024 * 1024
TEXT_CHANNEL, DM, GROUP_DM = 0, 1, 3
EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15


@dataclass(eq=False)
class User:
    """An account."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    accepts_dms: bool = True

    def payload(self) -> JSON:
        """As the API shows it."""
        return {
            "id": str(self.id),
            "username": self.name,
            "discriminator": "0",
            "global_name": None if self.bot else self.name.title(),
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
            "flags": 0,
        }


@dataclass(eq=False)
class Guild:
    """A server. `installed` says whether the bot is a member."""

    id: int
    name: str
    owner: User
    installed: bool = True
    locale: str = "en-US"
    file_limit: int = DEFAULT_FILE_LIMIT
    permissions: Permission = USUAL  # of everyone
    members: dict[int, User] = field(default_factory=dict)
    roles: dict[int, list[int]] = field(default_factory=dict)  # user: extra roles
    channels: dict[int, "Channel"] = field(default_factory=dict)

    def member(self, user: User, joined: str) -> JSON:
        """A member as the API shows it."""
        return {
            "user": user.payload(),
            "nick": None,
            "avatar": None,
            "roles": [str(role) for role in self.roles.get(user.id, [])],
            "joined_at": joined,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
        }

    def partial(self) -> JSON:
        """As an interaction carries it."""
        return {"id": str(self.id), "locale": self.locale, "features": []}


@dataclass(eq=False)
class Channel:
    """A place for messages: in a guild, or between people."""

    id: int
    name: str
    guild: Guild | None = None
    people: list[User] = field(default_factory=list)  # of a DM, besides the bot
    with_bot: bool = True  # a DM the bot is part of
    nsfw: bool = False
    denied: int = 0  # permissions, to the bot in this channel
    messages: dict[int, "Message"] = field(default_factory=dict)

    @property
    def type(self) -> int:
        """Discord's number for its kind."""
        if self.guild is not None:
            return TEXT_CHANNEL
        return DM if len(self.people) + self.with_bot <= 2 else GROUP_DM

    @property
    def context(self) -> int:
        """The interaction context: 0 a guild, 1 the bot's DM, 2 another private channel."""
        if self.guild is not None:
            return 0
        return 1 if self.with_bot and self.type == DM else 2

    def bot_may(self) -> Permission:
        """What the bot may do here."""
        if self.guild is None:
            return IN_OWN_DM | USUAL if self.with_bot else Permission(0)
        if not self.guild.installed:
            return Permission(0)
        return self.guild.permissions & ~Permission(self.denied)

    def user_may(self, user: User) -> Permission:
        """What somebody may do here."""
        if self.guild is not None and self.guild.owner is user:
            return EVERYTHING
        return self.guild.permissions if self.guild else USUAL

    def payload(self, bot: User | None = None) -> JSON:
        """As the API shows it."""
        shown: JSON = {"id": str(self.id), "type": self.type, "flags": 0, "last_message_id": None}
        if self.guild is None:
            others = [person.payload() for person in self.people]
            return {**shown, "recipients": others, "name": self.name, "owner_id": str(self.people[0].id), "icon": None}
        overwrites = []
        if self.denied and bot is not None:
            overwrites = [{"id": str(bot.id), "type": 1, "allow": "0", "deny": str(int(self.denied))}]
        return {
            **shown,
            "guild_id": str(self.guild.id),
            "name": self.name,
            "position": 0,
            "nsfw": self.nsfw,
            "topic": None,
            "parent_id": None,
            "rate_limit_per_user": 0,
            "permission_overwrites": overwrites,
        }


@dataclass(eq=False)
class Message:
    """A message. `versions` has what it looked like before each edit."""

    id: int
    channel: Channel
    author: User
    created_at: float
    content: str = ""
    embeds: list[JSON] = field(default_factory=list)
    components: list[JSON] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    application: int | None = None
    interaction: JSON | None = None  # interaction_metadata
    reference: "Message | None" = None
    forwarded: "Message | None" = None
    mentions: list[User] = field(default_factory=list)
    stickers: list[JSON] = field(default_factory=list)
    nonce: str | None = None
    seen_by: User | None = None  # of an ephemeral message
    edited_at: float | None = None
    deleted: bool = False
    versions: list[JSON] = field(default_factory=list)

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it still says that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def texts(self) -> str:
        """Everything that is written in it: content and text displays."""
        from tests.servers.discord.components import TEXT, walk

        shown = [part["content"] for part in walk(self.components) if part["type"] == TEXT]
        return "\n".join([self.content, *shown] if self.content else shown)

    @property
    def buttons(self) -> dict[str, JSON]:
        """Its buttons by label."""
        from tests.servers.discord.components import BUTTON, walk

        return {part.get("label") or "": part for part in walk(self.components) if part["type"] == BUTTON}

    def visible_to(self, user: User) -> bool:
        """Whether somebody sees it."""
        return not self.deleted and (not self.ephemeral or self.seen_by is user)


@dataclass(eq=False)
class Entitlement:
    """What somebody has bought."""

    id: int
    sku: int
    user: User | None  # None: a server's
    starts_at: float | None = None
    ends_at: float | None = None
    type: int = 8
    deleted: bool = False
    consumed: bool = False
    guild: int | None = None

    @property
    def owner(self) -> int | None:
        """The person's id, where it is a person's."""
        return self.user.id if self.user else None


class World:
    """Everything of one server."""

    def __init__(self, clock: Clock, files: Files) -> None:
        self.clock = clock
        self.files = files
        self.bot = User(clock.snowflake(), "magic-memory", bot=True)
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.entitlements: dict[int, Entitlement] = {}
        self.skus: list[int] = []
        self.consumables: set[int] = set()  # those of them that are used up, and can be bought again
        self.installed_to: set[int] = set()  # users who have the app in their account

    def channel(self, channel_id: str | int) -> Channel:
        """The channel of that id, or 10003."""
        found = self.channels.get(int(channel_id)) if str(channel_id).isdigit() else None
        if found is None:
            raise unknown(10003)
        return found

    def message(self, channel: Channel, message_id: str | int) -> Message:
        """A message that is there, or 10008."""
        found = channel.messages.get(int(message_id)) if str(message_id).isdigit() else None
        if found is None or found.deleted:
            raise unknown(10008)
        return found

    def dm_of(self, user: User) -> Channel:
        """The bot's DM with somebody."""
        for channel in self.channels.values():
            if channel.context == 1 and channel.people == [user]:
                return channel
        channel = Channel(self.clock.snowflake(), "", people=[user])
        self.channels[channel.id] = channel
        return channel

    def share_a_guild(self, user: User) -> bool:
        """Whether the bot and somebody are in one guild, or the app is in their account."""
        together = any(guild.installed and user.id in guild.members for guild in self.guilds.values())
        return together or user.id in self.installed_to

    def guild_payload(self, guild: Guild) -> JSON:
        """A guild as GUILD_CREATE tells it."""
        joined = self.clock.stamp(0)
        roles = {role for extra in guild.roles.values() for role in extra}
        return {
            **guild.partial(),
            "name": guild.name,
            "owner_id": str(guild.owner.id),
            "preferred_locale": guild.locale,
            "premium_tier": {DEFAULT_FILE_LIMIT: 0, 50 * 2**20: 2, 100 * 2**20: 3}.get(guild.file_limit, 0),
            "roles": [_role(guild.id, "@everyone", guild.permissions), *(_role(role, "extra", 0) for role in roles)],
            "channels": [channel.payload(self.bot) for channel in guild.channels.values()],
            "members": [guild.member(self.bot, joined)],
            "member_count": len(guild.members) + 1,
            "unavailable": False,
            "threads": [],
            "emojis": [],
            "stickers": [],
        }

    def message_payload(
        self, message: Message, *, hide: bool = False, nested: bool = False, without_content: bool = False
    ) -> JSON:
        """A message as the API shows it; `hide` empties it, as to an app without the message content intent;
        `without_content` does so with the message it replies to, unless that was for the app."""
        shown: JSON = {
            "id": str(message.id),
            "channel_id": str(message.channel.id),
            "type": self._type(message),
            "author": message.author.payload(),
            "content": "" if hide else message.content,
            "embeds": [] if hide else copy.deepcopy(message.embeds),
            "components": [] if hide else copy.deepcopy(message.components),
            "attachments": [] if hide else [self.files.payload(attachment) for attachment in message.attachments],
            "flags": message.flags,
            "mentions": [user.payload() for user in message.mentions],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
            "sticker_items": [] if hide else message.stickers,
            "timestamp": self.clock.stamp(message.created_at),
            "edited_timestamp": None if message.edited_at is None else self.clock.stamp(message.edited_at),
        }
        if message.nonce is not None:
            shown["nonce"] = message.nonce
        if message.application is not None:
            shown["application_id"] = str(message.application)
        if message.interaction is not None:
            shown["interaction_metadata"] = message.interaction
        if message.reference is not None:
            shown["message_reference"] = self._reference(message.reference)
            if not nested:
                shown["referenced_message"] = self._referenced(message.reference, without_content)
        if message.forwarded is not None:
            shown["message_reference"] = {**self._reference(message.forwarded), "type": 1}
            shown["message_snapshots"] = [] if hide else [{"message": self._snapshot(message.forwarded)}]
        return shown

    def _snapshot(self, message: Message) -> JSON:
        """What a forward shows of a message: neither its id nor its author."""
        shown = self.message_payload(message, nested=True)
        names = (
            "type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags", "mentions",
            "mention_roles", "components",
        )  # fmt: skip
        return {name: shown[name] for name in names} | {"sticker_items": message.stickers}

    def _referenced(self, message: Message, without_content: bool) -> JSON | None:
        if message.deleted:
            return None
        for_the_bot = message.author is self.bot or self.bot in message.mentions
        return self.message_payload(message, nested=True, hide=without_content and not for_the_bot)

    def entitlement_payload(self, entitlement: Entitlement) -> JSON:
        """An entitlement as the API shows it."""
        stamp = self.clock.stamp
        return {
            "id": str(entitlement.id),
            "sku_id": str(entitlement.sku),
            "application_id": str(self.bot.id),
            **({"user_id": str(entitlement.owner)} if entitlement.owner else {"guild_id": str(entitlement.guild)}),
            "type": entitlement.type,
            "deleted": entitlement.deleted,
            "consumed": entitlement.consumed,
            "starts_at": None if entitlement.starts_at is None else stamp(entitlement.starts_at),
            "ends_at": None if entitlement.ends_at is None else stamp(entitlement.ends_at),
        }

    def active_entitlements(self, user: User) -> list[JSON]:
        """What an interaction says somebody has."""
        now = self.clock.now()
        return [
            self.entitlement_payload(entitlement)
            for entitlement in self.entitlements.values()
            if entitlement.user is user
            and not entitlement.deleted
            and (entitlement.ends_at is None or entitlement.ends_at > now)
        ]

    def _type(self, message: Message) -> int:
        if message.interaction is not None and message.reference is None:
            return 20 if message.interaction["type"] == 2 else 0
        return 19 if message.reference is not None else 0

    def _reference(self, message: Message) -> JSON:
        reference: JSON = {"type": 0, "message_id": str(message.id), "channel_id": str(message.channel.id)}
        if message.channel.guild is not None:
            reference["guild_id"] = str(message.channel.guild.id)
        return reference


def _role(role_id: int, name: str, permissions: int) -> JSON:
    return {
        "id": str(role_id),
        "name": name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0,
        "permissions": str(int(permissions)),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
