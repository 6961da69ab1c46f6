"""One of several processes that ask at once. Prints `ready`, waits for a line, and prints what became of its requests:
`{"accepted": 3, "QuotaUsedUp": 122}`.

    storage_load.py DATABASE_URL PROCESS REQUESTS PEOPLE [CODE]

With a code people redeem it; else they send photos. The requests of all processes go round among the people.
"""

import asyncio
import json
import sys
from collections import Counter
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


async def main(url: str, process: str, requests: str, people: str, code: str = "") -> None:
    async with Database(url) as database:
        ledger, codes = Ledger(database, ALLOWANCE), Codes(database, KEY)

        async def ask(number: int) -> str:
            sender = Sender(platform=Platform.TELEGRAM, account=str(number % int(people)))
            try:
                if code:
                    await codes.redeem(sender, sender.account, code)
                else:
                    address = Address(platform=Platform.TELEGRAM, chat="1", message=str(number))
                    await ledger.reserve(sender, address, Options())
            except UserError as error:
                return type(error).__name__
            return "accepted"

        print("ready", flush=True)
        sys.stdin.readline()
        first = int(process) * int(requests)
        answers = await asyncio.gather(*(ask(number) for number in range(first, first + int(requests))))
        print(json.dumps(Counter(answers)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
