"""Discord: commands, message menus and direct messages, over `BotService`."""

from magicmemory.bots.discord.bot import serve

__all__ = ["serve"]
