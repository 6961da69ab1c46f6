"""`magicmemory codes`: make the codes that people redeem, and see what became of them."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from os import O_CREAT, O_EXCL, O_WRONLY, fdopen
from os import open as open_file
from pathlib import Path
from typing import Annotated, TextIO
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from magicmemory.cli.database_session import work
from magicmemory.core.errors import OperatorError
from magicmemory.core.plans import PREMIUM, Plan, Plans
from magicmemory.core.settings import Settings, read_codes_key
from magicmemory.storage.codes import BadCode, Code, CodeKind, Codes, CodeSpec
from magicmemory.storage.database import Database
from magicmemory.storage.redemptions import redeemed

app = typer.Typer(help="Make the codes that people redeem, and see what became of them.", no_args_is_help=True)

MAX_CODES = 100_000
COLUMNS = ("kind", "plan", "days", "credits", "percent", "uses", "expires_at", "note")
SHOWN_ONCE = "Keep them now: only hashes are stored, and nobody can show them again."

Which = Annotated[str, typer.Argument(metavar="ID|CODE", help="Its id, as `codes list` shows it, or the code itself.")]


@app.command()
def create(
    kind: Annotated[CodeKind, typer.Option(help="unlock: gives a plan. discount: makes one purchase cheaper.")],
    days: Annotated[int | None, typer.Option(help="Days of the plan.")] = None,
    credits: Annotated[int | None, typer.Option(help="Photos under the plan.")] = None,
    percent: Annotated[int | None, typer.Option(help="How much cheaper, 1 to 99.")] = None,
    uses: Annotated[int, typer.Option(help="How many people may redeem each.")] = 1,
    expires: Annotated[str | None, typer.Option(help="Last day, such as 2026-12-31, or a moment.")] = None,
    count: Annotated[int, typer.Option(help="How many codes.", min=1, max=MAX_CODES)] = 1,
    prefix: Annotated[str, typer.Option(help="Up to twelve letters and digits before each.")] = "",
    plan: Annotated[
        str | None, typer.Option(help="What it unlocks (else premium), or the only plan it makes cheaper.")
    ] = None,
    code: Annotated[str | None, typer.Option(help="A code of your own, such as RESTORE40.")] = None,
    note: Annotated[str, typer.Option(help="For your own records, up to 64 characters.")] = "",
    file: Annotated[Path | None, typer.Option("--csv", help="Write the codes to this new file.")] = None,
) -> None:
    """Make codes. They are shown this once."""

    async def making(settings: Settings, database: Database) -> None:
        wanted = _known_plan(settings.plans(), plan or (PREMIUM if kind is CodeKind.UNLOCK else None))
        unlocked = (days, credits)
        if kind is CodeKind.UNLOCK and wanted and unlocked == (None, None):
            unlocked = (wanted.days, wanted.credits)  # as much as is sold at once
        terms = CodeSpec(
            kind=kind,
            plan=wanted.name if wanted else None,
            days=unlocked[0],
            credits=unlocked[1],
            percent=percent,
            uses=uses,
            expires_at=_moment(expires, settings.zone) if expires else None,
            note=note,
        )
        codes = Codes(database, read_codes_key(settings))
        if file is None:
            made = await codes.create(terms, count=count, prefix=prefix, word=code)
            for ident, text in made:
                print(ident, text)
        else:
            with _new_file(file) as stream:
                made = await codes.create(terms, count=count, prefix=prefix, word=code)
                _write(stream, ("id", "code", *COLUMNS), [(*pair, *_fields(terms)) for pair in made])
            print(f"{len(made)} in {file}.")
        print(SHOWN_ONCE, file=sys.stderr)

    work(making)


@app.command("list")
def list_codes() -> None:
    """Show every code's terms and how often it was redeemed, newest first."""

    async def listing(settings: Settings, database: Database) -> None:
        table = Table("id", "what", "redeemed", "state", "expires", "note", box=None, pad_edge=False)
        for code in await Codes(database, read_codes_key(settings)).list():
            terms = code.terms
            expires = _shown(terms.expires_at, settings.zone)
            table.add_row(code.id, what(terms), f"{code.redeemed} of {terms.uses}", state(code), expires, terms.note)
        Console(soft_wrap=True).print(table)

    work(listing)


