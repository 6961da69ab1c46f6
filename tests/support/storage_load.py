"""Several processes that send their requests at once."""

import asyncio
from collections import Counter
from multiprocessing.connection import Connection
from zoneinfo import ZoneInfo

from magicmemory.core.errors import UserError
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import make_plans
from magicmemory.storage.codes import Codes
from magicmemory.storage.database import Database
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.quota import Allowance

KEY = b"crowd"
ALLOWANCE = Allowance(
    ZoneInfo("UTC"), make_plans({}, free_per_day=1, fair_use_per_day=0, head_start_s=0), 5, adjustment_minutes=60
)


def ask_at_once(pipe: Connection, url: str, numbers: range, people: int, code: str) -> None:
    """Send "ready" through the pipe, wait for an answer, and send what became of the requests:
    `{"accepted": 3, "QuotaUsedUp": 122}`.

    Args:
        pipe: to the test.
        url: the database.
        numbers: of the requests; the requests of all processes go round among the people.
        people: how many there are.
        code: people redeem it; empty: they send photos.
    """
    asyncio.run(_ask_at_once(pipe, url, numbers, people, code))


async def _ask_at_once(pipe: Connection, url: str, numbers: range, people: int, code: str) -> None:
    async with Database(url) as database:
        ledger, codes = Ledger(database, ALLOWANCE), Codes(database, KEY)

        async def ask(number: int) -> str:
            sender = Sender(platform=Platform.TELEGRAM, account=str(number % people))
            try:
                if code:
                    await codes.redeem(sender, sender.account, code)
                else:
                    address = Address(platform=Platform.TELEGRAM, chat="1", message=str(number))
                    await ledger.reserve(sender, address, Options())
            except UserError as error:
                return type(error).__name__
            return "accepted"

        pipe.send("ready")
        pipe.recv()
        pipe.send(Counter(await asyncio.gather(*(ask(number) for number in numbers))))
