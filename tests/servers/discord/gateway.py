"""The gateway: hello, identify, heartbeats, READY, resuming with replay, and every way to lose a connection."""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.servers.discord.refusals import JSON
from tests.servers.discord.world import Guild, Message, World

VERSION = "10"
DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = (
    0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11,
)  # fmt: skip
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, WRONG_TOKEN, ALREADY, BAD_SEQUENCE, TOO_FAST, TIMED_OUT = (
    4001, 4002, 4003, 4004, 4005, 4007, 4008, 4009,
)  # fmt: skip
BAD_SHARD, SHARDING_NEEDED, BAD_VERSION, BAD_INTENTS, NOT_ALLOWED = 4010, 4011, 4012, 4013, 4014
SENDS_PER_MINUTE = 120
SESSION_S = 180.0
KEPT_EVENTS = 1000


class Intent(IntFlag):
    """What a session asks to be told."""

    GUILDS = 1 << 0
    MEMBERS = 1 << 1
    PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.MEMBERS | Intent.PRESENCES | Intent.MESSAGE_CONTENT
ALL_INTENTS = (1 << 26) - 1


class Hangup(Exception):
    """The server closes the connection."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


@dataclass(eq=False)
class Session:
    """What survives a lost connection."""

    id: str
    intents: int
    shard: tuple[int, int]
    sequence: int = 0
    kept: deque[JSON] = field(default_factory=lambda: deque(maxlen=KEPT_EVENTS))
    socket: web.WebSocketResponse | None = None
    lost_at: float | None = None
    dropped: bool = False  # by the server: such a session can be resumed
    outbox: asyncio.Queue[JSON] = field(default_factory=asyncio.Queue)

    def tell(self, event: str, data: Any) -> None:
        """Number an event, keep it for a resume, and send it if somebody listens."""
        self.sequence += 1
        frame = {"op": DISPATCH, "t": event, "s": self.sequence, "d": data}
        self.kept.append(frame)
        if self.socket is not None:
            self.outbox.put_nowait(frame)

    def wants(self, guild: Guild | None, intent: int) -> bool:
        """Whether an event of that intent, from that guild or from a DM, is this session's."""
        if intent and not self.intents & intent:
            return False
        number, shards = self.shard
        return ((guild.id >> 22) % shards if guild is not None else 0) == number


