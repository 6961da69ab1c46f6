"""“Choose faces” on Discord: a picture with numbers, a choice for each face, and face cards."""

from functools import partial
from pathlib import Path

from tests.journeys.test_telegram_faces import ThreeFaces
from tests.servers.discord.world import Message
from tests.support.discord_harness import harness
from tests.support.telegram_harness import photo


def has_button(message: Message, label: str) -> bool:
    return label in message.buttons


async def test_faces_are_chosen_one_by_one_and_sent_as_cards(tmp_path: Path, redis_url: str) -> None:
    pipeline = ThreeFaces()
    async with harness(tmp_path, redis_url, pipeline) as there:
        server, user, bob = there.server, there.server.user, there.server.person("bob")
        first = await there.answer(user.slash(server.channel, "restore", photo=photo()))
        asked = user.press(first, "Choose faces")
        [chooser] = await server.wait_for(lambda: [message for message in asked.shown if message.attachments])
        assert list(chooser.buttons) == ["1 ✓", "2 ✓", "3 ✓", "Restore", "Face cards"]
        assert [kept.filename for kept in chooser.attachments] == ["faces.jpg"]
        server.guild.members[bob.id] = bob
        assert "Only the person" in await there.said(bob.press(chooser, "1 ✓"))
        for label, then in (("2 ✓", "2 ½"), ("3 ✓", "3 ½"), ("3 ½", "3 –")):
            user.press(chooser, label)
            await server.wait_for(partial(has_button, chooser, then))
        again = await there.answer(user.press(chooser, "Restore"))
        assert (pipeline.runs[-1].faces, pipeline.runs[-1].gentle_faces) == ((1, 2), (2,))
        assert "2 faces restored" in again.texts
        await there.finished_jobs_of(user)
        cards = user.press(chooser, "Face cards")
        [album] = await server.wait_for(lambda: [message for message in cards.shown if message.attachments])
        assert [kept.filename for kept in album.attachments] == ["face-1.jpg", "face-2.jpg", "face-3.jpg"]
        assert "Face 2: row 1, number 1 from the left." in album.texts
        assert (await there.quota_of(user)).used == 1
