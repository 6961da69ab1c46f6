"""The strict Discord, driven by the unmodified discord.py."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import discord
import pytest
from discord import app_commands, ui
from PIL import Image

from tests.servers.discord.files import Upload
from tests.servers.discord.gateway import Intent
from tests.servers.discord.people import NotOffered
from tests.servers.discord.server import DiscordServer


def picture(size: tuple[int, int] = (40, 30), colour: str = "teal", kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def png(name: str = "x.png") -> discord.File:
    return discord.File(io.BytesIO(picture(kind="PNG")), name)


class Bot(discord.Client):
    """A small bot of the tests' own."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        super().__init__(intents=intents or discord.Intents.default(), guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.events: list[tuple[str, Any]] = []

    async def on_ready(self) -> None:
        self.events.append(("ready", None))

    async def on_message(self, message: discord.Message) -> None:
        self.events.append(("message", message))

    async def on_resumed(self) -> None:
        self.events.append(("resumed", None))

    async def on_entitlement_create(self, entitlement: discord.Entitlement) -> None:
        self.events.append(("bought", entitlement))

    async def on_entitlement_delete(self, entitlement: discord.Entitlement) -> None:
        self.events.append(("refunded", entitlement))

    def of(self, kind: str) -> list[Any]:
        return [about for event, about in self.events if event == kind]


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


@asynccontextmanager
async def running(server: DiscordServer, bot: Bot) -> AsyncIterator[Bot]:
    task = asyncio.create_task(bot.start(server.token))
    try:
        await server.wait_for(lambda: task.done() or ("ready", None) in bot.events)
        if task.done():
            task.result()
        yield bot
    finally:
        await bot.close()
        with suppress(asyncio.CancelledError):
            await task


def commanded(bot: Bot, handler: Callable[..., Any]) -> None:
    bot.tree.add_command(app_commands.Command(name="show", description="Show a photo.", callback=handler))


async def test_ready_lists_the_guild_and_its_channels(server: DiscordServer) -> None:
    async with running(server, Bot()) as bot:
        assert bot.user is not None
        assert bot.user.id == server.world.bot.id
        guild = bot.get_guild(server.guild.id)
        assert guild is not None
        assert [channel.name for channel in guild.text_channels] == ["restorations"]
        assert guild.me.guild_permissions.attach_files
        assert server.gateway.count("identify") == 1


async def test_a_slash_command_is_deferred_and_answered_with_a_gallery(server: DiscordServer) -> None:
    bot = Bot()

    async def show(interaction: discord.Interaction, photo: discord.Attachment, loud: bool = False) -> None:
        await interaction.response.defer()
        data = await photo.read()
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.MediaGallery(discord.MediaGalleryItem("attachment://after.jpg", description="after")))
        view.add_item(ui.TextDisplay("One face restored."))
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        row.add_item(ui.Button(label="Again", custom_id="again"))
        view.add_item(row)
        await interaction.edit_original_response(view=view, attachments=[discord.File(io.BytesIO(data), "after.jpg")])

    commanded(bot, show)
    async with running(server, bot):
        await bot.tree.sync()
        photo = picture()
        used = server.user.slash(server.channel, "show", photo=photo)
        answer = (await server.wait_for(lambda: used.shown))[0]
        assert used.took_s is not None
        assert used.took_s < 3
        assert [attachment.data for attachment in answer.attachments] == [photo]
        assert answer.texts == "One face restored."
        assert list(answer.buttons) == ["Again"]
        assert "data:image/jpeg" in server.render_html(server.channel)
        assert not server.refusals()


