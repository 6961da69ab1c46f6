"""The Discord bot as a process of its own, which is told where our Discord is. The settings come from the environment.

python -m tests.chaos.discord_bot API_URL GATEWAY_URL
"""

import sys

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from magicmemory.cli.processes import run_service

if __name__ == "__main__":
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = sys.argv[1], yarl.URL(sys.argv[2])
    run_service("discord", "magicmemory.bots.discord", database=True)
