"""The adapters: Telegram, Discord and the web playground, and the service that stands behind all of them."""
