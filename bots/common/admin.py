"""What administrators are told in a chat, whichever it is. It is the operator's language: English."""

from importlib.metadata import version
from typing import Final

from magicmemory.bots.service import BotService
from magicmemory.core.job import Sender
from magicmemory.core.plans import MAX_DAYS, Plan
from magicmemory.storage.grants import Grant
from magicmemory.storage.payments import Payment
from magicmemory.storage.statistics import Stats

LANGUAGE: Final = "en"
LONGEST_GIFT: Final = MAX_DAYS  # or as many photos
ROWS: Final = 10  # of grants and of payments; a chat's message has an end


def version_text(service: BotService) -> str:
    """Which version runs."""
    return service.texts.say(LANGUAGE, "admin-version", version=version("magicmemory"))


async def stats_text(service: BotService) -> str:
    """What is going on now, what was today, and what in the last seven days, on all platforms."""
    parts = [service.texts.say(LANGUAGE, "admin-waiting", waiting=await service.queue.waiting())]
    parts += _stats(service, "admin-today", await service.statistics.today())
    parts += _stats(service, "admin-week", await service.statistics.week())
    return "\n".join(parts)


async def user_text(service: BotService, sender: Sender) -> str:
    """What somebody has, was given and paid, and whether they are kept out."""
    parts = [service.quota_text(LANGUAGE, await service.quota(sender))]
    if (reason := await service.people.ban_reason(sender)) is not None:
        parts.append(service.texts.say(LANGUAGE, "admin-user-banned", reason=reason or "–"))
    parts += [_grant(service, grant) for grant in (await service.grants.of(sender))[-ROWS:]]
    parts += [_payment(service, payment) for payment in (await service.payments.of(sender))[:ROWS]]
    return "\n".join(parts)


async def give(service: BotService, sender: Sender, plan_name: str, number: str = "") -> str:
    """Give somebody a plan: `number` days or photos of it, empty: as much as is sold at once. What to say about it."""
    plan = service.plans.paid.get(plan_name)
    if plan is None:
        return service.texts.say(LANGUAGE, "admin-no-such-plan", plans=", ".join(service.plans.paid))
    if number and not (number.isdecimal() and 1 <= int(number) <= LONGEST_GIFT):
        return service.texts.say(LANGUAGE, "admin-bad-number", most=LONGEST_GIFT)
    await service.grants.give(sender, plan, **_amount(plan, int(number) if number else None))
    quota = service.quota_text(LANGUAGE, await service.quota(sender))
    return service.texts.say(LANGUAGE, "admin-given", account=sender.account, quota=quota)


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
