"""What administrators see and change from a chat, in the operator's language: English."""

from importlib.metadata import version
from typing import Final

from magicmemory.bots.service import BotService
from magicmemory.core.job import Sender
from magicmemory.core.plans import MAX_DAYS, Plan
from magicmemory.storage.grants import Grant
from magicmemory.storage.payments import Payment
from magicmemory.storage.statistics import Stats

LANGUAGE: Final = "en"
LONGEST_GIFT: Final = MAX_DAYS  # days or photos
ROWS: Final = 10  # of grants and of payments: a chat message is limited


def version_text(service: BotService) -> str:
    """The version that runs."""
    return service.texts.say(LANGUAGE, "admin-version", version=version("magicmemory"))


async def stats_text(service: BotService) -> str:
    """How many photos wait, and counts of today and of the last seven days, on all platforms."""
    parts = [service.texts.say(LANGUAGE, "admin-waiting", waiting=await service.waiting())]
    parts += _stats(service, "admin-today", await service.statistics.today())
    parts += _stats(service, "admin-week", await service.statistics.week())
    return "\n".join(parts)


async def quota_text(service: BotService, sender: Sender) -> str:
    """What a user has left."""
    return service.sentences.quota(LANGUAGE, await service.quota(sender))


async def user_text(service: BotService, sender: Sender) -> str:
    """What a user has, was granted and paid, and whether they are banned."""
    parts = [await quota_text(service, sender)]
    if (reason := await service.people.ban_reason(sender)) is not None:
        parts.append(service.texts.say(LANGUAGE, "admin-user-banned", reason=reason or "–"))
    parts += [_grant(service, grant) for grant in (await service.grants.of(sender))[-ROWS:]]
    parts += [_payment(service, payment) for payment in (await service.payments.of(sender))[:ROWS]]
    return "\n".join(parts)


async def give(service: BotService, sender: Sender, plan_name: str, number: str = "") -> str:
    """Give a user a plan: `number` days or photos of it; empty means as many as one purchase. Returns the answer."""
    plan = service.plans.paid.get(plan_name)
    if plan is None:
        return service.texts.say(LANGUAGE, "admin-no-such-plan", plans=", ".join(service.plans.paid))
    if number and not (number.isdecimal() and 1 <= int(number) <= LONGEST_GIFT):
        return service.texts.say(LANGUAGE, "admin-bad-number", most=LONGEST_GIFT)
    await service.grants.give(sender, plan, **_amount(plan, int(number) if number else None))
    quota = await quota_text(service, sender)
    return service.texts.say(LANGUAGE, "admin-given", account=sender.account, quota=quota)


async def ban(service: BotService, sender: Sender, reason: str = "") -> None:
    """Ban a user: nothing is restored for them or sold to them. The reason is for the operator's records."""
    await service.people.ban(sender, banned=True, reason=reason)


async def unban(service: BotService, sender: Sender) -> None:
    """Lift a ban."""
    await service.people.ban(sender, banned=False)


def _amount(plan: Plan, number: int | None) -> dict[str, int | None]:
    return {"credits": number} if plan.credits else {"days": number}


def _stats(service: BotService, title: str, stats: Stats) -> list[str]:
    counts = {
        "photos": stats.photos,
        "people": stats.people,
        "newcomers": stats.newcomers,
        "delivered": stats.delivered,
        "failed": stats.failed,
        "cancelled": stats.cancelled,
        "faces": stats.faces,
    }
    lines = [service.texts.say(LANGUAGE, title), service.texts.say(LANGUAGE, "admin-stats", **counts)]
    if stats.p95_s is not None:
        lines.append(service.texts.say(LANGUAGE, "admin-p95", seconds=f"{stats.p95_s:.1f}"))
    told = {"admin-failures": stats.failures, "admin-paid": stats.paid, "admin-paid-back": stats.refunded}
    for key, numbers in told.items():
        if numbers:
            what = ", ".join(f"{number} {name}" for name, number in numbers.items())
            lines.append(service.texts.say(LANGUAGE, key, what=what))
    return lines


def _grant(service: BotService, grant: Grant) -> str:
    what = {"date": f"{grant.starts_at:%Y-%m-%d}", "plan": grant.plan, "source": grant.source}
    if grant.days:
        line = service.texts.say(LANGUAGE, "admin-grant-days", amount=grant.days, **what)
    elif grant.credits:
        line = service.texts.say(LANGUAGE, "admin-grant-photos", amount=grant.credits, **what)
    else:
        line = service.texts.say(LANGUAGE, "admin-grant-open", **what)
    return _marked(service, line, taken_back=grant.withdrawn_at is not None)


def _payment(service: BotService, payment: Payment) -> str:
    line = service.texts.say(
        LANGUAGE,
        "admin-payment",
        date=f"{payment.created_at:%Y-%m-%d}",
        plan=payment.plan,
        amount=payment.amount,
        currency=payment.currency,
        charge=payment.charge,
    )
    return _marked(service, line, taken_back=payment.refunded_at is not None)


def _marked(service: BotService, line: str, *, taken_back: bool) -> str:
    return service.texts.say(LANGUAGE, "admin-taken-back", what=line) if taken_back else line
