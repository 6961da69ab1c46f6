"""The Telegram bot: an adapter over the service."""

from magicmemory.bots.telegram.app import serve

__all__ = ["serve"]
