"""Commands are registered with Discord only when they changed: a day has only so many registrations."""

import asyncio
import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

log = logging.getLogger(__name__)

FILE = "discord-commands.json"


async def sync_if_changed(tree: "app_commands.CommandTree[Any]", folder: Path) -> bool:
    """Register the commands unless Discord has these already. What it has is noted in `folder`."""
    application = str(tree.client.application_id)
    fingerprint = await _fingerprint(tree)
    file = folder / FILE
    known = await asyncio.to_thread(_read, file)
    if known.get(application) == fingerprint:
        return False
    commands = await tree.sync()
    await asyncio.to_thread(_write, file, {**known, application: fingerprint})
    log.info("Discord: %d commands are registered", len(commands))
    return True


async def _fingerprint(tree: "app_commands.CommandTree[Any]") -> str:
    translator = tree.translator
    payloads = []
    for command in _all(tree):
        if translator is None:
            payloads.append(command.to_dict(tree))
        else:
            payloads.append(await command.get_translated_payload(tree, translator))
    text = json.dumps([discord.__version__, payloads], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _all(tree: "app_commands.CommandTree[Any]") -> list[Any]:
    kinds = (discord.AppCommandType.chat_input, discord.AppCommandType.message)
    return [command for kind in kinds for command in tree.get_commands(type=kind)]


def _read(file: Path) -> dict[str, str]:
    try:
        known = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write(file: Path, known: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(known, indent=1))
