"""`magicmemory admin`: statistics, and everything about single people, on the command line."""

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from magicmemory.cli.database_session import with_database
from magicmemory.cli.operator_page.server import page
from magicmemory.cli.standing import describe_grant, local_time, standing
from magicmemory.core.errors import NothingToCancel, OperatorError
from magicmemory.core.job import Platform, Sender
from magicmemory.core.plans import MAX_CREDITS, MAX_DAYS, PREMIUM
from magicmemory.core.settings import Settings
from magicmemory.storage.data_export import export_user
from magicmemory.storage.database import Database
from magicmemory.storage.erasure import Erasure
from magicmemory.storage.grants import Grants, Source
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import Payments
from magicmemory.storage.people import People
from magicmemory.storage.photos import PhotoStore
from magicmemory.storage.quota import Allowance
from magicmemory.storage.statistics import Statistics, Stats

app = typer.Typer(help="Show statistics, and manage people.", no_args_is_help=True)
app.command()(page)

On = Annotated[Platform, typer.Argument(metavar="PLATFORM", help="telegram, discord or playground.")]
Who = Annotated[str, typer.Argument(metavar="ID", help="The person's id on the platform.")]


class NotFound(OperatorError):
    """The named person, plan, payment or grant does not exist. The message is one sentence for the operator."""


