"""The methods that are played, with the parameters the Bot API documents for them.

A method that is not in the table does not exist. Telegram itself overlooks parameters it does not know; here
they are refused, because a misspelt parameter is a mistake that nobody would ever see.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.servers.telegram import editing, paying, sending, setup
from tests.servers.telegram.call import Call
from tests.servers.telegram.world import World

Handler = Callable[[World, Call], Awaitable[Any]]


@dataclass(frozen=True)
class Method:
    """What a method does and takes."""

    name: str
    handler: Handler
    parameters: frozenset[str]


SEND = (
    "business_connection_id chat_id message_thread_id direct_messages_topic_id disable_notification "
    "protect_content allow_paid_broadcast message_effect_id suggested_post_parameters reply_parameters reply_markup "
)
ALBUM = SEND.replace("suggested_post_parameters ", "").replace("reply_markup ", "")
EDIT = "business_connection_id chat_id message_id inline_message_id reply_markup "
INVOICE = (
    "title description payload provider_token currency prices max_tip_amount suggested_tip_amounts "
    "provider_data photo_url photo_size photo_width photo_height need_name need_phone_number need_email "
    "need_shipping_address send_phone_number_to_provider send_email_to_provider is_flexible "
)

TABLE: tuple[tuple[str, Handler, str], ...] = (
    ("getMe", setup.get_me, ""),
    ("getChat", setup.get_chat, "chat_id"),
    ("getChatMember", setup.get_chat_member, "chat_id user_id"),
    ("getFile", setup.get_file, "file_id"),
    ("getUpdates", setup.get_updates, "offset limit timeout allowed_updates"),
    (
        "setWebhook",
        setup.set_webhook,
        "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
    ),
    ("deleteWebhook", setup.delete_webhook, "drop_pending_updates"),
    ("getWebhookInfo", setup.get_webhook_info, ""),
    ("setMyCommands", setup.set_my_commands, "commands scope language_code"),
    ("getMyCommands", setup.get_my_commands, "scope language_code"),
    ("deleteMyCommands", setup.delete_my_commands, "scope language_code"),
    ("setMyDescription", setup.set_my_description, "description language_code"),
    ("setMyShortDescription", setup.set_my_short_description, "short_description language_code"),
    ("sendMessage", sending.send_message, SEND + "text parse_mode entities link_preview_options"),
    (
        "sendPhoto",
        sending.send_photo,
        SEND + "photo caption parse_mode caption_entities show_caption_above_media has_spoiler",
    ),
    (
        "sendDocument",
        sending.send_document,
        SEND + "document thumbnail caption parse_mode caption_entities disable_content_type_detection",
    ),
    (
        "sendAnimation",
        sending.send_animation,
        SEND + "animation duration width height thumbnail caption parse_mode caption_entities "
        "show_caption_above_media has_spoiler",
    ),
    ("sendMediaGroup", sending.send_media_group, ALBUM + "media"),
    ("sendChatAction", sending.send_chat_action, "business_connection_id chat_id message_thread_id action"),
    ("editMessageText", editing.edit_message_text, EDIT + "text parse_mode entities link_preview_options"),
    (
        "editMessageCaption",
        editing.edit_message_caption,
        EDIT + "caption parse_mode caption_entities show_caption_above_media",
    ),
    ("editMessageMedia", editing.edit_message_media, EDIT + "media"),
    ("editMessageReplyMarkup", editing.edit_message_reply_markup, EDIT),
    ("deleteMessage", editing.delete_message, "chat_id message_id"),
    ("answerCallbackQuery", editing.answer_callback_query, "callback_query_id text show_alert url cache_time"),
    ("answerGuestQuery", editing.answer_guest_query, "guest_query_id result"),
    ("sendInvoice", paying.send_invoice, SEND + INVOICE + "start_parameter"),
    ("createInvoiceLink", paying.create_invoice_link, INVOICE + "business_connection_id subscription_period"),
    ("answerPreCheckoutQuery", paying.answer_pre_checkout_query, "pre_checkout_query_id ok error_message"),
    ("refundStarPayment", paying.refund_star_payment, "user_id telegram_payment_charge_id"),
    ("getStarTransactions", paying.get_star_transactions, "offset limit"),
    ("editUserStarSubscription", paying.edit_user_star_subscription, "user_id telegram_payment_charge_id is_canceled"),
)
METHODS = {name.lower(): Method(name, handler, frozenset(given.split())) for name, handler, given in TABLE}
