"""What all adapters say about plans: what somebody has, what there is to buy, what a code was good for."""

from collections.abc import Sequence
from datetime import UTC, datetime

from magicmemory.bots.texts import Texts
from magicmemory.core.job import Quota
from magicmemory.core.plans import FREE, PREMIUM, Plan, Plans
from magicmemory.storage.codes import CodeKind, CodeSpec
from magicmemory.storage.payments import Offer

# How few photos a paid plan must have left today before anybody wants to hear of its limit.
FEW = 20


def title(plans: Plans, language: str, name: str) -> str:
    """A plan's title. One that is gone from the file of plans goes by its name."""
    plan = plans.paid.get(name) or Plan(name=name or PREMIUM, days=1)
    return plan.title_in(language)


def has_text(texts: Texts, plans: Plans, language: str, quota: Quota) -> str:
    """What somebody has beyond the free photos; empty where that is nothing."""
    parts = []
    if quota.plan != FREE:
        plan = title(plans, language, quota.plan)
        if quota.plan_ends is None:
            parts.append(texts.say(language, "plan-has-endless", plan=plan))
        else:
            seconds = (quota.plan_ends - datetime.now(UTC)).total_seconds()
            parts.append(texts.say(language, "plan-has", plan=plan, time=texts.duration(language, seconds)))
    if quota.credits:
        parts.append(texts.say(language, "plan-photos-left", count=quota.credits))
    return " ".join(parts)


def quota_text(texts: Texts, plans: Plans, language: str, quota: Quota) -> str:
    """What is left today, when it renews, and what there is beyond it."""
    has = has_text(texts, plans, language, quota)
    if quota.unlimited or (quota.plan != FREE and quota.left >= FEW) or (has and quota.plan == FREE and not quota.left):
        return has
    if not quota.limit:
        return texts.say(language, "quota-none")
    renews_in = texts.duration(language, (quota.renews_at - datetime.now(UTC)).total_seconds())
    left = texts.say(language, "quota-left", left=quota.left, limit=quota.limit, renews_in=renews_in)
    return f"{left} {has}".strip()


def offer_text(texts: Texts, language: str, offer: Offer) -> str:
    """One line: the plan, what it gives, and its price in Telegram Stars."""
    plan = offer.plan
    if offer.subscription:
        kind, number = "offer-subscription", plan.days or 0
    elif plan.days:
        kind, number = "offer-days", plan.days
    else:
        kind, number = "offer-photos", plan.credits or 0
    line = texts.say(language, kind, plan=plan.title_in(language), count=number, price=offer.price)
    if offer.price < offer.full_price:
        line += " " + texts.say(language, "offer-instead", full=offer.full_price)
    return line


def offers_text(texts: Texts, plans: Plans, language: str, quota: Quota, lines: Sequence[str]) -> str:
    """What `/premium` says: what somebody has, what is free, and a line for each thing they can buy here."""
    free = plans.free.photos_per_day
    parts = [has_text(texts, plans, language, quota), texts.say(language, "offers-free", free=free) if free else ""]
    parts.append(texts.say(language, "offers-intro" if lines else "offers-none"))
    parts += [f"• {line}" for line in lines]
    parts.append(texts.say(language, "offers-code"))
    return "\n".join(part for part in parts if part)


def redeemed_text(texts: Texts, plans: Plans, language: str, terms: CodeSpec) -> str:
    """What a code that was just redeemed was good for."""
    if terms.kind is CodeKind.DISCOUNT:
        return texts.say(language, "code-discount", percent=terms.percent or 0)
    plan = title(plans, language, terms.plan or PREMIUM)
    if terms.credits is not None:
        return texts.say(language, "code-unlocked-photos", plan=plan, count=terms.credits)
    return texts.say(language, "code-unlocked-days", plan=plan, count=terms.days or 0)
