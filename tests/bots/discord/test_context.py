"""Where a reply goes."""

from magicmemory.bots.discord.context import ReplyTarget


def test_a_reply_target_survives_the_ledger() -> None:
    target = ReplyTarget(1, 2, 3, 4, "token", 5, 6, private=True, spoiler=True)
    assert ReplyTarget.of(target.notes()) == target
    assert ReplyTarget.of({"sent": "9"}).limit == 10 * 1024 * 1024
