"""What a person has, in lines for the operator: `magicmemory admin user` and the operator's page show them."""

from collections.abc import Iterator
from datetime import datetime

from magicmemory.core.job import Sender
from magicmemory.core.plans import FREE
from magicmemory.core.settings import Settings
from magicmemory.storage.database import Database
from magicmemory.storage.grants import Grant, Grants
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import Payments
from magicmemory.storage.people import People
from magicmemory.storage.quota import Allowance
from magicmemory.storage.redemptions import redeemed


async def standing(settings: Settings, database: Database, sender: Sender) -> list[str]:
    """The person's plan, quota, grants, payments, redeemed codes and ban: a line each, its subject first."""
    plans = settings.plans()
    lines = []
    if (reason := await People(database).ban_reason(sender)) is not None:
        lines.append(f"banned      {reason or 'no reason given'}")
    quota = await Ledger(database, Allowance.of(settings, plans)).quota(sender)
    until = f" until {local_time(quota.plan_ends, settings)}" if quota.plan_ends else ""
    limit = "" if quota.unlimited else f" of {quota.limit}"
    lines += [
        f"plan        {'free' if quota.plan == FREE else quota.plan}{until}",
        f"today       {quota.used}{limit} used, renews {local_time(quota.renews_at, settings)}",
    ]
    lines += [f"photos      {quota.credits} bought"] if quota.credits else []
    lines += _listed("grants", [describe_grant(grant, settings) for grant in await Grants(database, plans).of(sender)])
    payments = await Payments(database, plans).of(sender)
    lines += _listed(
        "payments",
        [
            f"{payment.charge}  {payment.amount} {payment.currency} for {payment.plan}, "
            + local_time(payment.created_at, settings)
            + (f", refunded {local_time(payment.refunded_at, settings)}" if payment.refunded_at else "")
            for payment in payments
        ],
    )
    codes = await redeemed(database, by=sender)
    lines += _listed("codes", [f"{one.code_id}  {local_time(one.at, settings)}" for one in codes])
    return lines


def _listed(name: str, entries: list[str]) -> Iterator[str]:
    for number, entry in enumerate(entries):
        yield f"{name if number == 0 else '':<12}{entry}"


def describe_grant(grant: Grant, settings: Settings) -> str:
    """One line: the grant's id, what it gives, where it is from, since when."""
    if grant.credits:
        much = f"{grant.credits} photos"
    elif grant.days:
        much = f"{grant.days} days"
    else:
        much = f"until {local_time(grant.ends_at, settings)}" if grant.ends_at else "without an end"
    withdrawn = f", withdrawn {local_time(grant.withdrawn_at, settings)}" if grant.withdrawn_at else ""
    since = local_time(grant.starts_at, settings)
    return f"{grant.id}  {much} of {grant.plan} by {grant.source}, {since}{withdrawn}"


def local_time(moment: datetime, settings: Settings) -> str:
    """The moment in the quota's time zone, to the minute."""
    return f"{moment.astimezone(settings.zone):%Y-%m-%d %H:%M}"
