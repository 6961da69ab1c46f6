"""The `magicmemory` command: every process of the service starts here."""

from typing import Annotated

import typer

from magicmemory.cli.lazy_commands import LazyGroup
from magicmemory.cli.processes import operator_errors, package_version, run_service, run_until_interrupted
from magicmemory.core.settings import load

app = typer.Typer(
    name="magicmemory",
    cls=LazyGroup,
    help="A chat bot service that restores faces in old photos.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if show_version:
        print(package_version())
    elif context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def run() -> None:
    """Start everything on this machine: Redis, a worker, the playground, and each bot with a token."""
    from magicmemory.cli.run import run_everything

    run_until_interrupted("run", run_everything)


@app.command()
def demo() -> None:
    """Send the sample photo through the whole service once, and save the result in `var/demo`."""
    from magicmemory.cli.demo import run_demo

    run_until_interrupted("demo", run_demo)


@app.command()
def worker() -> None:
    """Restore photos from the queue. Needs only MAGIC_REDIS_URL and the photo store."""
    run_service("worker", "magicmemory.cli.worker", database=False)


@app.command()
def playground() -> None:
    """Serve the web playground. Needs MAGIC_REDIS_URL."""
    run_service("playground", "magicmemory.bots.playground.server", database=True)


@app.command()
def telegram() -> None:
    """Run the Telegram bot. Needs MAGIC_REDIS_URL and MAGIC_TELEGRAM_TOKEN."""
    run_service("telegram", "magicmemory.bots.telegram", database=True)


@app.command()
def discord() -> None:
    """Run the Discord bot. Needs MAGIC_REDIS_URL and MAGIC_DISCORD_TOKEN."""
    run_service("discord", "magicmemory.bots.discord", database=True)


@app.command()
def healthcheck(
    alive: Annotated[
        bool, typer.Option("--alive", help="Check only that the process runs, not that it can work.")
    ] = False,
) -> None:
    """Check whether the process with these settings can work: status 0 or 2, for container health checks."""
    from magicmemory.cli.healthcheck import check_health

    with operator_errors():
        check_health(load(), "/healthz" if alive else "/readyz")


main = app

if __name__ == "__main__":
    main()
