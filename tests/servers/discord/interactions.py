"""Interactions: what is sent to the bot, its first answer within three seconds, and the fifteen minutes after it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.servers.discord.files import Upload
from tests.servers.discord.gateway import Gateway
from tests.servers.discord.messages import Writer
from tests.servers.discord.permissions import IN_FOREIGN_DMS, Permission
from tests.servers.discord.refusals import (
    JSON,
    Form,
    already_acknowledged,
    forbidden,
    invalid_token,
    too_many_follow_ups,
    unknown,
)
from tests.servers.discord.world import DEFAULT_FILE_LIMIT, EPHEMERAL, LOADING, Channel, Message, User, World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
SAY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
ANSWERS_TO = {
    COMMAND: {SAY, DEFER, MODAL},
    COMPONENT: {SAY, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {SAY, DEFER, DEFER_UPDATE, UPDATE},
}
FIRST_ANSWER_S = 3.0
TOKEN_S = 15 * 60.0
MOST_FOREIGN_FOLLOW_UPS = 5


@dataclass(eq=False)
class Interaction:
    """One thing somebody did with the bot, and what came of it."""

    id: int
    token: str
    type: int
    user: User
    channel: Channel
    created_at: float
    data: JSON
    owners: dict[str, str]  # who the app is installed to, as far as it matters here
    message: Message | None = None  # the component's own
    answer: int | None = None  # the first answer's type
    answered_at: float | None = None
    original: Message | None = None
    follow_ups: list[Message] = field(default_factory=list)
    choices: list[JSON] = field(default_factory=list)
    modal: JSON | None = None

    @property
    def took_s(self) -> float | None:
        """How long the first answer took."""
        return None if self.answered_at is None else self.answered_at - self.created_at

    @property
    def shown(self) -> list[Message]:
        """What the person sees of the answer, without what is still loading."""
        messages = [self.original, *self.follow_ups] if self.answer in (SAY, DEFER) else self.follow_ups
        return [message for message in messages if message and not message.deleted and not message.loading]

    @property
    def by_account_only(self) -> bool:
        """Whether only the person's own installation allows it here."""
        return "0" not in self.owners


