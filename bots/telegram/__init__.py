"""The Telegram bot: an adapter over the desk."""

from magicmemory.bots.telegram.app import serve

__all__ = ["serve"]
