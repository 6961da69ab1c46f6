"""Writing messages: one set of checks for channels, first answers, follow-ups and edits."""

import copy

from tests.servers.discord.components import ComponentCheck, fill_in
from tests.servers.discord.files import Attachment, Upload, clean
from tests.servers.discord.gateway import Gateway
from tests.servers.discord.refusals import JSON, Form, empty_message, too_large
from tests.servers.discord.world import COMPONENTS_V2, EPHEMERAL, LOADING, Channel, Message, User, World

SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 12
MAY_SET = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
NONCE_S = 300.0


class Writer:
    """Creates, edits and deletes the bot's messages."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self._world = world
        self._gateway = gateway

    def create(
        self,
        channel: Channel,
        body: JSON,
        files: dict[int, Upload],
        *,
        limit: int,
        seen_by: User | None = None,
        interaction: JSON | None = None,
        may_hide: bool = False,
    ) -> Message:
        """Send a message as the bot. `limit` is the largest file; `may_hide` allows the ephemeral flag."""
        again = self._same_nonce(channel, body)
        if again is not None:
            return again
        message = Message(self._world.clock.snowflake(), channel, self._world.bot, self._world.clock.now())
        message.application = self._world.bot.id
        message.interaction = interaction
        self._fill(message, body, files, limit, MAY_SET | (EPHEMERAL if may_hide else 0))
        if message.ephemeral:
            message.seen_by = seen_by
        if not (message.content or message.embeds or message.components or message.attachments):
            raise empty_message()
        if body.get("message_reference"):
            message.reference = self._world.message(channel, body["message_reference"]["message_id"])
        message.nonce = body.get("nonce")
        channel.messages[message.id] = message
        self._gateway.tell_message("MESSAGE_CREATE", message)
        return message

    def edit(self, message: Message, body: JSON, files: dict[int, Upload], *, limit: int) -> Message:
        """Change one of the bot's messages."""
        before = self._world.message_payload(message, nested=True)
        changed = copy.copy(message)  # so that a refused edit changes nothing
        self._fill(changed, body, files, limit, SUPPRESS_EMBEDS | COMPONENTS_V2)
        message.__dict__.update(changed.__dict__)
        message.flags &= ~LOADING
        message.versions = [*message.versions, before]
        message.edited_at = self._world.clock.now()
        self._gateway.tell_message("MESSAGE_UPDATE", message)
        return message

    def delete(self, message: Message) -> None:
        """Take a message away, and its files with it."""
        message.deleted = True
        for attachment in message.attachments:
            self._world.files.forget(attachment)
        data = {"id": str(message.id), "channel_id": str(message.channel.id)}
        guild = message.channel.guild
        if guild is not None:
            data["guild_id"] = str(guild.id)
        if not message.ephemeral and message.channel.with_bot:
            self._gateway.tell("MESSAGE_DELETE", data, guild, 1 << 9 if guild else 1 << 12)

    def _same_nonce(self, channel: Channel, body: JSON) -> Message | None:
        nonce = body.get("nonce")
        if nonce is None or not body.get("enforce_nonce"):
            return None
        since = self._world.clock.now() - NONCE_S
        recent = [message for message in channel.messages.values() if message.created_at >= since]
        return next((message for message in recent if message.nonce == nonce), None)

    def _fill(self, message: Message, body: JSON, files: dict[int, Upload], limit: int, may_set: int) -> None:
        form = Form()
        self._flags(message, body, form, may_set)
        self._attachments(message, body, files, form, limit)
        self._words(message, body, form)
        v2 = bool(message.flags & COMPONENTS_V2)
        if v2:
            self._only_components(message, body, form)
        if "components" in body:
            by_name = {attachment.filename: attachment for attachment in message.attachments}
            components = body["components"] or []
            ComponentCheck(form, v2, by_name, self._world.skus).run(components)
            form.check()
            message.components = copy.deepcopy(components)
            fill_in(message.components, message.attachments, self._world.files)
        form.check()

    def _flags(self, message: Message, body: JSON, form: Form, may_set: int) -> None:
        given = body.get("flags")
        if given is None:
            return
        if not isinstance(given, int) or given & ~(may_set | LOADING):
            form.wrong(("flags",), "MESSAGE_FLAGS_INVALID", f"Flags {given} cannot be set here.")
            return
        # Components V2 is never taken back, and an edit does not touch what is not named here.
        kept = message.flags & (COMPONENTS_V2 | EPHEMERAL | LOADING)
        message.flags = kept | given

    def _words(self, message: Message, body: JSON, form: Form) -> None:
        if "content" in body:
            content = body["content"] or ""
            if form.length(("content",), content, 0, 2000):
                message.content = content
        if "embeds" in body:
            embeds = body["embeds"] or []
            if len(embeds) > 10:
                form.wrong(("embeds",), "BASE_TYPE_BAD_LENGTH", "Must be 10 or fewer in length.")
            message.embeds = embeds
        nonce = body.get("nonce")
        if nonce is not None:
            form.length(("nonce",), str(nonce), 1, 25)
        mentions = body.get("allowed_mentions") or {}
        unknown = set(mentions.get("parse") or []) - {"users", "roles", "everyone"}
        if unknown or (mentions.get("users") and "users" in (mentions.get("parse") or [])):
            form.wrong(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "Ambiguous mentions.")

    def _only_components(self, message: Message, body: JSON, form: Form) -> None:
        for name, used in (("content", message.content), ("embeds", message.embeds)):
            if used:
                form.wrong(
                    (name,),
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                )
        if body.get("poll") or body.get("sticker_ids"):
            form.wrong(("poll",), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "Not with components.")

    def _attachments(self, message: Message, body: JSON, files: dict[int, Upload], form: Form, limit: int) -> None:
        if any(len(upload.data) > limit for upload in files.values()):
            raise too_large()
        entries = body.get("attachments")
        if entries is None:
            entries = [{"id": index} for index in files]
            kept = list(message.attachments)
        else:
            kept = []
        by_id = {str(attachment.id): attachment for attachment in message.attachments}
        for place, entry in enumerate(entries):
            number = str(entry.get("id"))
            if number in by_id:
                kept.append(by_id[number])
            elif number.isdigit() and int(number) in files:
                kept.append(self._keep(message, entry, files[int(number)]))
            else:
                form.wrong(("attachments", place), "ATTACHMENT_NOT_FOUND", f"There is no file of the id {number}.")
        if len(kept) > 10:
            form.wrong(("attachments",), "BASE_TYPE_BAD_LENGTH", "Must be 10 or fewer in length.")
        message.attachments = kept

    def _keep(self, message: Message, entry: JSON, upload: Upload) -> Attachment:
        named = Upload(upload.data, entry.get("filename") or upload.filename, entry.get("description"))
        return self._world.files.keep(
            Upload(named.data, clean(named.filename), named.description),
            message.channel.id,
            ephemeral=message.ephemeral,
        )