@app.command()
def show(which: Which) -> None:
    """Show one code's terms and who redeemed it."""

    async def showing(settings: Settings, database: Database) -> None:
        code = await _find(Codes(database, read_codes_key(settings)), which)
        print(f"id        {code.id}")
        print(f"what      {what(code.terms)}")
        print(f"state     {state(code)}")
        print(f"redeemed  {code.redeemed} of {code.terms.uses}")
        print(f"made      {_shown(code.created_at, settings.zone)}")
        print(f"expires   {_shown(code.terms.expires_at, settings.zone) or 'never'}")
        if code.terms.note:
            print(f"note      {code.terms.note}")
        for redemption in await redeemed(database, code_id=code.id):
            print(f"          {_shown(redemption.at, settings.zone)}  {redemption.platform} {redemption.account}")

    work(showing)


@app.command()
def revoke(which: Which) -> None:
    """Let nobody redeem a code from now on. What it unlocked before stays unlocked."""

    async def revoking(settings: Settings, database: Database) -> None:
        codes = Codes(database, read_codes_key(settings))
        code = await _find(codes, which)
        print(f"{code.id} {'is revoked' if await codes.revoke(code.id) else 'was revoked before'}.")

    work(revoking)


@app.command()
def export() -> None:
    """Write CSV to standard output: a line for each redemption, and one for each code that nobody redeemed.

    Moments are UTC. The codes themselves are not in it, because they are not stored.
    """

    async def exporting(settings: Settings, database: Database) -> None:
        by_code: dict[str, list[tuple[str, str, str]]] = {}
        for one in await redeemed(database):
            by_code.setdefault(one.code_id, []).append((one.platform, one.account, one.at.isoformat()))
        rows: list[tuple[object, ...]] = []
        for code in await Codes(database, read_codes_key(settings)).list():
            made, revoked = code.created_at.isoformat(), code.revoked_at and code.revoked_at.isoformat()
            uses = by_code.get(code.id, [("", "", "")])
            rows += [(code.id, *_fields(code.terms), made, revoked, code.redeemed, *use) for use in uses]
        heads = ("created_at", "revoked_at", "redeemed", "platform", "account", "redeemed_at")
        _write(sys.stdout, ("id", *COLUMNS, *heads), rows)

    work(exporting)


def what(terms: CodeSpec) -> str:
    """What a code is good for, in a few words."""
    if terms.kind is CodeKind.DISCOUNT:
        return f"{terms.percent} % off {terms.plan or 'any plan'}"
    return f"{terms.days} days of {terms.plan}" if terms.days else f"{terms.credits} photos of {terms.plan}"


def state(code: Code) -> str:
    """Whether somebody can redeem it now, or why not."""
    if code.revoked_at is not None:
        return "revoked"
    if code.terms.expires_at is not None and code.terms.expires_at <= datetime.now(UTC):
        return "expired"
    return "used up" if code.redeemed >= code.terms.uses else "open"


def _known_plan(plans: Plans, name: str | None) -> Plan | None:
    if name is not None and name not in plans.paid:
        raise BadCode(f"There is no plan {name}; there is {', '.join(plans.paid)}.")
    return None if name is None else plans.paid[name]


def _moment(text: str, zone: ZoneInfo) -> datetime:
    """When a code ends: after that day in the operator's zone, or at that moment."""
    try:
        if len(text) == len("2026-12-31"):
            ends = datetime.combine(date.fromisoformat(text) + timedelta(days=1), datetime.min.time(), zone)
        else:
            ends = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise BadCode(f"{text!r} is no date; write one like 2026-12-31 or 2026-12-31T18:00.") from None
    ends = ends if ends.tzinfo else ends.replace(tzinfo=zone)
    if ends <= datetime.now(UTC):
        raise BadCode(f"{text} is over already.")
    return ends


def _shown(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""


async def _find(codes: Codes, which: str) -> Code:
    code = await codes.find(which)
    if code is None:
        raise BadCode("There is no such code; `magicmemory codes list` shows all.")
    return code


def _fields(terms: CodeSpec) -> tuple[object, ...]:
    expires = terms.expires_at and terms.expires_at.astimezone(UTC).isoformat()
    return (terms.kind, terms.plan, terms.days, terms.credits, terms.percent, terms.uses, expires, terms.note)


@contextmanager
def _new_file(file: Path) -> Iterator[TextIO]:
    """A file that only its owner may read. It is opened first, so that no codes are made that nobody would ever see."""
    try:
        with fdopen(open_file(file, O_WRONLY | O_CREAT | O_EXCL, 0o600), "w", encoding="utf-8", newline="") as stream:
            try:
                yield stream
            except OperatorError:
                file.unlink()
                raise
    except OSError as error:
        raise OperatorError(f"{file} cannot be written: {error.strerror}.") from None


def _write(stream: TextIO, heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