@app.command()
def stats(
    platform: Annotated[Platform | None, typer.Option(help="Only this platform.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show today and the last seven days: people, photos, faces, failures, durations and payments."""

    async def counting(settings: Settings, database: Database) -> None:
        statistics = Statistics(database, settings.zone)
        found = {"today": await statistics.today(platform), "seven days": await statistics.week(platform)}
        if as_json:
            print(json.dumps({name: asdict(counted) for name, counted in found.items()}))
            return
        rows = [_counted(counted) for counted in found.values()]
        print(f"{'':<12}" + "".join(f"{name:>14}" for name in found))
        for name in {name: None for row in rows for name in row}:
            print(f"{name:<12}" + "".join(f"{row.get(name, '0'):>14}" for row in rows))

    with_database(counting)


@app.command()
def user(platform: On, account: Who) -> None:
    """Show a person's plan, quota, grants, payments, redeemed codes, and ban."""

    async def showing(settings: Settings, database: Database) -> None:
        sender = Sender(platform=platform, account=account)
        since = await People(database).since(sender)
        if since is None:
            raise NotFound(f"Nobody with the id {account} is known on {platform}.")
        print(f"first seen  {local_time(since, settings)}")
        for line in await standing(settings, database, sender):
            print(line)

    with_database(showing)


@app.command()
def gift(
    platform: On,
    account: Who,
    plan: Annotated[str, typer.Option(help="The plan.")] = PREMIUM,
    days: Annotated[int | None, typer.Option(min=1, max=MAX_DAYS, help="Number of days.")] = None,
    credits: Annotated[int | None, typer.Option(min=1, max=MAX_CREDITS, help="Number of photos.")] = None,
) -> None:
    """Give a person days or photos of a plan; without a number, as many as one purchase contains."""

    async def giving(settings: Settings, database: Database) -> None:
        plans = settings.plans()
        if plan not in plans.paid:
            raise NotFound(f"There is no plan {plan}. Plans: {', '.join(plans.paid)}.")
        if days and credits:
            raise OperatorError("A gift is either days or photos.")
        sender = _somebody(platform, account)
        await Grants(database, plans).give(sender, plans.paid[plan], days=days, credits=credits)
        gifts = [grant for grant in await Grants(database, plans).of(sender) if grant.source is Source.GIFT]
        print(describe_grant(gifts[-1], settings))

    with_database(giving)


@app.command()
def ban(platform: On, account: Who, reason: Annotated[str, typer.Option(help="For your own records.")] = "") -> None:
    """Ban a person."""

    async def banning(_: Settings, database: Database) -> None:
        await People(database).ban(_somebody(platform, account), banned=True, reason=reason)
        print(f"{platform} {account} is banned.")

    with_database(banning)


def _somebody(platform: Platform, account: str) -> Sender:
    """The person with this id, who need not have written yet: so check the id's form, to catch typing errors."""
    if platform is not Platform.PLAYGROUND and not (account.isascii() and account.isdecimal()):
        raise NotFound(f"{account!r} is not an id: on {platform}, ids are numbers.")
    return Sender(platform=platform, account=account)


@app.command()
def unban(platform: On, account: Who) -> None:
    """Lift a ban."""

    async def letting_in(_: Settings, database: Database) -> None:
        people, sender = People(database), Sender(platform=platform, account=account)
        if await people.ban_reason(sender) is None:
            raise NotFound(f"{platform} {account} is not banned.")
        await people.ban(sender, banned=False)
        print(f"{platform} {account} is no longer banned.")

    with_database(letting_in)


@app.command()
def refund(
    platform: On, charge: Annotated[str, typer.Argument(metavar="CHARGE", help="The platform's id of the payment.")]
) -> None:
    """Record a refund and withdraw what the payment bought. This moves no money.

    On Telegram, `/admin refund CHARGE` in the chat refunds the Stars and records it.
    """

    async def refunding(settings: Settings, database: Database) -> None:
        payment = await Payments(database, settings.plans()).refund(platform, charge)
        if payment is None:
            raise NotFound("This payment is unknown, or was refunded before.")
        print(f"{payment.amount} {payment.currency} for {payment.plan}: recorded as refunded.")

    with_database(refunding)


@app.command()
def withdraw(grant: Annotated[str, typer.Argument(metavar="GRANT", help="Its id, as `admin user` shows it.")]) -> None:
    """Withdraw a grant."""

    async def withdrawing(settings: Settings, database: Database) -> None:
        if not await Grants(database, settings.plans()).withdraw_by_id(grant):
            raise NotFound("This grant is unknown, or was withdrawn before.")
        print(f"{grant} is withdrawn.")

    with_database(withdrawing)


@app.command()
def export(
    platform: On,
    account: Who,
    out: Annotated[Path | None, typer.Option(help="File to write; default: standard output.")] = None,
) -> None:
    """Export everything that is stored about a person as JSON; for photos, their names."""

    async def exporting(settings: Settings, database: Database) -> None:
        found = await export_user(database, PhotoStore(settings.photos), Sender(platform=platform, account=account))
        if found is None:
            raise NotFound(f"Nobody with the id {account} is known on {platform}.")
        text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        try:
            sys.stdout.write(text) if out is None else out.write_text(text, "utf-8")
        except OSError as error:
            raise OperatorError(f"{out} cannot be written: {error.strerror}.") from None

    with_database(exporting)


@app.command()
def erase(platform: On, account: Who, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete a person's photos, preferences and job data, as `/deletemydata` does."""
    if not yes and not typer.confirm(f"Delete everything of {platform} {account}?"):
        raise typer.Exit(1)

    async def erasing(settings: Settings, database: Database) -> None:
        sender = Sender(platform=platform, account=account)
        if await People(database).since(sender) is None:
            raise NotFound(f"Nobody with the id {account} is known on {platform}.")
        allowed = Allowance.of(settings, settings.plans())
        # Cancelled jobs may still be queued: the worker finds no photo, and no reply is sent.
        with suppress(NothingToCancel):
            await Ledger(database, allowed).cancel(sender)
        erasure = Erasure(database, PhotoStore(settings.photos), allowed)
        await erasure.forget(sender)
        await erasure.tidy()
        kept = await People(database).since(sender) is not None
        print("Deleted. " + ("The id is deleted once nothing depends on it." if kept else "The id is deleted too."))

    with_database(erasing)


def _counted(counted: Stats) -> dict[str, str]:
    return {
        "people": str(counted.people),
        "new people": str(counted.newcomers),
        "photos": str(counted.photos),
        "  restored": str(counted.delivered),
        "  failed": str(counted.failed),
        "  cancelled": str(counted.cancelled),
        "  unfinished": str(counted.waiting),
        "faces": str(counted.faces),
        "p95": f"{counted.p95_s:.1f} s" if counted.p95_s is not None else "-",
        **{f"paid {currency}": str(amount) for currency, amount in counted.paid.items()},
        **{f"back {currency}": str(amount) for currency, amount in counted.refunded.items()},
        **{f"! {key}": str(number) for key, number in counted.failures.items()},
    }
