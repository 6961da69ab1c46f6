"""Units of file sizes. Settings and messages use megabytes; Telegram's and Discord's limits are mebibytes."""

from typing import Final

MB: Final = 1_000_000
MIB: Final = 1024 * 1024
