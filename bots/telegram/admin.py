"""`/admin`, for the people whose ids the operator has set. It speaks the operator's language: English."""

from typing import Final

from telegram import Message

from magicmemory.bots.telegram.front import Front
from magicmemory.bots.telegram.people import address_of
from magicmemory.core.job import JobState, Platform, Sender

LANGUAGE: Final = "en"


class Admin:
    """Answers administrators."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def knows(self, message: Message) -> bool:
        """Whether a message is an administrator's. To everybody else the command does not exist."""
        user = message.from_user
        return user is not None and user.id in self._front.desk.settings.telegram_admins

    async def answer(self, message: Message, arguments: str) -> None:
        """Answer `/admin` with its arguments."""
        verb, *rest = arguments.split() or ["help"]
        account = rest[0] if rest and rest[0].lstrip("-").isdigit() else ""
        if verb == "stats":
            text = await self._stats()
        elif verb == "quota" and account:
            text = await self._quota(account)
        elif verb in ("ban", "unban") and account:
            text = await self._ban(account, banned=verb == "ban")
        else:
            text = self._front.say(LANGUAGE, "telegram-admin-help")
        await self._front.tell(address_of(message), text)

    async def _stats(self) -> str:
        waiting = await self._front.desk.queue.waiting()
        today = await self._front.desk.ledger.today(Platform.TELEGRAM)
        return self._front.say(
            LANGUAGE,
            "telegram-admin-stats",
            waiting=waiting,
            delivered=today.jobs.get(JobState.DELIVERED, 0),
            failed=today.jobs.get(JobState.FAILED, 0),
            cancelled=today.jobs.get(JobState.CANCELLED, 0),
            people=today.people,
        )

    async def _ban(self, account: str, *, banned: bool) -> str:
        sender = Sender(platform=Platform.TELEGRAM, account=account)
        await self._front.desk.people.ban(sender, banned=banned)
        key = "telegram-admin-banned" if banned else "telegram-admin-unbanned"
        return self._front.say(LANGUAGE, key, account=account)

    async def _quota(self, account: str) -> str:
        sender = Sender(platform=Platform.TELEGRAM, account=account)
        return self._front.desk.quota_text(LANGUAGE, await self._front.desk.quota(sender))
