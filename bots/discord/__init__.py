"""Discord: commands, message menus and direct messages, over the service."""

from magicmemory.bots.discord.serve import serve

__all__ = ["serve"]
