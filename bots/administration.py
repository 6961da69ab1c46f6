"""What administrators are told in a chat, whichever it is. It is the operator's language: English."""

from importlib.metadata import version
from typing import Final

from magicmemory.bots.desk import Desk
from magicmemory.core.job import Sender
from magicmemory.core.plans import MOST_DAYS, Plan
from magicmemory.storage.grants import Grant
from magicmemory.storage.payments import Payment
from magicmemory.storage.statistics import Stats

LANGUAGE: Final = "en"
LONGEST_GIFT: Final = MOST_DAYS  # or as many photos
ROWS: Final = 10  # of grants and of payments; a chat's message has an end


def version_text(desk: Desk) -> str:
    """Which version runs."""
    return desk.texts.say(LANGUAGE, "admin-version", version=version("magicmemory"))


async def stats_text(desk: Desk) -> str:
    """What is going on now, what was today, and what in the last seven days, on all platforms."""
    parts = [desk.texts.say(LANGUAGE, "admin-waiting", waiting=await desk.queue.waiting())]
    parts += _stats(desk, "admin-today", await desk.statistics.today())
    parts += _stats(desk, "admin-week", await desk.statistics.week())
    return "\n".join(parts)


async def user_text(desk: Desk, sender: Sender) -> str:
    """What somebody has, was given and paid, and whether they are kept out."""
    parts = [desk.quota_text(LANGUAGE, await desk.quota(sender))]
    if (reason := await desk.people.ban_reason(sender)) is not None:
        parts.append(desk.texts.say(LANGUAGE, "admin-user-banned", reason=reason or "–"))
    parts += [_grant(desk, grant) for grant in (await desk.grants.of(sender))[-ROWS:]]
    parts += [_payment(desk, payment) for payment in (await desk.payments.of(sender))[:ROWS]]
    return "\n".join(parts)


async def give(desk: Desk, sender: Sender, plan_name: str, number: str = "") -> str:
    """Give somebody a plan: `number` days or photos of it, empty: as much as is sold at once. What to say about it."""
    plan = desk.plans.paid.get(plan_name)
    if plan is None:
        return desk.texts.say(LANGUAGE, "admin-no-such-plan", plans=", ".join(desk.plans.paid))
    if number and not (number.isdecimal() and 1 <= int(number) <= LONGEST_GIFT):
        return desk.texts.say(LANGUAGE, "admin-bad-number", most=LONGEST_GIFT)
    await desk.grants.give(sender, plan, **_amount(plan, int(number) if number else None))
    quota = desk.quota_text(LANGUAGE, await desk.quota(sender))
    return desk.texts.say(LANGUAGE, "admin-given", account=sender.account, quota=quota)


def _amount(plan: Plan, number: int | None) -> dict[str, int | None]:
    return {"credits": number} if plan.credits else {"days": number}


def _stats(desk: Desk, title: str, stats: Stats) -> list[str]:
    counts = {
        "photos": stats.photos,
        "people": stats.people,
        "newcomers": stats.newcomers,
        "delivered": stats.delivered,
        "failed": stats.failed,
        "cancelled": stats.cancelled,
        "faces": stats.faces,
    }
    lines = [desk.texts.say(LANGUAGE, title), desk.texts.say(LANGUAGE, "admin-stats", **counts)]
    if stats.p95_s is not None:
        lines.append(desk.texts.say(LANGUAGE, "admin-p95", seconds=f"{stats.p95_s:.1f}"))
    told = {"admin-failures": stats.failures, "admin-paid": stats.paid, "admin-paid-back": stats.refunded}
    for key, numbers in told.items():
        if numbers:
            what = ", ".join(f"{number} {name}" for name, number in numbers.items())
            lines.append(desk.texts.say(LANGUAGE, key, what=what))
    return lines


def _grant(desk: Desk, grant: Grant) -> str:
    what = {"date": f"{grant.starts_at:%Y-%m-%d}", "plan": grant.plan, "source": grant.source}
    if grant.days:
        line = desk.texts.say(LANGUAGE, "admin-grant-days", amount=grant.days, **what)
    elif grant.credits:
        line = desk.texts.say(LANGUAGE, "admin-grant-photos", amount=grant.credits, **what)
    else:
        line = desk.texts.say(LANGUAGE, "admin-grant-open", **what)
    return _marked(desk, line, taken_back=grant.withdrawn_at is not None)


def _payment(desk: Desk, payment: Payment) -> str:
    line = desk.texts.say(
        LANGUAGE,
        "admin-payment",
        date=f"{payment.created_at:%Y-%m-%d}",
        plan=payment.plan,
        amount=payment.amount,
        currency=payment.currency,
        charge=payment.charge,
    )
    return _marked(desk, line, taken_back=payment.refunded_at is not None)


def _marked(desk: Desk, line: str, *, taken_back: bool) -> str:
    return desk.texts.say(LANGUAGE, "admin-taken-back", what=line) if taken_back else line
