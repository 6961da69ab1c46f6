"""Who asks on Discord, where, and what is missing there."""

import discord

from magicmemory.bots.discord.reply_target import FILE_LIMIT, ReplyTarget
from magicmemory.core.job import Address, Platform, Sender

Interaction = discord.Interaction[discord.Client]


def sender_of(interaction: Interaction) -> Sender:
    """Who used a command or a button."""
    account = str(interaction.user.id)
    return Sender(platform=Platform.DISCORD, account=account, language=interaction.locale.value)


def sender_of_message(message: discord.Message) -> Sender:
    """Who wrote a message. It does not tell their language; the server's is the best guess."""
    language = message.guild.preferred_locale.value if message.guild else ""
    return Sender(platform=Platform.DISCORD, account=str(message.author.id), language=language)


def address_of(interaction: Interaction, part: int = 0) -> Address:
    """The interaction as what asked: each use of a command is a request of its own."""
    return _address(interaction.channel_id or 0, interaction.id, part)


def address_of_message(message: discord.Message, part: int = 0) -> Address:
    """A message as what asked."""
    return _address(message.channel.id, message.id, part)


def _address(channel: int, asked: int, part: int) -> Address:
    number = f"{asked}:{part}" if part else str(asked)
    return Address(platform=Platform.DISCORD, chat=str(channel), message=number)


def reply_target_of(interaction: Interaction, message: int, *, private: bool, spoiler: bool = False) -> ReplyTarget:
    """Where an interaction is answered, in `message`."""
    return ReplyTarget(
        channel=interaction.channel_id or 0,
        user=interaction.user.id,
        limit=interaction.filesize_limit or FILE_LIMIT,
        application=interaction.application_id,
        token=interaction.token,
        message=message,
        private=private,
        spoiler=spoiler,
    )


def missing_for_interaction(interaction: Interaction) -> str | None:
    """The text key of a permission that the bot lacks where a command was used."""
    return None if interaction.app_permissions.attach_files else "discord-permission-attach-files"


def missing_for_message(message: discord.Message) -> str | None:
    """The text key of a permission that the bot lacks where somebody wrote."""
    if message.guild is None or isinstance(message.channel, discord.PartialMessageable):
        return None
    may = message.channel.permissions_for(message.guild.me)
    in_thread = isinstance(message.channel, discord.Thread)
    if not (may.send_messages_in_threads if in_thread else may.send_messages):
        return "discord-permission-send-messages"
    return None if may.attach_files else "discord-permission-attach-files"


def may_reply(message: discord.Message) -> bool:
    """Whether the bot may refer to a message: that takes the permission to read the history."""
    if message.guild is None or isinstance(message.channel, discord.PartialMessageable):
        return True
    return message.channel.permissions_for(message.guild.me).read_message_history
