"""The methods by which a bot introduces itself, receives updates and fetches files."""

import json
import re
from typing import Any

from tests.servers.telegram.call import Call
from tests.servers.telegram.model import JSON
from tests.servers.telegram.refusals import bad_request
from tests.servers.telegram.world import World

COMMANDS = 100
DESCRIPTIONS = {"description": 512, "short_description": 120}
SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)

# The rights of an administrator, which are part of every answer about one.
ADMINISTRATOR = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
    *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories"),
    *("can_edit_stories", "can_delete_stories"),
)


async def get_me(world: World, _: Call) -> JSON:
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return world.bot.json() | abilities


async def get_chat(world: World, call: Call) -> JSON:
    chat = world.chat(call.text("chat_id"))
    return chat.json() | {"accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": {}}


async def get_file(world: World, call: Call) -> JSON:
    if not call.text("file_id"):
        raise bad_request("file_id not specified")
    return world.files.path(call.text("file_id"))


async def get_chat_member(world: World, call: Call) -> JSON:
    chat = world.chat(call.text("chat_id"))
    if call.integer("user_id") == world.bot.id:
        chat.check_write()
        rights = dict.fromkeys(ADMINISTRATOR, False) if chat.bot_is == "administrator" else {}
        return {"status": chat.bot_is, "user": world.bot.json(), **rights}
    account = world.accounts.get(call.integer("user_id"))
    if account is None:
        raise bad_request("user not found")
    if account.id not in chat.administrators:
        return {"status": "member", "user": account.json()}
    return {"status": "creator", "user": account.json(), "is_anonymous": True}


async def get_updates(world: World, call: Call) -> list[JSON]:
    if call.text("allowed_updates"):
        world.updates.allow(call.json("allowed_updates", "allowed updates"))
    limit = min(100, max(1, call.integer("limit", 100)))
    return await world.updates.poll(call.integer("offset"), limit, max(0, call.integer("timeout")))


async def set_webhook(world: World, call: Call) -> bool:
    secret = call.text("secret_token")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    if call.text("allowed_updates"):
        world.updates.allow(call.json("allowed_updates", "allowed updates"))
    if call.flag("drop_pending_updates"):
        world.updates.drop()
    await world.updates.set_webhook(call.text("url"), secret, call.integer("max_connections", 40))
    return True


async def delete_webhook(world: World, call: Call) -> bool:
    if call.flag("drop_pending_updates"):
        world.updates.drop()
    await world.updates.set_webhook("", "", 0)
    return True


async def get_webhook_info(world: World, _: Call) -> JSON:
    webhook = world.updates.webhook
    body: JSON = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": world.updates.pending(),
    }
    return body | ({"last_error_message": webhook.last_error} if webhook and webhook.last_error else {})


def _scope(world: World, call: Call) -> tuple[str, str]:
    scope = call.json("scope", "BotCommandScope")
    if scope is None:
        scope = {"type": "default"}
    if not isinstance(scope, dict):
        raise bad_request("can't parse BotCommandScope: BotCommandScope must be an Object")
    if scope.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if "chat_id" in scope:
        world.chat(str(scope["chat_id"]))
    language = call.text("language_code")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    return json.dumps(scope, sort_keys=True), language


def _command(item: Any) -> JSON:
    if not isinstance(item, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = item.get("command"), item.get("description")
    if not isinstance(name, str) or not re.fullmatch("[a-z0-9_]{1,32}", name.removeprefix("/").lower()):
        raise bad_request("BOT_COMMAND_INVALID")
    if not isinstance(description, str) or not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.removeprefix("/").lower(), "description": description}


async def set_my_commands(world: World, call: Call) -> bool:
    given = call.json("commands", "commands")
    if not isinstance(given, list):
        raise bad_request("expected an Array of BotCommand")
    if len(given) > COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(item) for item in given]
    world.commands[_scope(world, call)] = commands
    return True


async def get_my_commands(world: World, call: Call) -> list[JSON]:
    return world.commands.get(_scope(world, call), [])


async def delete_my_commands(world: World, call: Call) -> bool:
    world.commands.pop(_scope(world, call), None)
    return True


async def set_my_description(world: World, call: Call) -> bool:
    return _describe(world, call, "description")


async def set_my_short_description(world: World, call: Call) -> bool:
    return _describe(world, call, "short_description")


def _describe(world: World, call: Call, what: str) -> bool:
    if len(call.text(what)) > DESCRIPTIONS[what]:
        raise bad_request(f"BOT_{what.upper()}_TOO_LONG")
    world.profile[(what, call.text("language_code"))] = call.text(what)
    return True
