"""`magicmemory codes`: creates codes and shows their use."""

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

from magicmemory.cli.database_session import with_database
from magicmemory.core.errors import OperatorError
from magicmemory.core.plans import PREMIUM, Plan, Plans
from magicmemory.core.settings import Settings, read_codes_key
from magicmemory.storage.codes import (
    GENERATED_BITS,
    BadCode,
    Code,
    CodeKind,
    Codes,
    CodeSpec,
    normalised,
    strength_bits,
)
from magicmemory.storage.database import Database
from magicmemory.storage.redemptions import redeemed

app = typer.Typer(help="Create codes for people to redeem, and show their use.", no_args_is_help=True)

MAX_CODES = 100_000
COLUMNS = ("kind", "plan", "days", "credits", "percent", "uses", "expires_at", "note")
SHOWN_ONCE = "Save them now: only hashes are stored, so they cannot be shown again."

Which = Annotated[str, typer.Argument(metavar="ID|CODE", help="The code's id (see `codes list`), or the code itself.")]


@app.command()
def create(
    kind: Annotated[CodeKind, typer.Option(help="unlock: grants a plan. discount: reduces one purchase.")],
    days: Annotated[int | None, typer.Option(help="Days of the plan.")] = None,
    credits: Annotated[int | None, typer.Option(help="Photos under the plan.")] = None,
    percent: Annotated[int | None, typer.Option(help="Discount in percent, 1 to 99.")] = None,
    uses: Annotated[int, typer.Option(help="How many people may redeem each code.")] = 1,
    expires: Annotated[str | None, typer.Option(help="Last day, such as 2026-12-31, or a time.")] = None,
    count: Annotated[int, typer.Option(help="Number of codes.", min=1, max=MAX_CODES)] = 1,
    prefix: Annotated[str, typer.Option(help="Up to twelve letters and digits in front of each code.")] = "",
    plan: Annotated[
        str | None, typer.Option(help="The plan to unlock (default: premium), or the only plan of a discount.")
    ] = None,
    code: Annotated[str | None, typer.Option(help="Your own code, such as RESTORE40.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Accept a code of your own that is easy to guess.")] = False,
    note: Annotated[str, typer.Option(help="For your own records, up to 64 characters.")] = "",
    file: Annotated[Path | None, typer.Option("--csv", help="Write the codes to this new file.")] = None,
) -> None:
    """Create codes. They are shown only once."""

    async def making(settings: Settings, database: Database) -> None:
        wanted = _known_plan(settings.plans(), plan or (PREMIUM if kind is CodeKind.UNLOCK else None))
        unlocked = (days, credits)
        if kind is CodeKind.UNLOCK and wanted and unlocked == (None, None):
            unlocked = (wanted.days, wanted.credits)  # as much as one purchase contains
        spec = CodeSpec(
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
            made = await codes.create(spec, count=count, prefix=prefix, word=code, weak=force)
            for ident, text in made:
                print(ident, text)
        else:
            with _new_file(file) as stream:
                made = await codes.create(spec, count=count, prefix=prefix, word=code, weak=force)
                _write(stream, ("id", "code", *COLUMNS), [(*pair, *_fields(spec)) for pair in made])
            print(f"{len(made)} in {file}.")
        bits = GENERATED_BITS if code is None else strength_bits(normalised(code))
        print(f"Strength: about {bits:.0f} bits.", SHOWN_ONCE, file=sys.stderr)

    with_database(making)


@app.command("list")
def list_codes() -> None:
    """List all codes, what they give and how often they were redeemed, newest first."""

    async def listing(settings: Settings, database: Database) -> None:
        table = Table("id", "what", "redeemed", "state", "expires", "note", box=None, pad_edge=False)
        for code in await Codes(database, read_codes_key(settings)).list():
            spec = code.spec
            expires = _shown(spec.expires_at, settings.zone)
            table.add_row(code.id, what(spec), f"{code.redeemed} of {spec.uses}", state(code), expires, spec.note)
        Console(soft_wrap=True).print(table)

    with_database(listing)


@app.command()
def show(which: Which) -> None:
    """Show one code, what it gives and who redeemed it."""

    async def showing(settings: Settings, database: Database) -> None:
        code = await _find(Codes(database, read_codes_key(settings)), which)
        print(f"id        {code.id}")
        print(f"what      {what(code.spec)}")
        print(f"state     {state(code)}")
        print(f"redeemed  {code.redeemed} of {code.spec.uses}")
        print(f"made      {_shown(code.created_at, settings.zone)}")
        print(f"expires   {_shown(code.spec.expires_at, settings.zone) or 'never'}")
        if code.spec.note:
            print(f"note      {code.spec.note}")
        for redemption in await redeemed(database, code_id=code.id):
            print(f"          {_shown(redemption.at, settings.zone)}  {redemption.platform} {redemption.account}")

    with_database(showing)


@app.command()
def revoke(which: Which) -> None:
    """Revoke a code: nobody can redeem it any more. Earlier redemptions stay valid."""

    async def revoking(settings: Settings, database: Database) -> None:
        codes = Codes(database, read_codes_key(settings))
        code = await _find(codes, which)
        print(f"{code.id} {'is revoked' if await codes.revoke(code.id) else 'was revoked before'}.")

    with_database(revoking)


@app.command()
def export() -> None:
    """Write CSV to standard output: one line per redemption, and one per code without any.

    Times are UTC. The codes themselves are missing, because they are not stored.
    """

    async def exporting(settings: Settings, database: Database) -> None:
        by_code: dict[str, list[tuple[str, str, str]]] = {}
        for one in await redeemed(database):
            by_code.setdefault(one.code_id, []).append((one.platform, one.account, one.at.isoformat()))
        rows: list[tuple[object, ...]] = []
        for code in await Codes(database, read_codes_key(settings)).list():
            made, revoked = code.created_at.isoformat(), code.revoked_at and code.revoked_at.isoformat()
            uses = by_code.get(code.id, [("", "", "")])
            rows += [(code.id, *_fields(code.spec), made, revoked, code.redeemed, *use) for use in uses]
        heads = ("created_at", "revoked_at", "redeemed", "platform", "account", "redeemed_at")
        _write(sys.stdout, ("id", *COLUMNS, *heads), rows)

    with_database(exporting)


def what(spec: CodeSpec) -> str:
    """A short description of what a code gives."""
    if spec.kind is CodeKind.DISCOUNT:
        return f"{spec.percent} % off {spec.plan or 'any plan'}"
    return f"{spec.days} days of {spec.plan}" if spec.days else f"{spec.credits} photos of {spec.plan}"


def state(code: Code) -> str:
    """The state of a code: open, used up, expired or revoked."""
    if code.revoked_at is not None:
        return "revoked"
    if code.spec.expires_at is not None and code.spec.expires_at <= datetime.now(UTC):
        return "expired"
    return "used up" if code.redeemed >= code.spec.uses else "open"


def _known_plan(plans: Plans, name: str | None) -> Plan | None:
    if name is not None and name not in plans.paid:
        raise BadCode(f"There is no plan {name}. Plans: {', '.join(plans.paid)}.")
    return None if name is None else plans.paid[name]


def _moment(text: str, zone: ZoneInfo) -> datetime:
    """A code's end: the end of a day in the operator's time zone, or a given time."""
    try:
        if len(text) == len("2026-12-31"):
            ends = datetime.combine(date.fromisoformat(text) + timedelta(days=1), datetime.min.time(), zone)
        else:
            ends = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise BadCode(f"{text!r} is not a date; write one like 2026-12-31 or 2026-12-31T18:00.") from None
    ends = ends if ends.tzinfo else ends.replace(tzinfo=zone)
    if ends <= datetime.now(UTC):
        raise BadCode(f"{text} is in the past.")
    return ends


def _shown(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""


async def _find(codes: Codes, which: str) -> Code:
    code = await codes.find(which)
    if code is None:
        raise BadCode("This code does not exist; `magicmemory codes list` shows all.")
    return code


def _fields(spec: CodeSpec) -> tuple[object, ...]:
    expires = spec.expires_at and spec.expires_at.astimezone(UTC).isoformat()
    return (spec.kind, spec.plan, spec.days, spec.credits, spec.percent, spec.uses, expires, spec.note)


@contextmanager
def _new_file(file: Path) -> Iterator[TextIO]:
    """A new file that only its owner may read. It is opened before codes are created, so none is lost."""
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