class Gateway:
    """All sessions of one application."""

    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self._token = token
        self.sessions: dict[str, Session] = {}
        self.url = ""
        self.heartbeat_s = 41.25
        self.privileged = Intent(0)  # intents the operator has been granted
        self.needs_shards = False
        self.log: list[tuple[str, Any]] = []  # what happened: identify, resume, heartbeat, close, …
        self.on_change: Callable[[], None] = lambda: None

    def count(self, what: str) -> int:
        """How often something happened."""
        return sum(kind == what for kind, _ in self.log)

    # What a test does.

    async def drop(self, code: int = 1006) -> None:
        """Lose every connection: with a close code, or without a word (1006)."""
        for session in self._connected():
            assert session.socket is not None
            self._note("drop", code)
            session.dropped = True
            if code == 1006 and session.socket._req is not None and session.socket._req.transport is not None:
                session.socket._req.transport.abort()
            else:
                await session.socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        """Send op 7, as Discord does before it moves a session."""
        for session in self._connected():
            self._note("reconnect", session.id)
            session.outbox.put_nowait({"op": RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Send op 9."""
        for session in self._connected():
            self._note("invalidate", resumable)
            session.outbox.put_nowait({"op": INVALID, "d": resumable})
            if not resumable:
                self.sessions.pop(session.id, None)

    def forget_sessions(self) -> None:
        """No session can be resumed any more."""
        self.sessions = {session.id: session for session in self._connected()}

    # What the rest of the server tells.

    def tell(self, event: str, data: Any, guild: Guild | None = None, intent: int = 0) -> None:
        """Dispatch an event to the sessions it belongs to."""
        for session in self.sessions.values():
            if session.wants(guild, intent):
                session.tell(event, data)

    def tell_message(self, event: str, message: Message) -> None:
        """MESSAGE_CREATE or MESSAGE_UPDATE, without its content where the session may not have it."""
        guild = message.channel.guild
        if message.ephemeral or (guild and not guild.installed) or not message.channel.with_bot:
            return
        bot = self._world.bot
        always = guild is None or message.author is bot or bot in message.mentions
        intent = Intent.GUILD_MESSAGES if guild else Intent.DIRECT_MESSAGES
        for session in self.sessions.values():
            if session.wants(guild, intent):
                without = guild is not None and not session.intents & Intent.MESSAGE_CONTENT
                data = self._world.message_payload(message, hide=without and not always, without_content=without)
                if guild is not None:
                    data["guild_id"] = str(guild.id)
                    joined = self._world.clock.stamp(0)
                    data["member"] = {
                        name: value for name, value in guild.member(message.author, joined).items() if name != "user"
                    }
                else:
                    data["channel_type"] = message.channel.type
                session.tell(event, data)

    # One connection.

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve a connection to its end."""
        socket = web.WebSocketResponse(max_msg_size=2**20)
        await socket.prepare(request)
        connection = _Connection(self, socket)
        try:
            if request.query.get("v") != VERSION:
                raise Hangup(BAD_VERSION, "Invalid API version")
            if request.query.get("encoding", "json") != "json":
                raise Hangup(DECODE_ERROR, "This gateway speaks JSON")
            await connection.run()
        except Hangup as hangup:
            self._note("close", hangup.code)
            connection.dropped()
            await socket.close(code=hangup.code, message=hangup.reason.encode())
        finally:
            connection.leave()
        return socket

    def identify(self, data: JSON) -> Session:
        """Begin a session, or hang up."""
        if data.get("token", "").removeprefix("Bot ") != self._token:
            raise Hangup(WRONG_TOKEN, "Authentication failed.")
        number, shards = data.get("shard") or (0, 1)
        if not 0 <= number < shards:
            raise Hangup(BAD_SHARD, "Invalid shard.")
        if self.needs_shards and shards == 1:
            raise Hangup(SHARDING_NEEDED, "Sharding required.")
        intents = data.get("intents")
        if not isinstance(intents, int) or intents < 0 or intents > ALL_INTENTS:
            raise Hangup(BAD_INTENTS, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self.privileged:
            raise Hangup(NOT_ALLOWED, "Disallowed intent(s).")
        session = Session(secrets.token_hex(16), intents, (number, shards))
        self.sessions[session.id] = session
        self._note("identify", {"intents": intents, "shard": (number, shards)})
        return session

    def greet(self, session: Session) -> None:
        """READY, then the guilds."""
        mine = [guild for guild in self._world.guilds.values() if guild.installed and session.wants(guild, 0)]
        bot = self._world.bot
        ready = {
            "v": 10,
            "user": {**bot.payload(), "verified": True, "email": None, "mfa_enabled": False},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": str(bot.id), "flags": 0},
            "private_channels": [],
        }
        session.tell("READY", ready)
        if session.intents & Intent.GUILDS:
            for guild in mine:
                session.tell("GUILD_CREATE", self._world.guild_payload(guild))

    def resume(self, data: JSON) -> Session | None:
        """The session to go on with; None where it is gone."""
        if data.get("token", "").removeprefix("Bot ") != self._token:
            raise Hangup(WRONG_TOKEN, "Authentication failed.")
        session = self.sessions.get(data.get("session_id", ""))
        now = self._world.clock.now()
        if session is None or (session.lost_at is not None and now - session.lost_at > SESSION_S):
            self._note("resume refused", data.get("session_id"))
            return None
        if not isinstance(data.get("seq"), int) or data["seq"] > session.sequence:
            raise Hangup(BAD_SEQUENCE, "Invalid seq.")
        self._note("resume", data["seq"])
        return session

    def lost(self, session: Session, code: int | None) -> None:
        """A connection ended. A client that says goodbye properly ends its session with it."""
        session.socket = None
        session.lost_at = self._world.clock.now()
        if code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY) and not session.dropped:
            self.sessions.pop(session.id, None)
        self._note("lost", code)

    def _connected(self) -> list[Session]:
        return [session for session in self.sessions.values() if session.socket is not None]

    def _note(self, what: str, about: Any) -> None:
        self.log.append((what, about))
        self.on_change()


class _Connection:
    """One websocket."""

    def __init__(self, gateway: Gateway, socket: web.WebSocketResponse) -> None:
        self._gateway = gateway
        self._socket = socket
        self._session: Session | None = None
        self._writer: asyncio.Task[None] | None = None
        self._received: deque[float] = deque()

    async def run(self) -> None:
        await self._socket.send_json({"op": HELLO, "d": {"heartbeat_interval": int(self._gateway.heartbeat_s * 1000)}})
        loop = asyncio.get_running_loop()
        alive_until = loop.time() + self._gateway.heartbeat_s * 1.5
        while not self._socket.closed:
            try:
                message = await self._socket.receive(timeout=max(0.001, alive_until - loop.time()))
            except TimeoutError:
                raise Hangup(TIMED_OUT, "No heartbeat.") from None
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return
            frame = self._read(message.data)
            if frame["op"] == HEARTBEAT:
                alive_until = loop.time() + self._gateway.heartbeat_s * 1.5
            await self._handle(frame, loop.time())

    def dropped(self) -> None:
        """The server ends this connection, not the client."""
        if self._session is not None:
            self._session.dropped = True

    def leave(self) -> None:
        """Give the session up, unless another connection has taken it over."""
        if self._writer is not None:
            self._writer.cancel()
        if self._session is not None and self._session.socket is self._socket:
            self._gateway.lost(self._session, self._socket.close_code)

    def _read(self, data: Any) -> JSON:
        try:
            frame = json.loads(data)
        except (ValueError, TypeError):
            raise Hangup(DECODE_ERROR, "Error while decoding payload.") from None
        if not isinstance(frame, dict) or not isinstance(frame.get("op"), int):
            raise Hangup(DECODE_ERROR, "Error while decoding payload.")
        return frame

    async def _handle(self, frame: JSON, now: float) -> None:
        self._received.append(now)
        while self._received[0] < now - 60:
            self._received.popleft()
        if len(self._received) > SENDS_PER_MINUTE:
            raise Hangup(TOO_FAST, "You are being rate limited.")
        operation, data = frame["op"], frame.get("d")
        if operation == HEARTBEAT:
            self._gateway._note("heartbeat", data)
            await self._socket.send_json({"op": ACK})
        elif operation in (IDENTIFY, RESUME) and not isinstance(data, dict):
            raise Hangup(DECODE_ERROR, "Error while decoding payload.")
        elif operation == IDENTIFY:
            self._identify(data)
        elif operation == RESUME:
            await self._resume(data)
        elif operation not in (PRESENCE, VOICE, MEMBERS):
            raise Hangup(UNKNOWN_OPCODE, "Unknown opcode.")
        elif self._session is None:
            raise Hangup(NOT_AUTHENTICATED, "Not authenticated.")

    def _identify(self, data: Any) -> None:
        if self._session is not None:
            raise Hangup(ALREADY, "Already authenticated.")
        self._attach(self._gateway.identify(data))
        assert self._session is not None
        self._gateway.greet(self._session)

    async def _resume(self, data: Any) -> None:
        if self._session is not None:
            raise Hangup(ALREADY, "Already authenticated.")
        session = self._gateway.resume(data)
        if session is None:
            await self._socket.send_json({"op": INVALID, "d": False})
            return
        session.outbox = asyncio.Queue()
        for frame in [frame for frame in session.kept if frame["s"] > data["seq"]]:
            session.outbox.put_nowait(frame)
        self._attach(session)
        session.tell("RESUMED", {"_trace": []})

    def _attach(self, session: Session) -> None:
        session.socket, session.lost_at, session.dropped = self._socket, None, False
        self._session = session
        self._writer = asyncio.create_task(self._write(session.outbox))

    async def _write(self, outbox: "asyncio.Queue[JSON]") -> None:
        while not self._socket.closed:
            frame = await outbox.get()
            try:
                await self._socket.send_json(frame)
            except (ConnectionError, RuntimeError):
                return  # the reader sees the end of the connection and gives the session up
