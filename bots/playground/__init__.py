"""The playground: a chat page on localhost, over the same service as the Telegram and Discord bots."""
