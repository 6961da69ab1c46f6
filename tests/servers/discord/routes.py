"""The routes: what each request does to the world."""

from typing import Any

from tests.servers.discord.call import Call
from tests.servers.discord.gateway import Gateway
from tests.servers.discord.interactions import Interactions
from tests.servers.discord.messages import Writer
from tests.servers.discord.permissions import Permission
from tests.servers.discord.refusals import JSON, Form, Refusal, forbidden, unknown
from tests.servers.discord.registry import Registry
from tests.servers.discord.rest import NO_CONTENT, Route
from tests.servers.discord.world import Channel, Entitlement, Message, World


class Routes:
    """Handlers, and the table of them."""

    def __init__(
        self, world: World, gateway: Gateway, registry: Registry, interactions: Interactions, writer: Writer
    ) -> None:
        self._world = world
        self._gateway = gateway
        self._registry = registry
        self._interactions = interactions
        self._writer = writer

    def table(self) -> list[Route]:
        """Every route there is."""
        scoped = [
            Route(method, f"/applications/{{application}}{guild}/commands{one}", handler)
            for guild in ("", "/guilds/{guild}")
            for method, one, handler in (
                ("GET", "", self.commands),
                ("PUT", "", self.overwrite_commands),
                ("POST", "", self.upsert_command),
                ("GET", "/{command}", self.command),
                ("DELETE", "/{command}", self.remove_command),
            )
        ]
        message = "/channels/{channel}/messages/{message}"
        answer = "/webhooks/{application}/{token}/messages/{message}"
        entitlements = "/applications/{application}/entitlements"
        return [
            *scoped,
            Route("GET", "/gateway", lambda call: {"url": self._gateway.url}),
            Route("GET", "/gateway/bot", self.gateway_for_bots),
            Route("GET", "/users/@me", lambda call: {**self._world.bot.payload(), "verified": True}),
            Route("GET", "/users/{user}", self.user),
            Route("POST", "/users/@me/channels", self.open_dm),
            Route("GET", "/applications/@me", self.application),
            Route("GET", "/oauth2/applications/@me", self.application),
            Route("GET", "/channels/{channel}", self.channel),
            Route("GET", "/channels/{channel}/messages", self.messages),
            Route("POST", "/channels/{channel}/messages", self.say),
            Route("POST", "/channels/{channel}/typing", self.typing),
            Route("GET", message, self.message),
            Route("PATCH", message, self.edit),
            Route("DELETE", message, self.delete),
            Route("POST", "/interactions/{interaction}/{token}/callback", self.acknowledge),
            Route("POST", "/webhooks/{application}/{token}", self.follow_up),
            Route("GET", answer, self.answer),
            Route("PATCH", answer, self.edit_answer),
            Route("DELETE", answer, self.delete_answer),
            Route("GET", "/applications/{application}/skus", self.skus),
            Route("GET", entitlements, self.entitlements),
            Route("POST", entitlements, self.give_entitlement),
            Route("GET", f"{entitlements}/{{entitlement}}", self.entitlement),
            Route("DELETE", f"{entitlements}/{{entitlement}}", self.take_entitlement),
            Route("POST", f"{entitlements}/{{entitlement}}/consume", self.consume),
        ]

    # The application.

    def gateway_for_bots(self, call: Call) -> JSON:
        limit = {"total": 1000, "remaining": 990, "reset_after": 3_600_000, "max_concurrency": 16}
        return {"url": self._gateway.url, "shards": 1, "session_start_limit": limit}

    def application(self, call: Call) -> JSON:
        bot = self._world.bot
        about = {"id": str(bot.id), "name": bot.name, "icon": None, "description": "", "flags": 0, "summary": ""}
        return {**about, "bot_public": True, "bot_require_code_grant": False, "verify_key": "", "owner": bot.payload()}

    def _scope(self, call: Call) -> int | None:
        if call.names["application"] != str(self._world.bot.id):
            raise unknown(10002)
        guild = call.names.get("guild")
        if guild is None:
            return None
        if not guild.isdigit() or int(guild) not in self._world.guilds:
            raise forbidden(50001)
        return int(guild)

    def commands(self, call: Call) -> list[JSON]:
        return self._registry.all(self._scope(call))

    def overwrite_commands(self, call: Call) -> list[JSON]:
        return self._registry.overwrite(self._scope(call), call.body)

    def upsert_command(self, call: Call) -> JSON:
        return self._registry.upsert(self._scope(call), call.json)

    def command(self, call: Call) -> JSON:
        return self._registry.get(self._scope(call), call.names["command"])

    def remove_command(self, call: Call) -> Any:
        self._registry.remove(self._scope(call), call.names["command"])
        return NO_CONTENT

    # People and channels.

    def user(self, call: Call) -> JSON:
        user = self._world.users.get(int(call.names["user"])) if call.names["user"].isdigit() else None
        if user is None:
            raise unknown(10013)
        return user.payload()

    def open_dm(self, call: Call) -> JSON:
        recipient = str(call.json.get("recipient_id", ""))
        user = self._world.users.get(int(recipient)) if recipient.isdigit() else None
        if user is None or user.bot:
            raise Refusal(400, 50033, "Invalid Recipient(s)")
        return self._world.dm_of(user).payload()

    def _seen(self, call: Call) -> Channel:
        channel = self._world.channel(call.names["channel"])
        if not channel.bot_may() & Permission.VIEW_CHANNEL:
            raise forbidden(50001)
        return channel

    def channel(self, call: Call) -> JSON:
        return self._seen(call).payload(self._world.bot)

    def messages(self, call: Call) -> list[JSON]:
        channel = self._seen(call)
        if not channel.bot_may() & Permission.READ_MESSAGE_HISTORY:
            return []
        newest = sorted(channel.messages.values(), key=lambda message: -message.id)
        there = [message for message in newest if not message.deleted and not message.ephemeral]
        return [self._world.message_payload(message) for message in there[: int(call.query.get("limit", "50"))]]

    def typing(self, call: Call) -> Any:
        self._may_send(self._seen(call), {})
        return NO_CONTENT

    def _may_send(self, channel: Channel, files: dict[int, Any], body: JSON | None = None) -> None:
        may = channel.bot_may()
        needed = Permission.SEND_MESSAGES
        if files:
            needed |= Permission.ATTACH_FILES
        if needed & ~may:
            raise forbidden(50013)
        if (body or {}).get("message_reference") and not may & Permission.READ_MESSAGE_HISTORY:
            raise Refusal(400, 160002, "Cannot reply without permission to read message history")
        if channel.guild is None:
            person = channel.people[0]
            if not person.accepts_dms:
                raise forbidden(50007)
            wrote = any(message.author is person for message in channel.messages.values())
            if not wrote and not self._world.share_a_guild(person):
                raise forbidden(50007)

    def say(self, call: Call) -> JSON:
        channel, body = self._seen(call), call.json
        self._may_send(channel, call.files, body)
        limit = self._interactions.limit(channel)
        return self._world.message_payload(self._writer.create(channel, body, call.files, limit=limit))

    def _one(self, call: Call) -> Message:
        message = self._world.message(self._seen(call), call.names["message"])
        if message.ephemeral:
            raise unknown(10008)
        return message

    def message(self, call: Call) -> JSON:
        message = self._one(call)
        if not message.channel.bot_may() & Permission.READ_MESSAGE_HISTORY:
            raise forbidden(50013)
        return self._world.message_payload(message)

    def edit(self, call: Call) -> JSON:
        message = self._one(call)
        if message.author is not self._world.bot:
            raise forbidden(50005)
        if call.files and not message.channel.bot_may() & Permission.ATTACH_FILES:
            raise forbidden(50013)
        limit = self._interactions.limit(message.channel)
        return self._world.message_payload(self._writer.edit(message, call.json, call.files, limit=limit))

    def delete(self, call: Call) -> Any:
        message = self._one(call)
        mine = message.author is self._world.bot
        if not mine and not message.channel.bot_may() & Permission.MANAGE_MESSAGES:
            raise forbidden(50013)
        self._writer.delete(message)
        return NO_CONTENT

    # Interactions.

    def acknowledge(self, call: Call) -> Any:
        names = call.names
        response = self._interactions.acknowledge(names["interaction"], names["token"], call.json, call.files)
        return response if call.query.get("with_response") in ("1", "true") else NO_CONTENT

    def _mine(self, call: Call) -> str:
        if call.names["application"] != str(self._world.bot.id):
            raise unknown(10015)
        return call.names["token"]

    def follow_up(self, call: Call) -> Any:
        message = self._interactions.follow_up(self._mine(call), call.json, call.files)
        return self._world.message_payload(message)

    def answer(self, call: Call) -> JSON:
        return self._world.message_payload(self._interactions.find(self._mine(call), call.names["message"]))

    def edit_answer(self, call: Call) -> JSON:
        message = self._interactions.edit(self._mine(call), call.names["message"], call.json, call.files)
        return self._world.message_payload(message)

    def delete_answer(self, call: Call) -> Any:
        self._interactions.delete(self._mine(call), call.names["message"])
        return NO_CONTENT

    # Entitlements.

    def skus(self, call: Call) -> list[JSON]:
        application = str(self._world.bot.id)
        shown = {"application_id": application, "name": "Premium", "slug": "premium", "flags": 4}
        return [
            {"id": str(sku), "type": 3 if sku in self._world.consumables else 5, **shown} for sku in self._world.skus
        ]

    def entitlements(self, call: Call) -> list[JSON]:
        now, query = self._world.clock.now(), call.query
        form = Form()
        limit = _number(form, query, "limit", 100)
        if not 1 <= limit <= 100:
            form.wrong(("limit",), "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
        before, after = _number(form, query, "before", 2**63 - 1), _number(form, query, "after", -1)
        form.check()
        found = [
            entitlement
            for number, entitlement in sorted(self._world.entitlements.items())
            if after < number < before
            and query.get("user_id", str(entitlement.owner)) == str(entitlement.owner)
            and str(entitlement.sku) in query.get("sku_ids", str(entitlement.sku)).split(",")
            and (not _flag(query, "exclude_ended", "false") or entitlement.ends_at is None or entitlement.ends_at > now)
            and (not _flag(query, "exclude_deleted", "true") or not entitlement.deleted)
        ]
        page = found[-limit:] if "before" in query else found[:limit]
        return [self._world.entitlement_payload(entitlement) for entitlement in page]

    def _entitlement(self, call: Call) -> Entitlement:
        number = call.names["entitlement"]
        found = self._world.entitlements.get(int(number)) if number.isdigit() else None
        if found is None or found.deleted:
            raise unknown(10029)
        return found

    def entitlement(self, call: Call) -> JSON:
        return self._world.entitlement_payload(self._entitlement(call))

    def give_entitlement(self, call: Call) -> JSON:
        form, body = Form(), call.json
        for name in ("sku_id", "owner_id"):
            form.length((name,), body.get(name), 1, 20)
        form.check()
        if int(body["sku_id"]) not in self._world.skus:
            raise Refusal(400, 50057, "Invalid SKU")
        user = self._world.users.get(int(body["owner_id"]))
        if user is None:
            raise unknown(10013)
        found = Entitlement(self._world.clock.snowflake(), int(body["sku_id"]), user, type=4)
        self._world.entitlements[found.id] = found
        self._gateway.tell("ENTITLEMENT_CREATE", self._world.entitlement_payload(found))
        return self._world.entitlement_payload(found)

    def take_entitlement(self, call: Call) -> Any:
        found = self._entitlement(call)
        found.deleted = True
        self._gateway.tell("ENTITLEMENT_DELETE", self._world.entitlement_payload(found))
        return NO_CONTENT

    def consume(self, call: Call) -> Any:
        found = self._entitlement(call)
        if found.sku not in self._world.consumables:
            raise Refusal(400, 50035, "Invalid Form Body")
        found.consumed = True
        self._gateway.tell("ENTITLEMENT_UPDATE", self._world.entitlement_payload(found))
        return NO_CONTENT


def _number(form: Form, query: dict[str, str], name: str, default: int) -> int:
    given = query.get(name, str(default))
    if given.lstrip("-").isdigit():
        return int(given)
    form.wrong((name,), "NUMBER_TYPE_COERCE", f'Value "{given}" is not int.')
    return default


def _flag(query: dict[str, str], name: str, default: str) -> bool:
    return query.get(name, default) in ("1", "true")
