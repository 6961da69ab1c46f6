"""Groups on Telegram: what their administrators choose, and how a reply is deleted."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from magicmemory.bots.bootstrap import open_service
from magicmemory.core.job import JobState, Platform
from magicmemory.core.options import Scope
from tests.servers.telegram import Group, Message, Person
from tests.support.telegram_harness import Harness, QuickPipeline, harness, photo

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


def shows_photo(message: Message) -> bool:
    return message.photo is not None


def family(running: Harness, *, forum: bool = False) -> tuple[Person, Person, Group]:
    """An administrator, a member, and their group."""
    ana, bob = running.server.user("Ana"), running.server.user("Bob")
    group = running.server.group("Family", by=ana, forum=forum)
    group.chat.administrators.add(ana.id)
    return ana, bob, group


def edited_since(menu: Message, edits: int) -> bool:
    return len(menu.edits) > edits


async def choose(ana: Person, group: Group, menu: Message, setting: str, value: str) -> None:
    """Press a setting of the menu and then a value."""
    for label in (setting, value):
        edits = len(menu.edits)
        await ana.press(menu, label)
        await ana._world.wait_for(partial(edited_since, menu, edits), 10, f"{label} in the menu")


async def chosen(running: Harness, group: Group, **choices: object) -> None:
    """As `choose`, without the menu: Telegram allows a group few messages a minute."""
    async with open_service(running.settings, running.redis_url) as service:
        await service.groups.choose(Platform.TELEGRAM, str(group.chat.id), **choices)


async def menu_of(ana: Person, group: Group, thread: int | None = None) -> Message:
    asked = await ana.send_text("/settings", group=group, thread=thread)
    return await ana.hears("settings of this group", group=group, after=asked)


async def test_scope_language_and_limit_of_a_group_apply_to_everybody_there(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline) as running:
        ana, bob, group = family(running)
        menu = await menu_of(ana, group)
        assert not [label for label in menu.buttons if "Results" in label]
        await choose(ana, group, menu, "Language", "Deutsch")
        assert "Sprache: Deutsch" in menu.buttons
        await chosen(running, group, scope=Scope.PHOTO, photos_per_day=2)
        for number in range(2):
            asked = await bob.send_photo(photo(number), "/restore", group=group)
            await ana.hears(shows_photo, group=group, after=asked)
        assert "wiederhergestellt" in group.of_bot()[-1].words
        assert {run.scope for run in pipeline.runs} == {Scope.PHOTO}
        # Ana has photos of her own left, but the group has not.
        asked = await ana.send_photo(photo(7), "/restore", group=group)
        await ana.hears("verbraucht", group=group, after=asked)
        assert await running.used_by(ana) == 0
        asked = await bob.send_text("/help", group=group)
        await bob.hears("restauriere es", group=group, after=asked)
        # Elsewhere nothing has changed.
        asked = await ana.send_photo(photo(7))
        assert "face restored" in (await ana.hears(shows_photo, after=asked)).words
        assert pipeline.runs[-1].scope is Scope.AUTO


async def test_only_administrators_may_ask_where_they_decided_so(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana, bob, group = family(running)
        theirs = await bob.send_text("/settings", group=group)
        await bob.hears("Your settings", group=group, after=theirs)
        menu = await menu_of(ana, group)
        refused = await (await bob.press(menu, "Who may ask")).answered()
        assert "Only administrators" in refused["text"]
        await choose(ana, group, menu, "Who may ask", "administrators")
        asked = await bob.send_photo(photo(), "/restore", group=group)
        await bob.hears("Only administrators may", group=group, after=asked)
        assert await running.used_by(bob) == 0
        asked = await ana.send_photo(photo(), "/restore", group=group)
        await ana.hears(shows_photo, group=group, after=asked)
        ana.is_anonymous = True
        asked = await ana.send_photo(photo(2), "/restore", group=group)
        await ana.hears(shows_photo, group=group, after=asked)


async def test_results_go_to_the_topic_for_results(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, privacy=False) as running:
        ana, bob, group = family(running, forum=True)
        talk, results = group.topic("Talk", ana), group.topic("Results", ana)
        menu = await menu_of(ana, group, results)
        await choose(ana, group, menu, "Results", "this topic")
        asked = await bob.send_photo(photo(), "/restore", group=group, thread=talk)
        shown = await bob.hears(shows_photo, group=group)
        assert shown.thread == results
        said = await bob.hears("topic for results", group=group)
        assert (said.thread, said.reply_to) == (talk, asked)
        await running.settled(bob)
        await bob.press(shown, "Gentler")
        again = await bob.hears(shows_photo, group=group, after=shown)
        assert again.thread == results
        # A topic that is gone: where somebody asked.
        del group.chat.topics[results]
        asked = await ana.send_photo(photo(5), "/restore", group=group, thread=talk)
        assert (await ana.hears(shows_photo, group=group, after=asked)).thread == talk


async def test_an_album_goes_to_the_topic_for_results(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, privacy=False) as running:
        ana, bob, group = family(running, forum=True)
        talk, results = group.topic("Talk", ana), group.topic("Results", ana)
        await chosen(running, group, results=str(results))
        sent = await bob.send_album([photo(3), photo(4)], "/restore", group=group, thread=talk)
        summary = await bob.hears("Pick a photo for more", group=group, after=sent[-1])
        assert {message.thread for message in (summary, *filter(shows_photo, group.of_bot()))} == {results}


async def test_settings_of_a_group_move_with_it(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana, bob, group = family(running)
        menu = await menu_of(ana, group)
        await choose(ana, group, menu, "Who may ask", "administrators")
        old = group.chat.id
        group.upgrade()
        moved = group.chat.add(ana.account, other={"migrate_from_chat_id": old})
        told = running.server.world.chats[old].add(ana.account, other={"migrate_to_chat_id": group.chat.id})
        running.server.world.updates.add("message", told.json())
        running.server.world.updates.add("message", moved.json())
        await running.server.wait_for(lambda: running.server.world.updates.pending() == 0)
        asked = await bob.send_photo(photo(), "/restore", group=group)
        await bob.hears("Only administrators may", group=group, after=asked)


async def test_a_reply_is_deleted_after_a_question(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        shown = await ana.hears(shows_photo)
        await running.settled(ana)
        before = shown.buttons
        await ana.press(shown, "Delete")
        await running.server.wait_for(lambda: len(shown.buttons) == 2)
        await ana.press(shown, "Back")
        await running.server.wait_for(lambda: shown.buttons == before)
        await ana.press(shown, "Delete")
        await running.server.wait_for(lambda: len(shown.buttons) == 2)
        await ana.press(shown, "Delete it")
        await running.server.wait_for(lambda: shown.deleted)
        [job] = await running.jobs_of(ana)
        assert job.state is JobState.DELIVERED
        assert not [file for file in (tmp_path / "photos").rglob("*") if file.is_file() and "result" in str(file)]
        assert await running.used_by(ana) == 1


async def test_an_administrator_deletes_what_others_asked_for(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana, bob, group = family(running)
        eve = running.server.user("Eve")
        await bob.send_photo(photo(), "/restore", group=group)
        shown = await bob.hears(shows_photo, group=group)
        await running.settled(bob)
        assert "Only the person who asked" in (await (await eve.press(shown, "Delete")).answered())["text"]
        assert "Only the person who asked" in (await (await ana.press(shown, "Gentler")).answered())["text"]
        await ana.press(shown, "Delete")
        await running.server.wait_for(lambda: len(shown.buttons) == 2)
        await ana.press(shown, "Delete it")
        await running.server.wait_for(lambda: shown.deleted)


async def test_one_photo_of_an_album_is_deleted(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await ana.send_album([photo(1), photo(2)])
        summary = await ana.hears("Pick a photo for more")
        await running.settled(ana)
        first, second = [message for message in ana.of_bot() if message.photo]
        await ana.press(summary, "1")
        await running.server.wait_for(lambda: "🗑️ Delete" in summary.buttons)
        await ana.press(summary, "Delete")
        await running.server.wait_for(lambda: len(summary.buttons) == 2 and "Delete it" in summary.buttons[0])
        await ana.press(summary, "Delete it")
        await running.server.wait_for(lambda: first.deleted)
        await running.server.wait_for(lambda: summary.buttons == ["2"])
        assert not second.deleted


async def test_a_reply_too_old_to_delete_is_explained(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        shown = await ana.hears(shows_photo)
        await running.settled(ana)
        shown.date -= 49 * 3600
        await ana.press(shown, "Delete")
        await running.server.wait_for(lambda: len(shown.buttons) == 2)
        answer = await (await ana.press(shown, "Delete it")).answered()
        assert "two days only" in answer["text"]
        assert answer["show_alert"]
        await running.server.wait_for(lambda: not shown.buttons)
        await asyncio.sleep(0.1)
        assert not [file for file in (tmp_path / "photos").rglob("*") if file.is_file() and "result" in str(file)]
