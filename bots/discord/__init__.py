"""Discord: commands, message menus and direct messages, over the desk."""

from magicmemory.bots.discord.serve import serve

__all__ = ["serve"]
