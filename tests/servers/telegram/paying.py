"""Stars: invoices, the pre-checkout query, refunds, the list of transactions."""

import secrets
import time
from typing import Any

from tests.servers.telegram.call import Call
from tests.servers.telegram.editing import answer
from tests.servers.telegram.model import JSON, Chat
from tests.servers.telegram.refusals import bad_request
from tests.servers.telegram.sending import done, target
from tests.servers.telegram.world import Payment, World

MONTH_S = 2_592_000
PAYLOAD_BYTES = 128
TITLE = 32
DESCRIPTION = 255
MOST_STARS = 10_000
MOST_TRANSACTIONS = 100


def _invoice(call: Call) -> JSON:
    title, description = call.required("title"), call.required("description")
    payload, currency = call.required("payload"), call.required("currency")
    call.required("prices")
    if len(title) > TITLE:
        raise bad_request("INVOICE_TITLE_TOO_LONG")
    if len(description) > DESCRIPTION:
        raise bad_request("INVOICE_DESCRIPTION_TOO_LONG")
    if len(payload.encode()) > PAYLOAD_BYTES:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    amount = _amount(call.json("prices", "prices"), currency)
    if currency != "XTR":
        raise bad_request("PAYMENT_PROVIDER_INVALID")  # no provider is connected to this bot
    if call.text("provider_token") or call.integer("max_tip_amount"):
        raise bad_request("STARS_INVOICE_INVALID")
    if not 1 <= amount <= MOST_STARS:
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")
    return {
        "title": title,
        "description": description,
        "payload": payload,
        "currency": currency,
        "total_amount": amount,
        "start_parameter": call.text("start_parameter"),
        "subscription": False,
    }


def _amount(prices: Any, currency: str) -> int:
    if not isinstance(prices, list):
        raise bad_request("expected an Array of labeled prices")
    if not prices:
        raise bad_request("there must be at least one price")
    for price in prices:
        if not isinstance(price, dict):
            raise bad_request("can't parse labeled price: LabeledPrice must be an Object")
        if not price.get("label"):
            raise bad_request("can't parse labeled price: LabeledPrice label must be non-empty")
        if not isinstance(price.get("amount"), int):
            raise bad_request('can\'t parse labeled price: Field "amount" must be a Number')
    if currency == "XTR" and len(prices) != 1:
        raise bad_request("STARS_INVOICE_INVALID")
    return sum(int(price["amount"]) for price in prices)


async def send_invoice(world: World, call: Call) -> JSON:
    invoice = _invoice(call)
    keyboard = call.keyboard() or [[{"text": f"Pay ⭐️{invoice['total_amount']}", "pay": True}]]
    if not keyboard[0][0].get("pay"):
        raise bad_request("REPLY_MARKUP_BUY_EMPTY")
    chat, place = target(world, call)
    return done(world, chat.add(world.bot, invoice=invoice, keyboard=keyboard, **place))


async def create_invoice_link(world: World, call: Call) -> str:
    invoice = _invoice(call)
    period = call.integer("subscription_period")
    if period not in (0, MONTH_S):
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
    link = f"https://t.me/$${secrets.token_urlsafe(12)}".replace("$$", "$")
    world.invoice_links[link] = invoice | {"subscription": bool(period)}
    return link


async def answer_pre_checkout_query(world: World, call: Call) -> bool:
    given: JSON = {"ok": call.flag("ok"), "error_message": call.text("error_message")}
    if not given["ok"]:
        call.required("error_message")
    return answer(world, world.checkouts, call.text("pre_checkout_query_id"), world.pre_checkout_s, given)


async def refund_star_payment(world: World, call: Call) -> bool:
    user = call.integer("user_id")
    if user <= 0:
        raise bad_request("invalid user_id specified")
    payment = world.payments.get(call.required("telegram_payment_charge_id"))
    if payment is None or payment.payer.id != user:
        raise bad_request("CHARGE_NOT_FOUND")
    if payment.refunded:
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    refund(world, payment)
    return True


def refund(world: World, payment: Payment) -> None:
    """Give a payment back, and tell the bot."""
    payment.refunded = True
    told: JSON = {
        "currency": "XTR",
        "total_amount": payment.amount,
        "invoice_payload": payment.payload,
        "telegram_payment_charge_id": payment.charge,
    }
    chat: Chat = world.chats[payment.payer.id]
    world.tell(chat.add(world.bot, other={"refunded_payment": told}))


def charged(world: World, like: Payment, *, is_first: bool) -> tuple[str, JSON]:
    """A payment like that goes through under an id of its own; the id, and what the bot is told."""
    charge = f"stx{secrets.token_urlsafe(24)}"
    world.payments[charge] = Payment(charge, like.payer, like.amount, like.payload, like.subscription)
    told: JSON = {
        "currency": "XTR",
        "total_amount": like.amount,
        "invoice_payload": like.payload,
        "telegram_payment_charge_id": charge,
        "provider_payment_charge_id": "",
    }
    if like.subscription:
        told |= {"subscription_expiration_date": int(time.time()) + MONTH_S, "is_recurring": True}
        told |= {"is_first_recurring": True} if is_first else {}
    return charge, told


async def get_star_transactions(world: World, call: Call) -> JSON:
    offset, limit = call.integer("offset"), call.integer("limit", MOST_TRANSACTIONS)
    if not 1 <= limit <= MOST_TRANSACTIONS:
        raise bad_request("LIMIT_INVALID")
    rows: list[JSON] = []
    for payment in world.payments.values():
        partner = {
            "type": "user",
            "transaction_type": "invoice_payment",
            "user": payment.payer.json(),
            "invoice_payload": payment.payload,
        }
        row: JSON = {"id": payment.charge, "amount": payment.amount, "date": payment.date}
        rows.append(row | {"source": partner})
        if payment.refunded:
            rows.append(row | {"receiver": partner})
    return {"transactions": rows[offset : offset + limit]}


async def edit_user_star_subscription(world: World, call: Call) -> bool:
    payment = world.payments.get(call.required("telegram_payment_charge_id"))
    if payment is None or payment.payer.id != call.integer("user_id") or not payment.subscription:
        raise bad_request("CHARGE_NOT_FOUND")
    payment.ended = call.flag("is_canceled")
    return True
