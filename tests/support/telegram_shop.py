"""A service that sells plans, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from magicmemory.bots.bootstrap import open_service
from magicmemory.core.settings import Settings
from magicmemory.storage.codes import CodeSpec
from magicmemory.storage.grants import Grant
from tests.servers.telegram import Message, Person
from tests.support.telegram_harness import Harness, harness, sender_of

ADMIN = 100_001  # the first person a test makes

PLANS = """
[free]
photos_per_day = 1

[plans.premium]
title = { en = "Premium", de = "Premium-Tarif" }
days = 30
stars = 100

[plans.pack]
title = "Photo pack"
credits = 2
stars = 55

[plans.club]
title = "Club"
days = 30
stars = 80
subscription = true
"""


def write_plans(folder: Path, text: str = PLANS) -> Path:
    """The operator's file of plans."""
    file = folder / "plans.toml"
    file.write_text(text, "utf-8")
    return file


@asynccontextmanager
async def shop(folder: Path, redis_url: str, **values: object) -> AsyncIterator[Harness]:
    """A service with plans for sale, whose first person is an administrator."""
    own = {
        "plans_file": write_plans(folder),
        "telegram_admins": (ADMIN,),
        "support_contact": "@helper",
        "terms_url": "https://example.org/terms",
    }
    async with harness(folder, redis_url, **{**own, **values}) as running:  # type: ignore[arg-type]
        yield running


async def make_code(running: Harness, terms: CodeSpec, word: str | None = None) -> str:
    """A code as the operator hands it out."""
    async with open_service(running.settings, running.redis_url) as service:
        return (await service.codes.create(terms, word=word, weak=True))[0][1]


async def grants_of(running: Harness | tuple[Settings, str], person: Person) -> list[Grant]:
    """All that somebody was granted, taken back or not."""
    settings, redis_url = (running.settings, running.redis_url) if isinstance(running, Harness) else running
    async with open_service(settings, redis_url) as service:
        return await service.grants.of(sender_of(person))


async def ask_for_invoice(person: Person, button: str) -> Message:
    """`/premium`, and the invoice, or the message with a link to it, behind one of its buttons."""
    asked = await person.send_text("/premium")
    offers = await person.hears(lambda message: any(button in label for label in message.buttons), after=asked)
    await person.press(offers, button)
    return await person.hears(is_invoice, after=offers)


def is_invoice(message: Message) -> bool:
    """Whether it can be paid."""
    return message.invoice is not None or "Subscribe" in "".join(message.buttons)


def link_of(message: Message) -> str:
    """The address behind the only button."""
    return str(message.keyboard[0][0]["url"])
