"""What the strict Discord refuses, asked without any library."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.servers.discord.gateway import HELLO, IDENTIFY, INVALID, RESUME, Hangup
from tests.servers.discord.rest import API
from tests.servers.discord.server import DiscordServer

JSON = dict[str, Any]
V2 = 1 << 15


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    return file.getvalue()


class Raw:
    """Requests by hand."""

    def __init__(self, server: DiscordServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session

    async def ask(
        self, method: str, path: str, body: Any = None, token: str | None = None, **more: Any
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {token or self.server.token}"}
        if body is not None:
            more["json"] = body
        async with self.session.request(method, self.server.url + API + path, headers=headers, **more) as response:
            text = await response.text()
            assert not text or response.headers["Content-Type"] == "application/json"
            return response.status, json.loads(text) if text else None

    async def broken(self, path: str) -> JSON:
        headers = {"Authorization": f"Bot {self.server.token}", "Content-Type": "application/json"}
        async with self.session.post(self.server.url + API + path, data=b"{", headers=headers) as response:
            answer: JSON = await response.json()
            return answer

    async def say(self, body: JSON, **files: bytes) -> tuple[int, Any]:
        path = f"/channels/{self.server.channel.id}/messages"
        if not files:
            return await self.ask("POST", path, body)
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", json.dumps(body))
        for index, (name, data) in enumerate(files.items()):
            form.add_field(f"files[{index}]", data, filename=name.replace("__", "."))
        return await self.ask("POST", path, data=form)

    @property
    def commands(self) -> str:
        return f"/applications/{self.server.world.bot.id}/commands"


@pytest.fixture
async def raw() -> AsyncIterator[Raw]:
    async with DiscordServer() as server, aiohttp.ClientSession() as session:
        server.limits.otherwise = (10_000, 1)
        server.limits.routes.clear()
        yield Raw(server, session)


def codes(body: JSON) -> set[str]:
    """Every code in a tree of errors."""
    found = {error["code"] for error in body.get("_errors", [])}
    for name, inner in body.items():
        if name != "_errors" and isinstance(inner, dict):
            found |= codes(inner)
    return found


async def test_unknown_routes_wrong_methods_and_wrong_tokens_are_refused(raw: Raw) -> None:
    assert await raw.ask("GET", "/nothing") == (404, {"message": "404: Not Found", "code": 0})
    assert (await raw.ask("PUT", "/users/@me"))[0] == 405
    assert (await raw.ask("GET", "/users/@me", token="wrong"))[0] == 401
    assert (await raw.ask("GET", "/channels/1"))[1]["code"] == 10003
    status, body = await raw.ask("POST", f"/channels/{raw.server.channel.id}/messages", data=b"{")
    assert (status, body["code"]) == (400, 50035)
    assert (await raw.broken(f"/channels/{raw.server.channel.id}/messages"))["code"] == 50109


def command(**changes: Any) -> JSON:
    return {"name": "restore", "description": "Restore a photo.", **changes}


def option(**changes: Any) -> JSON:
    return {"name": "photo", "description": "The photo.", "type": 11, **changes}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (command(name="Restore"), "APPLICATION_COMMAND_INVALID_NAME"),
        (command(name="re store"), "APPLICATION_COMMAND_INVALID_NAME"),
        (command(name="x" * 33), "BASE_TYPE_BAD_LENGTH"),
        (command(description=""), "BASE_TYPE_BAD_LENGTH"),
        (command(description="x" * 101), "BASE_TYPE_BAD_LENGTH"),
        (command(name_localizations={"xx": "nichts"}), "DICT_TYPE_KEY_CHOICES"),
        (command(name_localizations={"de": "Wieder"}), "APPLICATION_COMMAND_INVALID_NAME"),
        (command(description_localizations={"fr": "x" * 101}), "BASE_TYPE_BAD_LENGTH"),
        (command(integration_types=[2]), "BASE_TYPE_CHOICES"),
        (command(contexts=[0, 0]), "BASE_TYPE_CHOICES"),
        (command(type=3, name="Restore faces"), "APPLICATION_COMMAND_INVALID"),
        (command(options=[option(type=12)]), "BASE_TYPE_CHOICES"),
        (command(options=[option(), option(name="b", required=True)]), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"),
        (command(options=[option(), option()]), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID"),
        (command(options=[option(autocomplete=True)]), "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID"),
        (command(options=[option(name=f"o{n}") for n in range(26)]), "BASE_TYPE_BAD_LENGTH"),
        (command(options=[option(name=f"o{n}", description="x" * 100,
                                 description_localizations={"de": "y" * 100}, type=3,
                                 choices=[{"name": "z" * 100, "value": str(i)} for i in range(25)])
                          for n in range(5)]), "APPLICATION_COMMAND_TOO_LARGE"),
    ],
)  # fmt: skip
async def test_invalid_commands_are_refused(raw: Raw, body: JSON, code: str) -> None:
    status, answer = await raw.ask("PUT", raw.commands, [body])
    assert (status, answer["code"]) == (400, 50035)
    assert code in codes(answer["errors"])
    assert (await raw.ask("GET", raw.commands))[1] == []


async def test_commands_keep_their_ids_and_names_are_unique(raw: Raw) -> None:
    first = (await raw.ask("PUT", raw.commands, [command()]))[1]
    second = (await raw.ask("PUT", raw.commands, [command(), command(type=3, name="Restore faces", description="")]))[1]
    assert first[0]["id"] == second[0]["id"]
    assert len(second) == 2
    status, answer = await raw.ask("PUT", raw.commands, [command(), command()])
    assert (status, codes(answer["errors"])) == (400, {"APPLICATION_COMMANDS_DUPLICATE_NAME"})
    guild = f"/applications/{raw.server.world.bot.id}/guilds/{raw.server.guild.id}/commands"
    assert (await raw.ask("PUT", guild, [command()]))[0] == 200
    status, answer = await raw.ask("PUT", guild, [command(contexts=[0])])
    assert codes(answer["errors"]) == {"APPLICATION_COMMAND_GUILD_CONTEXTS"}
    assert (await raw.ask("DELETE", f"{raw.commands}/1"))[1]["code"] == 10063


TEXT = {"type": 10, "content": "hello"}
LONG = {"type": 10, "content": "x" * 2001}


def within(*components: JSON) -> JSON:
    return {"type": 17, "components": list(components)}


def row(*buttons: JSON) -> JSON:
    return {"type": 1, "components": list(buttons)}


def button(number: int = 0, **changes: Any) -> JSON:
    return {"type": 2, "style": 2, "label": "Press", "custom_id": f"press{number}", **changes}


def gallery(*names: str) -> JSON:
    return {"type": 12, "items": [{"media": {"url": f"attachment://{name}"}} for name in names]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"flags": V2, "components": [TEXT], "content": "too"}, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
        ({"components": [TEXT]}, "UNION_TYPE_CHOICES"),
        ({"flags": V2, "components": [TEXT] * 41}, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"),
        ({"flags": V2, "components": [LONG, LONG]}, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"),
        ({"flags": V2, "components": [{"type": 10, "content": ""}]}, "BASE_TYPE_BAD_LENGTH"),
        ({"flags": V2, "components": [gallery()]}, "BASE_TYPE_BAD_LENGTH"),
        ({"flags": V2, "components": [gallery("missing.png")]}, "ATTACHMENT_NOT_FOUND"),
        ({"flags": V2, "components": [row(*(button(n) for n in range(6)))]}, "BASE_TYPE_BAD_LENGTH"),
        ({"flags": V2, "components": [row(button(), button())]}, "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ({"flags": V2, "components": [row(button(custom_id="x" * 101))]}, "BASE_TYPE_BAD_LENGTH"),
        ({"flags": V2, "components": [row(button(label="x" * 81))]}, "BASE_TYPE_BAD_LENGTH"),
        ({"flags": V2, "components": [row(button(label=None))]}, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED"),
        ({"flags": V2, "components": [row(button(style=5, url="https://a.example"))]}, "BUTTON_FIELD_NOT_ALLOWED"),
        ({"flags": V2, "components": [button()]}, "UNION_TYPE_CHOICES"),
        ({"flags": V2, "components": [within(within(TEXT))]}, "UNION_TYPE_CHOICES"),
        ({"flags": V2, "components": [{**TEXT, "id": 4}, {**TEXT, "id": 4}]}, "COMPONENT_ID_DUPLICATED"),
        ({"flags": 1 << 6, "content": "secret"}, "MESSAGE_FLAGS_INVALID"),
        ({"content": "x" * 2001}, "BASE_TYPE_BAD_LENGTH"),
        ({"content": "x", "nonce": "x" * 26}, "BASE_TYPE_BAD_LENGTH"),
        ({"content": "x", "attachments": [{"id": 3}]}, "ATTACHMENT_NOT_FOUND"),
    ],
)  # fmt: skip
async def test_invalid_messages_are_refused(raw: Raw, body: JSON, code: str) -> None:
    status, answer = await raw.say(body)
    assert (status, answer["code"]) == (400, 50035)
    assert code in codes(answer["errors"])
    assert raw.server.said(raw.server.channel) == []


async def test_galleries_accept_only_pictures(raw: Raw) -> None:
    body = {"flags": V2, "components": [gallery("a.png")], "attachments": [{"id": 0, "filename": "a.png"}]}
    status, answer = await raw.say(body, a__png=b"no picture")
    assert (status, answer["code"]) == (400, 50110)
    status, answer = await raw.say(body, a__png=png())
    assert status == 200
    assert answer["components"][0]["items"][0]["media"]["width"] == 8
    assert (await raw.say({}))[1]["code"] == 50006


async def test_components_v2_need_an_empty_message_and_stay_on(raw: Raw) -> None:
    said = (await raw.say({"content": "working"}))[1]
    path = f"/channels/{raw.server.channel.id}/messages/{said['id']}"
    assert (await raw.ask("PATCH", path, {"flags": V2, "components": [TEXT]}))[0] == 400
    status, changed = await raw.ask("PATCH", path, {"flags": V2, "components": [TEXT], "content": None})
    assert (status, changed["flags"]) == (200, V2)
    assert (await raw.ask("PATCH", path, {"content": "back"}))[0] == 400
    raw.server.user.say(raw.server.channel, "mine")
    theirs = next(m for m in raw.server.channel.messages.values() if m.author is raw.server.user)
    status, answer = await raw.ask("PATCH", f"/channels/{raw.server.channel.id}/messages/{theirs.id}", {"content": "x"})
    assert answer["code"] == 50005
    assert (await raw.ask("DELETE", path))[0] == 204
    assert (await raw.ask("PATCH", path, {"content": "x"}))[1]["code"] == 10008


async def test_too_many_requests_are_refused(raw: Raw) -> None:
    raw.server.limits.routes["GET /users/@me"] = (2, 30)
    for _ in range(2):
        assert (await raw.ask("GET", "/users/@me"))[0] == 200
    status, answer = await raw.ask("GET", "/users/@me")
    assert status == 429
    assert 0 < answer["retry_after"] <= 30
    assert answer["global"] is False
    await raw.ask("GET", "/users/@me")
    assert raw.server.limits.impatient == 1
    raw.server.advance(30)
    assert (await raw.ask("GET", "/users/@me"))[0] == 200
    raw.server.limits.global_per_s = 0
    status, answer = await raw.ask("GET", "/gateway/bot")
    assert (status, answer["global"]) == (429, True)


async def talk(raw: Raw, *frames: JSON, query: str = "?v=10&encoding=json") -> list[Any]:
    """What the gateway answers, ending with its close code."""
    heard: list[Any] = []
    async with raw.session.ws_connect(raw.server.gateway.url + query) as socket:
        for frame in frames:
            await socket.send_json(frame)
        async for message in socket:
            heard.append(json.loads(message.data))
            if heard[-1]["op"] == INVALID:
                break
        heard.append(socket.close_code)
    return heard


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"op": IDENTIFY, "d": {"token": "wrong", "intents": 0}}, 4004),
        ({"op": IDENTIFY, "d": {"token": "TOKEN", "intents": 1 << 30}}, 4013),
        ({"op": IDENTIFY, "d": {"token": "TOKEN", "intents": 1 << 15}}, 4014),
        ({"op": IDENTIFY, "d": {"token": "TOKEN", "intents": 1, "shard": [2, 2]}}, 4010),
        ({"op": IDENTIFY, "d": None}, 4002),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 99, "d": {}}, 4001),
        ({"hello": 1}, 4002),
    ],
)
async def test_gateway_closes_after_protocol_errors(raw: Raw, frame: JSON, code: int) -> None:
    if isinstance(frame.get("d"), dict) and frame["d"].get("token") == "TOKEN":
        frame = {**frame, "d": {**frame["d"], "token": raw.server.token}}
    heard = await talk(raw, frame)
    assert heard[0]["op"] == HELLO
    assert heard[-1] == code


async def test_gateway_requires_its_version_and_heartbeats(raw: Raw) -> None:
    assert await talk(raw, query="?v=6&encoding=json") == [4012]
    raw.server.gateway.heartbeat_s = 0.1
    assert (await talk(raw))[-1] == 4009


async def test_resuming_needs_a_session_and_a_sequence_that_was_sent(raw: Raw) -> None:
    resume = {"op": RESUME, "d": {"token": raw.server.token, "session_id": "none", "seq": 1}}
    assert (await talk(raw, resume))[1] == {"op": INVALID, "d": False}
    session = raw.server.gateway.identify({"token": raw.server.token, "intents": 1})
    raw.server.gateway.greet(session)
    ahead = {"op": RESUME, "d": {"token": raw.server.token, "session_id": session.id, "seq": 99}}
    assert (await talk(raw, ahead))[-1] == 4007
    raw.server.gateway.needs_shards = True
    with pytest.raises(Hangup):
        raw.server.gateway.identify({"token": raw.server.token, "intents": 1})
