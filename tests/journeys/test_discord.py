"""What people do with the bot on Discord, from the photo to the answer."""

import io
import time
from pathlib import Path

import pytest
from PIL import Image

from magicmemory.core.job import JobState
from magicmemory.core.options import Options, Scope
from tests.servers.discord.files import Upload
from tests.servers.discord.people import NotOffered
from tests.servers.discord.permissions import Permission
from tests.servers.discord.server import DiscordServer
from tests.support.discord_harness import harness, running_bot, running_worker
from tests.support.telegram_harness import QuickPipeline, photo

FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100)


def black() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "PNG")
    return out.getvalue()


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


async def test_a_slash_command_is_answered_with_before_and_after(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as there:
        server, sent = there.server, photo()
        used = server.user.slash(server.channel, "restore", photo=sent)
        answer = await there.answer(used)
        assert used.took_s is not None
        assert used.took_s < 3
        assert [kept.filename for kept in answer.attachments] == ["restored.jpg", "original.jpg"]
        assert decoded(answer.attachments[0].data).size == decoded(sent).size
        assert answer.texts.startswith("One face restored. You have 2 of 3 left today.")
        assert list(answer.buttons) == [
            *("Not quite like them?", "Gentler", "Full quality", "Before/after"),
            *("Whole photo", "Print quality", "Delete"),
        ]
        assert not answer.ephemeral
        assert (await there.quota_of(server.user)).used == 1
        assert [job.state for job in await there.finished_jobs_of(server.user)] == [JobState.DELIVERED]
        assert not server.refusals()


async def test_private_answer_is_visible_to_the_sender_only_and_spoilers_stay_hidden(
    tmp_path: Path, redis_url: str
) -> None:
    async with harness(tmp_path, redis_url) as there:
        server = there.server
        hidden = Upload(photo(), "SPOILER_grandmother.jpg")
        used = server.user.slash(server.channel, "restore", photo=hidden, private=True)
        answer = await there.answer(used)
        assert answer.ephemeral
        assert not answer.visible_to(server.person("bob"))
        assert all(kept.spoiler for kept in answer.attachments)
        assert [item["spoiler"] for item in answer.components[0]["items"]] == [True, True]
        full = server.user.press(answer, "Full quality")
        sent = await server.wait_for(lambda: [message for message in full.shown if message.attachments])
        assert sent[0].ephemeral
        assert sent[0].attachments[0].spoiler
        shared = server.user.press(answer, "Before/after")
        [both] = await server.wait_for(lambda: [message for message in shared.shown if message.attachments])
        assert both.ephemeral
        assert "Before and after, to share." in both.texts
        clip, card = both.attachments
        assert clip.filename in ("SPOILER_before-after.mp4", "SPOILER_before-after.gif")
        assert decoded(card.data).size == (320, 240 * 2 + 8)
        assert clip.spoiler
        assert card.spoiler
        assert (await there.quota_of(server.user)).used == 1


async def test_a_menu_takes_all_photos_of_a_message(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, free_per_day=20) as there:
        server = there.server
        friend = server.person("bob")
        server.guild.members[friend.id] = friend
        photos = [photo(shade) for shade in range(0, 200, 20)]
        message = friend.say(server.channel, "my family", *photos)
        used = server.user.context_menu(server.channel, "Restore faces", message)
        answers = await there.answers(used, 10)
        assert len(answers) == 10
        assert len({answer.attachments[1].data for answer in answers}) == 10
        assert (await there.quota_of(server.user)).used == 10
        assert (await there.quota_of(friend)).used == 0
        assert not server.refusals()


async def test_message_menu_reports_a_used_quota_once(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, free_per_day=1) as there:
        server = there.server
        message = server.user.say(server.channel, "", photo(1), photo(2), photo(3))
        used = server.user.context_menu(server.channel, "Restore faces", message)
        await there.answer(used)
        await server.wait_for(lambda: len(used.shown) == 2)
        assert used.follow_ups[0].texts.startswith("You have used today’s free photo.")
        assert used.follow_ups[0].ephemeral
        assert (await there.quota_of(server.user)).used == 1


async def test_photo_in_a_direct_message_or_with_a_mention_is_restored(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, free_per_day=9) as there:
        server = there.server
        for channel, mention in ((server.user.dm, False), (server.channel, True)):
            asked = server.user.say(channel, "", photo(), mention=mention)
            await server.wait_for(lambda: [m for m in server.said(channel) if m.components], 60)  # noqa: B023
            answers = server.said(channel)
            assert len(answers) == 1
            assert answers[0].reference is asked
        earlier = server.user.say(server.channel, "", photo(7), mention=True)
        await server.wait_for(lambda: len([m for m in server.said(server.channel) if m.components]) == 2, 60)
        server.user.say(server.channel, "this one again", mention=True, to=earlier)
        await server.wait_for(lambda: len(server.said(server.channel)) == 3, 60)
        hidden = server.user.say(server.channel, "unasked", photo())
        server.user.say(server.channel, "and that one?", mention=True, to=hidden)
        await server.wait_for(lambda: len(server.said(server.channel)) == 4)
        assert "“Apps” in a message’s menu" in server.said(server.channel)[-1].texts
        server.user.say(server.user.dm, "hello")
        said = await server.wait_for(lambda: server.said(server.user.dm)[1:])
        assert said[0].texts == "Send a photo, and I restore it."
        assert len(server.said(server.channel)) == 4
        assert not server.refusals()


async def test_a_mention_names_the_permission_that_is_missing(tmp_path: Path, redis_url: str) -> None:
    server_denied = int(Permission.ATTACH_FILES)
    async with harness(tmp_path, redis_url, bot=False) as there:
        server = there.server
        server.channel.denied = server_denied
        async with running_bot(there.settings, redis_url, server):
            server.user.say(server.channel, "", photo(), mention=True)
            said = await server.wait_for(lambda: server.said(server.channel))
            assert "“Attach Files”" in said[0].texts
            used = server.user.slash(server.channel, "restore", photo=photo())
            assert "“Attach Files”" in await there.said(used)
        server.channel.denied = int(Permission.SEND_MESSAGES)
        async with running_bot(there.settings, redis_url, server):
            server.user.say(server.channel, "", photo(), mention=True)
            told = await server.wait_for(lambda: server.said(server.user.dm))
            assert "“Send Messages”" in told[0].texts
        assert (await there.quota_of(server.user)).used == 0


async def test_buttons_work_for_the_sender_only_and_after_a_restart(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline, bot=False, offered_models=("none", "other")) as there:
        server = there.server
        async with running_bot(there.settings, redis_url, server):
            answer = await there.answer(server.user.slash(server.channel, "restore", photo=photo()))
        async with running_bot(there.settings, redis_url, server):
            friend = server.person("bob")
            nosy = friend.press(answer, "Gentler")
            assert await there.said(nosy) == "Only the person who asked for this photo can use its buttons."
            assert nosy.shown[0].ephemeral
            gentler = await there.answer(server.user.press(answer, "Gentler"))
            assert pipeline.runs[-1].strength == 0.75
            first, second = [[button["label"] for button in row["components"]] for row in gentler.components[2:]]
            assert first == ["Not quite like them?", "Gentler", "Stronger", "Full quality", "Before/after"]
            assert second == ["Whole photo", "Another model", "Print quality", "Delete"]
            await there.answer(server.user.press(gentler, "Another model"))
            assert pipeline.runs[-1].model == "other"
            assert pipeline.runs[-1].strength == 0.75
            server.user.press(answer, "Delete")
            await server.wait_for(lambda: answer.deleted)
        assert (await there.quota_of(server.user)).used == 1
        assert not server.refusals()


async def test_the_scope_is_chosen_for_one_photo_or_for_all(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline) as there:
        server, user, channel = there.server, there.server.user, there.server.channel
        assert "Scope: automatic" in await there.said(user.slash(channel, "settings"))
        await there.answer(user.slash(channel, "restore", photo=photo(1), scope="photo"))
        await there.answer(user.slash(channel, "restore", photo=photo(2)))
        assert "Scope: whole photo" in await there.said(user.slash(channel, "settings", scope="photo"))
        await there.answer(user.slash(channel, "restore", photo=photo(3)))
        assert [run.scope for run in pipeline.runs] == [Scope.PHOTO, Scope.AUTO, Scope.PHOTO]
        with pytest.raises(NotOffered):
            user.slash(channel, "restore", photo=photo(4), scope="everything")
        assert not server.refusals()


async def test_scope_button_works_after_a_restart(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline, bot=False) as there:
        server = there.server
        async with running_bot(there.settings, redis_url, server):
            answer = await there.answer(server.user.slash(server.channel, "restore", photo=photo(), strength=75))
        async with running_bot(there.settings, redis_url, server):
            whole = await there.answer(server.user.press(answer, "Whole photo"))
            assert pipeline.runs[-1] == Options(strength=0.75, scope=Scope.PHOTO)
            assert list(whole.buttons)[1:] == [
                *("Gentler", "Stronger", "Full quality", "Before/after"),
                *("Faces only", "Print quality", "Delete"),
            ]
            assert len(whole.components) == 4  # eight buttons need two rows
            faces = await there.answer(server.user.press(whole, "Faces only"))
            assert pipeline.runs[-1] == Options(strength=0.75, scope=Scope.FACES)
            assert "Whole photo" in faces.buttons
        assert (await there.quota_of(server.user)).used == 1
        assert not server.refusals()


async def test_what_a_damaged_photo_needed_is_said_and_taken_back(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline(damaged=True)
    async with harness(tmp_path, redis_url, pipeline, offered_models=("none", "other")) as there:
        server = there.server
        answer = await there.answer(server.user.slash(server.channel, "restore", photo=photo(), strength=75))
        assert answer.texts.startswith("One face restored; scratches and dust repaired; contrast brought back. ")
        rows = [[button["label"] for button in row["components"]] for row in answer.components[2:]]
        assert rows == [
            ["Not quite like them?", "Gentler", "Stronger", "Full quality"],
            ["Before/after", "Undo repair", "Faces only", "Whole photo"],
            ["Another model", "Print quality", "Delete"],
        ]
        undone = await there.answer(server.user.press(answer, "Undo repair"))
        assert undone.texts.startswith("One face restored; contrast brought back. ")
        assert "Undo repair" not in undone.buttons
        faces = await there.answer(server.user.press(undone, "Faces only"))
        assert faces.texts.startswith("One face restored. ")
        assert pipeline.runs[1:] == [Options(strength=0.75, repair=False), Options(strength=0.75, scope=Scope.FACES)]
        assert (await there.quota_of(server.user)).used == 1
        assert not server.refusals()


async def test_print_is_made_at_the_chosen_size(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline) as there:
        server = there.server
        answer = await there.answer(server.user.slash(server.channel, "restore", photo=photo()))
        sizes = await there.answer(server.user.press(answer, "Print quality"))
        assert sizes.content == "Which size should the print have?"
        assert list(sizes.buttons) == ["10 × 15 cm", "13 × 18 cm", "20 × 25 cm", "30 × 40 cm"]
        await there.answer(server.user.press(sizes, "20 × 25 cm"))
        assert pipeline.runs[-1] == Options(print_size="20x25cm")
        assert (await there.quota_of(server.user)).used == 1
        assert not server.refusals()


async def test_whole_photo_is_offered_after_faces_only_found_none(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as there:
        server = there.server
        sent = server.user.slash(server.channel, "restore", photo=black(), scope="faces")
        failed = await there.answer(sent)
        assert failed.texts.startswith("I found no face in this photo.")
        assert list(failed.buttons) == ["Restore the whole photo"]
        whole = await there.answer(server.user.press(failed, "Restore the whole photo"))
        assert whole.texts.startswith("The whole photo cleaned. I found no face in it. You have 2 of 3 left today.")
        assert (await there.quota_of(server.user)).used == 1
        assert not server.refusals()


async def test_failures_are_explained_and_cost_nothing(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, max_photo_mb=0.5) as there:
        server = there.server
        no_face = server.user.slash(server.channel, "restore", photo=black())
        assert "found no face" in (await there.answer(no_face)).texts
        large = server.user.slash(server.channel, "restore", photo=Upload(b"0" * 600_000, "large.png"))
        assert "0.5 MB is the limit" in (await there.answer(large)).texts
        text = server.user.slash(server.channel, "restore", photo=Upload(b"hello", "letter.txt"))
        assert "This is not a photo" in (await there.answer(text)).texts
        film = server.user.slash(server.channel, "restore", photo=Upload(FILM, "film.mp4"))
        assert "animation or a video" in (await there.answer(film)).texts
        long = server.user.slash(server.channel, "restore", photo=Upload(FILM + bytes(600_000), "film.mp4"))
        assert "animation or a video" in await there.said(long), "it is not even downloaded"
        assert (await there.quota_of(server.user)).used == 0


async def test_the_reply_is_a_new_message_after_fifteen_minutes(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False) as there:
        server = there.server
        used = server.user.slash(server.channel, "restore", photo=photo(1))
        hidden = server.user.slash(server.channel, "restore", photo=photo(2), private=True)
        await server.wait_for(lambda: len(used.shown) == len(hidden.shown) == 1)
        server.advance(15 * 60 + 5)
        async with running_worker(there.settings, redis_url, QuickPipeline()):
            late = await server.wait_for(lambda: [m for m in server.said(server.channel) if m.components], 30)
            assert late[0].texts.startswith(f"<@{server.user.id}> One face restored.")
            secret = await server.wait_for(lambda: server.said(server.user.dm), 30)
            assert len(secret[0].attachments) == 2
        assert len(late) == 1


async def test_restart_between_request_and_reply_loses_nothing(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, bot=False, worker=False) as there:
        server = there.server
        async with running_bot(there.settings, redis_url, server):
            used = server.user.slash(server.channel, "restore", photo=photo())
            await server.wait_for(lambda: used.shown)
        async with (
            running_worker(there.settings, redis_url, QuickPipeline()),
            running_bot(there.settings, redis_url, server),
        ):
            answer = await there.answer(used)
        assert len(answer.attachments) == 2


async def test_account_installation_works_in_servers_without_the_bot(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as there:
        server = there.server
        foreign = server.add_channel(server.add_guild("Elsewhere", server.user, installed=False), "general")
        with pytest.raises(NotOffered):
            server.user.slash(foreign, "restore", photo=photo())
        server.install_to(server.user)
        assert len((await there.answer(server.user.slash(foreign, "restore", photo=photo()))).attachments) == 2
        between = server.private_channel(server.user, server.person("bob"))
        assert len((await there.answer(server.user.slash(between, "restore", photo=photo()))).attachments) == 2


async def test_server_without_the_bot_gets_six_messages_and_the_rest_are_sent_directly(
    tmp_path: Path, redis_url: str
) -> None:
    async with harness(tmp_path, redis_url, free_per_day=9) as there:
        server = there.server
        foreign = server.add_channel(server.add_guild("Elsewhere", server.user, installed=False), "general")
        server.install_to(server.user)
        message = server.user.say(foreign, "", *(photo(shade) for shade in range(8)))
        used = server.user.context_menu(foreign, "Restore faces", message)
        await there.answers(used, 6)
        await server.wait_for(lambda: len(server.said(server.user.dm)) == 2, 30)
        assert len(await there.finished_jobs_of(server.user)) == 8


async def test_progress_is_shown_while_a_photo_is_restored(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, QuickPipeline(before=lambda *_: time.sleep(2))) as there:
        answer = await there.answer(there.server.user.slash(there.server.channel, "restore", photo=photo()))
        shown = [version["content"] for version in answer.versions]
        assert shown[0] == ""  # Discord's own: thinking
        assert shown[1] == "Looking for faces…"


async def test_results_are_kept_under_the_channels_limit(tmp_path: Path, redis_url: str) -> None:
    big = io.BytesIO()
    Image.effect_noise((1400, 1400), 90).convert("RGB").save(big, "PNG")
    async with harness(tmp_path, redis_url, QuickPipeline(result=big.getvalue())) as there:
        server = there.server
        server.guild.file_limit = 1024 * 1024
        answer = await there.answer(server.user.slash(server.channel, "restore", photo=photo()))
        assert all(len(kept.data) <= 1024 * 1024 for kept in answer.attachments)
        assert "smaller to fit the 1 MB" in answer.texts
        full = server.user.press(answer, "Full quality")
        sent = await server.wait_for(lambda: [message for message in full.shown if message.attachments], 20)
        assert "The full file is larger than the 1 MB" in sent[0].texts


async def test_other_commands_are_answered(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False) as there:
        server, user, channel = there.server, there.server.user, there.server.channel
        assert "3 of 3 left" in await there.said(user.slash(channel, "quota"))
        changed = await there.said(user.slash(channel, "settings", strength=50, upscale=2))
        assert "Strength: 50%" in changed
        assert "Size: × 2" in changed
        helped = await there.said(user.slash(channel, "help"))
        assert "/delete-my-data – " in helped
        assert "24 hours" in await there.said(user.slash(channel, "privacy"))
        assert "partly a guess" in await there.said(user.slash(channel, "terms"))
        assert "I do not know this code" in await there.said(user.slash(channel, "unlock", code="X"))
        assert "Nothing is for sale here" in await there.said(user.slash(channel, "premium"))
        assert "You have no waiting photos" in await there.said(user.slash(channel, "cancel"))
        waiting = user.slash(channel, "restore", photo=photo())
        await server.wait_for(lambda: waiting.shown)
        assert (await there.jobs_of(user))[0].options.strength == 0.5
        assert "cost you nothing" in await there.said(user.slash(channel, "cancel"))
        assert (await there.answer(waiting)).texts.startswith("Cancelled.")
        asked = user.slash(channel, "delete-my-data")
        await there.said(asked)
        user.press(asked.shown[0], "Delete everything")
        await server.wait_for(lambda: "Done." in asked.shown[0].texts)
        assert not [kept for kept in await there.jobs_of(user) if kept.context]
        assert all(call.code == 0 for call in server.refusals())


async def test_admin_commands_work_for_administrators_only(tmp_path: Path, redis_url: str) -> None:
    server = DiscordServer()
    role = server.clock.snowflake()
    server.guild.roles[server.user.id] = [role]
    server.guild.permissions |= Permission(1 << 5)
    async with harness(tmp_path, redis_url, server=server, discord_admins=(role,), worker=False) as there:
        friend = server.person("bob")
        server.guild.members[friend.id] = friend
        assert "Waiting or being restored: 0" in await there.said(server.user.slash(server.channel, "admin stats"))
        assert "the people who run the bot" in await there.said(friend.slash(server.channel, "admin stats"))
        assert "3 of 3 left" in await there.said(server.user.slash(server.channel, "admin quota", user=friend))
        assert "bob is banned" in await there.said(server.user.slash(server.channel, "admin ban", user=friend))
        kept_out = friend.slash(server.channel, "restore", photo=photo())
        assert "You cannot use this" in (await there.answer(kept_out)).texts
        assert "is no longer banned" in await there.said(server.user.slash(server.channel, "admin unban", user=friend))
        assert "0 delivered" in await there.said(server.user.slash(server.channel, "admin stats"))


async def test_commands_are_registered_once_and_model_names_are_completed(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, bot=False, worker=False, offered_models=("gfpgan", "lite")) as there:
        server = there.server
        server.limits.routes["PUT /applications/{application}/commands"] = (9, 60.0)
        for _ in range(2):
            async with running_bot(there.settings, redis_url, server):
                typed = server.user.autocomplete(server.channel, "restore", "model", "g")
                assert (await server.wait_for(lambda: typed.choices))[0]["value"] == "gfpgan"  # noqa: B023
        assert server.registry.writes == 1
        there.settings.offered_models = ()
        (tmp_path / "discord-commands.json").unlink()
        async with running_bot(there.settings, redis_url, server):
            assert server.registry.writes == 2


async def test_lost_connections_lose_no_request(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, free_per_day=9) as there:
        server = there.server
        # Its answer shows that the session is established: only then can it be resumed.
        await there.answer(server.user.slash(server.channel, "restore", photo=photo(8)))
        for shade, code in enumerate((1006, 4000, 1001)):
            await server.gateway.drop(code)
            used = server.user.slash(server.channel, "restore", photo=photo(shade))
            await there.answer(used)
        await server.gateway.ask_to_reconnect()
        asked = server.user.say(server.user.dm, "", photo(9))
        answers = await server.wait_for(lambda: [m for m in server.said(server.user.dm) if m.components], 20)
        assert answers[0].reference is asked
        assert server.gateway.count("identify") == 1


async def test_lost_responses_of_discord_neither_double_nor_mix_up_photos(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as there:
        server = there.server
        server.faults.plan("lost answer", "POST /interactions/{interaction}/{token}/callback")
        message = server.user.say(server.channel, "", photo(1), photo(2))
        used = server.user.context_menu(server.channel, "Restore faces", message)
        answers = await there.answers(used, 2)
        assert len({answer.attachments[1].data for answer in answers}) == 2
        server.faults.plan("lost answer", "POST /channels/{channel}/messages")
        server.user.say(server.user.dm, "", photo(3))
        await server.wait_for(lambda: [m for m in server.said(server.user.dm) if m.components], 30)
        await there.finished_jobs_of(server.user)
        assert len(server.said(server.user.dm)) == 1
