"""The playground: a chat page on loopback, a third adapter beside Telegram's and Discord's, behind the same service."""