class Interactions:
    """All interactions of one server."""

    def __init__(self, world: World, gateway: Gateway, writer: Writer) -> None:
        self._world = world
        self._gateway = gateway
        self._writer = writer
        self.all: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self.on_change: Callable[[], None] = lambda: None

    def limit(self, channel: Channel) -> int:
        """The largest file in a place."""
        return channel.guild.file_limit if channel.guild else DEFAULT_FILE_LIMIT

    def send(
        self,
        kind: int,
        user: User,
        channel: Channel,
        data: JSON,
        owners: dict[str, str],
        message: Message | None = None,
    ) -> Interaction:
        """Tell the bot what somebody did."""
        number = self._world.clock.snowflake()
        token = secrets.token_urlsafe(48)
        interaction = Interaction(number, token, kind, user, channel, self._world.clock.now(), data, owners, message)
        self.all[number] = self._by_token[token] = interaction
        guild = channel.guild if channel.guild and channel.guild.installed else None
        self._gateway.tell("INTERACTION_CREATE", self._payload(interaction), guild)
        return interaction

    def _payload(self, interaction: Interaction) -> JSON:
        channel, guild, user = interaction.channel, interaction.channel.guild, interaction.user
        payload: JSON = {
            "id": str(interaction.id),
            "application_id": str(self._world.bot.id),
            "type": interaction.type,
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel": channel.payload(),
            "channel_id": str(channel.id),
            "context": channel.context,
            "locale": user.locale,
            "app_permissions": str(int(self._app_permissions(interaction))),
            "entitlements": self._world.active_entitlements(user),
            "authorizing_integration_owners": interaction.owners,
            "attachment_size_limit": self.limit(channel),
        }
        if guild is not None:
            member = guild.member(user, self._world.clock.stamp(0))
            payload["member"] = {**member, "permissions": str(int(channel.user_may(user)))}
            payload |= {"guild": guild.partial(), "guild_id": str(guild.id), "guild_locale": guild.locale}
        else:
            payload["user"] = user.payload()
        if interaction.message is not None:
            payload["message"] = self._world.message_payload(interaction.message)
        return payload

    def _app_permissions(self, interaction: Interaction) -> Permission:
        channel = interaction.channel
        if channel.context == 2:
            return IN_FOREIGN_DMS
        if interaction.by_account_only and channel.guild is not None:
            return channel.user_may(interaction.user)
        return channel.bot_may()

    # What the bot answers.

    def acknowledge(self, number: str, token: str, body: JSON, files: dict[int, Upload]) -> JSON:
        """The first answer. Returns what `with_response` shows."""
        interaction = self.all.get(int(number)) if number.isdigit() else None
        if interaction is None or interaction.token != token:
            raise unknown(10062)
        if interaction.answer is not None:
            raise already_acknowledged()
        if self._world.clock.now() - interaction.created_at > FIRST_ANSWER_S:
            raise unknown(10062)
        kind, data = body.get("type", 0), body.get("data") or {}
        form = Form()
        if kind not in ANSWERS_TO[interaction.type] or (kind in (DEFER_UPDATE, UPDATE) and not interaction.message):
            form.wrong(("type",), "BASE_TYPE_CHOICES", "This answer does not fit the interaction.")
        form.check()
        self._answer(interaction, kind, data, files)
        interaction.answer, interaction.answered_at = kind, self._world.clock.now()
        self.on_change()
        return self._response(interaction, kind)

    def _answer(self, interaction: Interaction, kind: int, data: JSON, files: dict[int, Upload]) -> None:
        if kind == SAY:
            interaction.original = self._say(interaction, data, files)
        elif kind == DEFER:
            interaction.original = self._defer(interaction, data)
        elif kind == DEFER_UPDATE:
            interaction.original = interaction.message
        elif kind == UPDATE:
            assert interaction.message is not None
            self._may_attach(interaction, files)
            limit = self.limit(interaction.channel)
            interaction.original = self._writer.edit(interaction.message, data, files, limit=limit)
        elif kind == CHOICES:
            interaction.choices = self._check_choices(data)
        else:
            interaction.modal = self._check_modal(data)

    def _response(self, interaction: Interaction, kind: int) -> JSON:
        about: JSON = {"id": str(interaction.id), "type": interaction.type}
        response: JSON = {"interaction": about}
        if interaction.original is not None:
            about["response_message_id"] = str(interaction.original.id)
            about["response_message_loading"] = interaction.original.loading
            about["response_message_ephemeral"] = interaction.original.ephemeral
            response["resource"] = {"type": kind}
            if kind in (SAY, UPDATE):
                response["resource"]["message"] = self._world.message_payload(interaction.original)
        return response

    def follow_up(self, token: str, body: JSON, files: dict[int, Upload]) -> Message:
        """Say more. The first one after a deferred answer takes that answer's place, and its visibility."""
        interaction = self._alive(token)
        if interaction.original is not None and interaction.original.loading:
            return self.edit(token, "@original", body, files)
        if interaction.by_account_only and len(interaction.follow_ups) >= MOST_FOREIGN_FOLLOW_UPS:
            raise too_many_follow_ups()
        message = self._say(interaction, body, files)
        interaction.follow_ups.append(message)
        self.on_change()
        return message

    def find(self, token: str, which: str) -> Message:
        """One of the answer's messages."""
        interaction = self._alive(token)
        if which == "@original":
            if interaction.original is None or interaction.original.deleted:
                raise unknown(10008)
            return interaction.original
        mine = [message for message in (interaction.original, *interaction.follow_ups) if message is not None]
        for message in mine:
            if str(message.id) == which and not message.deleted:
                return message
        raise unknown(10008)

    def edit(self, token: str, which: str, body: JSON, files: dict[int, Upload]) -> Message:
        """Change one of the answer's messages."""
        message = self.find(token, which)
        interaction = self._alive(token)
        self._may_attach(interaction, files)
        if message.loading:
            body = {name: value for name, value in body.items() if name != "flags"} | (
                {"flags": body["flags"] & ~EPHEMERAL} if "flags" in body else {}
            )
        self._writer.edit(message, body, files, limit=self.limit(interaction.channel))
        self.on_change()
        return message

    def delete(self, token: str, which: str) -> None:
        """Take one of the answer's messages away."""
        self._writer.delete(self.find(token, which))
        self.on_change()

    def _alive(self, token: str) -> Interaction:
        interaction = self._by_token.get(token)
        if interaction is None or interaction.answer is None:
            raise unknown(10015)
        if self._world.clock.now() - interaction.created_at > TOKEN_S:
            raise invalid_token()
        return interaction

    def _say(self, interaction: Interaction, body: JSON, files: dict[int, Upload]) -> Message:
        self._may_attach(interaction, files)
        if self._must_hide(interaction):
            body = {**body, "flags": body.get("flags", 0) | EPHEMERAL}
        return self._writer.create(
            interaction.channel,
            body,
            files,
            limit=self.limit(interaction.channel),
            seen_by=interaction.user,
            interaction=self._metadata(interaction),
            may_hide=True,
        )

    def _defer(self, interaction: Interaction, data: JSON) -> Message:
        flags = data.get("flags") or 0
        if flags & ~EPHEMERAL:
            form = Form()
            form.wrong(("data", "flags"), "MESSAGE_FLAGS_INVALID", "Only EPHEMERAL can be set on a deferred answer.")
            form.check()
        if self._must_hide(interaction):
            flags |= EPHEMERAL
        message = Message(self._world.clock.snowflake(), interaction.channel, self._world.bot, self._world.clock.now())
        message.flags = flags | LOADING
        message.application = self._world.bot.id
        message.interaction = self._metadata(interaction)
        message.seen_by = interaction.user if flags else None
        interaction.channel.messages[message.id] = message
        return message

    def _metadata(self, interaction: Interaction) -> JSON:
        metadata: JSON = {
            "id": str(interaction.id),
            "type": interaction.type,
            "user": interaction.user.payload(),
            "authorizing_integration_owners": interaction.owners,
        }
        if interaction.type == COMMAND:
            metadata["name"] = interaction.data["name"]
        if interaction.message is not None:
            metadata["interacted_message_id"] = str(interaction.message.id)
        return metadata

    def _must_hide(self, interaction: Interaction) -> bool:
        """An app that is only in somebody's account is heard by others where the guild allows external apps."""
        guild = interaction.channel.guild
        allowed = guild is None or bool(interaction.channel.user_may(interaction.user) & Permission.USE_EXTERNAL_APPS)
        return interaction.by_account_only and not allowed

    def _may_attach(self, interaction: Interaction, files: dict[int, Upload]) -> None:
        if files and not self._app_permissions(interaction) & Permission.ATTACH_FILES:
            raise forbidden(50013)

    def _check_choices(self, data: JSON) -> list[JSON]:
        form, choices = Form(), data.get("choices")
        if not isinstance(choices, list) or len(choices) > 25:
            form.wrong(("data", "choices"), "BASE_TYPE_BAD_LENGTH", "Must be 25 or fewer in length.")
            form.check()
        for index, choice in enumerate(choices or []):
            form.length(("data", "choices", index, "name"), choice.get("name"), 1, 100)
            if isinstance(choice.get("value"), str):
                form.length(("data", "choices", index, "value"), choice["value"], 1, 100)
        form.check()
        return list(choices or [])

    def _check_modal(self, data: JSON) -> JSON:
        form = Form()
        form.length(("data", "custom_id"), data.get("custom_id"), 1, 100)
        form.length(("data", "title"), data.get("title"), 1, 45)
        if not 1 <= len(data.get("components") or []) <= 5:
            form.wrong(("data", "components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
        form.check()
        return data
