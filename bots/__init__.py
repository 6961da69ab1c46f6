"""The adapters: Telegram, Discord and the web playground, and the desk that stands behind all of them."""