async def test_autocomplete_and_context_menu_work(server: DiscordServer) -> None:
    bot = Bot()

    async def show(interaction: discord.Interaction, model: str) -> None:
        await interaction.response.send_message(model, ephemeral=True)

    async def choices(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [
            app_commands.Choice(name=name, value=name) for name in ("gfpgan", "codeformer") if name.startswith(typed)
        ]

    async def menu(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{len(message.attachments)} photos")

    commanded(bot, show)
    command = bot.tree.get_command("show")
    assert isinstance(command, app_commands.Command)
    command.autocomplete("model")(choices)
    bot.tree.add_command(app_commands.ContextMenu(name="Count photos", callback=menu))
    async with running(server, bot):
        await bot.tree.sync()
        typed = server.user.autocomplete(server.channel, "show", "model", "co")
        assert await server.wait_for(lambda: typed.choices) == [{"name": "codeformer", "value": "codeformer"}]
        used = server.user.slash(server.channel, "show", model="gfpgan")
        answer = (await server.wait_for(lambda: used.shown))[0]
        stranger = server.person("bob")
        assert answer.visible_to(server.user)
        assert not answer.visible_to(stranger)
        message = server.user.say(server.channel, "", picture(), picture())
        counted = server.user.context_menu(server.channel, "Count photos", message)
        assert (await server.wait_for(lambda: counted.shown))[0].content == "2 photos"


async def test_app_installed_to_an_account_works_in_servers_without_it(server: DiscordServer) -> None:
    bot = Bot()

    async def show(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(str(interaction.guild_id))
        for _ in range(6):
            await interaction.followup.send("more")

    bot.tree.add_command(
        app_commands.Command(
            name="show",
            description="Show.",
            callback=show,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
    )
    friend = server.person("bob")
    foreign = server.add_channel(server.add_guild("Elsewhere", server.user, installed=False), "general")
    between = server.private_channel(server.user, friend)
    async with running(server, bot):
        await bot.tree.sync()
        with pytest.raises(NotOffered):
            server.user.slash(foreign, "show")
        server.install_to(server.user)
        with pytest.raises(NotOffered):
            friend.slash(between, "show")
        for place in (foreign, between, server.user.dm):
            used = server.user.slash(place, "show")
            await server.wait_for(lambda: used.shown, 10)  # noqa: B023
        await server.wait_for(lambda: [call for call in server.refusals() if call.code == 40094])


async def test_late_first_answers_and_old_tokens_are_refused(server: DiscordServer) -> None:
    bot = Bot()
    go = asyncio.Event()
    seen: list[int] = []

    async def show(interaction: discord.Interaction, late: bool) -> None:
        if not late:
            await interaction.response.defer()
        await go.wait()
        try:
            await (interaction.response.defer() if late else interaction.edit_original_response(content="here"))
        except discord.HTTPException as error:
            seen.append(error.code)

    commanded(bot, show)
    async with running(server, bot):
        await bot.tree.sync()
        server.user.slash(server.channel, "show", late=True)
        used = server.user.slash(server.channel, "show", late=False)
        await server.wait_for(lambda: used.answer)
        server.advance(15 * 60 + 1)
        go.set()
        await server.wait_for(lambda: len(seen) == 2)
        assert sorted(seen) == [10062, 50027]


async def test_answering_twice_is_refused(server: DiscordServer) -> None:
    bot = Bot()
    codes: list[int] = []

    async def show(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        interaction.response._response_type = None
        try:
            await interaction.response.send_message("again")
        except discord.HTTPException as error:
            codes.append(error.code)

    commanded(bot, show)
    async with running(server, bot):
        await bot.tree.sync()
        server.user.slash(server.channel, "show")
        await server.wait_for(lambda: codes)
        assert codes == [40060]


async def test_dynamic_items_are_pressed_after_a_restart(server: DiscordServer) -> None:
    class Again(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"again:(?P<job>\w+)"):
        @classmethod
        async def from_custom_id(cls, interaction: Any, item: Any, match: Any, /) -> "Again":
            return cls(item)

        async def callback(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message(self.custom_id, ephemeral=True)

    async with running(server, Bot()) as bot:
        view = ui.LayoutView(timeout=None)
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        row.add_item(Again(ui.Button(label="Again", custom_id="again:7")))
        view.add_item(row)
        channel = bot.get_partial_messageable(server.channel.id)
        await channel.send(view=view)
    async with running(server, Bot()) as bot:
        bot.add_dynamic_items(Again)
        pressed = server.user.press(server.said(server.channel)[0], "Again")
        answer = (await server.wait_for(lambda: pressed.shown))[0]
        assert answer.content == "again:7"
        assert answer.ephemeral


async def test_a_modal_is_filled_in_and_a_message_updated(server: DiscordServer) -> None:
    bot = Bot()

    class Ask(ui.Modal, title="A code"):
        code: ui.TextInput["Ask"] = ui.TextInput(label="Code", custom_id="code")

        async def on_submit(self, interaction: discord.Interaction, /) -> None:
            await interaction.response.send_message(f"got {self.code.value}", ephemeral=True)

    async def show(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Ask())

    commanded(bot, show)
    async with running(server, bot):
        await bot.tree.sync()
        used = server.user.slash(server.channel, "show")
        await server.wait_for(lambda: used.modal)
        sent = server.user.submit(used, code="RESTORE40")
        assert (await server.wait_for(lambda: sent.shown))[0].content == "got RESTORE40"


async def test_client_shows_only_allowed_commands(server: DiscordServer) -> None:
    bot = Bot()

    @bot.tree.command(name="grown", description="For grown-ups.", nsfw=True)
    async def grown(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("yes")

    @bot.tree.command(name="manage", description="For managers.")
    @app_commands.default_permissions(manage_guild=True)
    async def manage(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("yes")

    async with running(server, bot):
        await bot.tree.sync()
        for name in ("grown", "manage", "unknown"):
            with pytest.raises(NotOffered):
                server.user.slash(server.channel, name)
        server.channel.nsfw = True
        used = server.user.slash(server.channel, "grown")
        await server.wait_for(lambda: used.shown)


async def test_a_lost_connection_is_resumed_and_nothing_is_missed(server: DiscordServer) -> None:
    async with running(server, Bot()) as bot:
        for number, code in enumerate((1006, 4000, 4009), 1):
            await server.gateway.drop(code)
            server.user.say(server.user.dm, f"while away {number}")
            await server.wait_for(lambda: len(bot.of("resumed")) == number, 20)  # noqa: B023
        await server.gateway.ask_to_reconnect()
        await server.wait_for(lambda: len(bot.of("resumed")) == 4, 20)
        await server.wait_for(lambda: len(bot.of("message")) == 3)
        assert [message.content for message in bot.of("message")] == [f"while away {n}" for n in (1, 2, 3)]
        assert server.gateway.count("identify") == 1


async def test_an_invalid_session_is_identified_anew(server: DiscordServer) -> None:
    async with running(server, Bot()):
        await server.gateway.invalidate()
        await server.wait_for(lambda: server.gateway.count("identify") == 2, 20)
        server.gateway.forget_sessions()


async def test_heartbeats_are_sent_and_acknowledged(server: DiscordServer) -> None:
    server.gateway.heartbeat_s = 0.2
    async with running(server, Bot()):
        await server.wait_for(lambda: server.gateway.count("heartbeat") >= 4)
        assert server.gateway.count("close") == 0


async def test_privileged_intents_need_a_grant(server: DiscordServer) -> None:
    wanted = discord.Intents.default()
    wanted.message_content = True
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(server, Bot(wanted)):
            pass
    server.gateway.privileged = Intent.MESSAGE_CONTENT
    async with running(server, Bot(wanted)) as bot:
        server.user.say(server.channel, "hello")
        await server.wait_for(lambda: bot.of("message"))
        assert bot.of("message")[0].content == "hello"


async def test_content_is_hidden_unless_it_is_a_mention_or_a_dm(server: DiscordServer) -> None:
    async with running(server, Bot()) as bot:
        server.user.say(server.channel, "secret", picture())
        server.user.say(server.channel, "for you", picture(), mention=True)
        server.user.say(server.user.dm, "just us", picture())
        await server.wait_for(lambda: len(bot.of("message")) == 3)
        hidden, mention, dm = bot.of("message")
        assert (hidden.content, hidden.attachments) == ("", [])
        assert "for you" in mention.content
        assert len(mention.attachments) == len(dm.attachments) == 1


async def test_a_wrong_token_is_refused(server: DiscordServer) -> None:
    bot = Bot()
    with pytest.raises(discord.LoginFailure):
        await bot.start("wrong")
    await bot.close()


async def test_attachment_urls_expire(server: DiscordServer) -> None:
    async with running(server, Bot()) as bot:
        server.user.say(server.user.dm, "", picture())
        message = (await server.wait_for(lambda: bot.of("message")))[0]
        assert await message.attachments[0].read()
        server.advance(24 * 3600 + 1)
        with pytest.raises(discord.NotFound):
            await message.attachments[0].read()


async def test_file_limit_depends_on_the_channel(server: DiscordServer) -> None:
    async with running(server, Bot()) as bot:
        channel = bot.get_partial_messageable(server.channel.id)
        big = io.BytesIO(b"0" * (10 * 2**20 + 1))
        with pytest.raises(discord.HTTPException) as caught:
            await channel.send(file=discord.File(big, "big.bin"))
        assert (caught.value.status, caught.value.code) == (413, 40005)
        server.guild.file_limit = 50 * 2**20
        await channel.send(file=discord.File(io.BytesIO(b"0" * (10 * 2**20 + 1)), "big.bin"))


async def test_permissions_are_checked(server: DiscordServer) -> None:
    async with running(server, Bot()) as bot:
        channel = bot.get_partial_messageable(server.channel.id)
        for denied, code in (
            (discord.Permissions(attach_files=True), 50013),
            (discord.Permissions(send_messages=True), 50013),
            (discord.Permissions(view_channel=True), 50001),
        ):
            server.channel.denied = denied.value
            with pytest.raises(discord.Forbidden) as caught:
                await channel.send(file=png())
            assert caught.value.code == code
        server.user.accepts_dms = False
        user = await bot.fetch_user(server.user.id)
        with pytest.raises(discord.Forbidden) as caught:
            await user.send("hello")
        assert caught.value.code == 50007


async def test_rate_limits_are_sent_and_obeyed(server: DiscordServer) -> None:
    server.limits.routes["POST /channels/{channel}/messages"] = (3, 0.3)
    async with running(server, Bot()) as bot:
        channel = bot.get_partial_messageable(server.channel.id)
        await asyncio.gather(*(channel.send(str(number)) for number in range(9)))
        assert len(server.said(server.channel)) == 9
        assert server.limits.refused == 0
        server.faults.plan("429", times=2)
        await channel.send("later")
        assert len(server.said(server.channel)) == 10


async def test_the_same_nonce_makes_one_message(server: DiscordServer) -> None:
    async with running(server, Bot()) as bot:
        channel = bot.get_partial_messageable(server.channel.id)
        first, second = [await channel.send("once", nonce="7") for _ in range(2)]
        assert first.id == second.id
        assert len(server.said(server.channel)) == 1


async def test_entitlements_are_delivered_listed_and_withdrawn(server: DiscordServer) -> None:
    server.world.skus.append(77)
    async with running(server, Bot()) as bot:
        bought = server.sell(server.user, 77)
        told = (await server.wait_for(lambda: bot.of("bought")))[0]
        assert (told.sku_id, told.user_id) == (77, server.user.id)
        assert [found.id async for found in bot.entitlements()] == [bought.id]
        server.refund(bought)
        await server.wait_for(lambda: bot.of("refunded"))
        assert [found async for found in bot.entitlements()] == []


async def test_shards_get_their_own_guilds(server: DiscordServer) -> None:
    server.add_guild("Another", server.user)
    client = discord.AutoShardedClient(intents=discord.Intents.default(), shard_count=2, guild_ready_timeout=0.05)
    task = asyncio.create_task(client.start(server.token))
    await server.connected(2)
    await server.wait_for(lambda: len(client.guilds) == 2)
    assert {guild.shard_id for guild in client.guilds} <= {0, 1}
    await client.close()
    with suppress(asyncio.CancelledError):
        await task


def test_uploads_in_unknown_formats_are_not_pictures(server: DiscordServer) -> None:
    kept = server.files.keep(Upload(picture(kind="PNG"), "lies.jpg"), 1)
    assert kept.size is None
