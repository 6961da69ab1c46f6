"""Commands that are imported when they are used: together they take a second, which each process would wait for."""

from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup

from magicmemory.cli.imports import quick_imports


class LazyGroup(TyperGroup):
    """A group with commands of its own and commands of other modules."""

    # By name: `module:object`; the object is a function or a `Typer`.
    first: ClassVar = {
        "restore": "restore:restore",
        "inspect": "inspect:inspect",
        "faces": "faces:faces",
        "setup": "setup:setup",
        "doctor": "doctor:doctor",
        "legal": "legal:legal",
        "backup": "backup:backup",
        "restore-backup": "backup:restore_backup",
    }
    last: ClassVar = {
        "models": "models:app",
        "bench": "bench:app",
        "codes": "codes:app",
        "admin": "admin:app",
        "database": "database:app",
    }

    def list_commands(self, ctx: Any) -> list[str]:
        """The names in the order of the help."""
        return [*self.first, *super().list_commands(ctx), *self.last]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command with this name; its module is imported now."""
        place = (self.first | self.last).get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, name = place.split(":")
        with quick_imports():
            found = getattr(import_module(f"magicmemory.cli.{module}"), name)
        parent = typer.Typer(add_completion=False)
        if not isinstance(found, typer.Typer):
            parent.command(cmd_name)(found)
            return typer.main.get_command(parent)
        parent.add_typer(found, name=cmd_name)
        return typer.main.get_group(parent).commands[cmd_name]
