"""Python imports this at start: it tells the Discord bot where our Discord is (`CHAOS_DISCORD`: API and gateway)."""

import os
import sys

if os.environ.get("CHAOS_DISCORD") and sys.orig_argv[-1] == "discord":
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    Route.BASE, gateway = os.environ["CHAOS_DISCORD"].split()
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
