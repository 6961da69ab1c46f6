"""Fills in the privacy policy and the terms, and knows their addresses.

A template is Markdown. `{{ name }}` is replaced by a value; a line that begins with `[condition] ` stands only where
the condition is true.
"""

import re
import sys
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from magicmemory.bots import legal
from magicmemory.core.plans import Plan, Plans
from magicmemory.core.settings import Settings

PATH: Final = "/legal/"  # on the page
COOKIE_DAYS: Final = 365  # how long a browser keeps the cookie of the page
_CONDITION = re.compile(r"\[(\w+)\] ?")
_PLACEHOLDER = re.compile(r"\{\{ (\w+) \}\}")


class Document(StrEnum):
    """The documents; each has a template of that name."""

    PRIVACY = "privacy"
    TERMS = "terms"


def written(document: Document, settings: Settings, plans: Plans) -> str:
    """The document as Markdown, in English."""
    template = (files(legal) / f"{document}.md").read_text("utf-8")
    conditions, values = _conditions(settings, plans), _values(settings, plans)
    lines = []
    for line in template.splitlines():
        if condition := _CONDITION.match(line):
            if not conditions[condition.group(1)]:
                continue
            line = line[condition.end() :]
        filled = _PLACEHOLDER.sub(lambda match: values[match.group(1)], line)
        # A line that is nothing but an empty value leaves no gap, for example in a table.
        if filled or not line:
            lines.append(filled)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return f"{text}\n"


def as_html(markdown: str) -> str:
    """The document's body as HTML; HTML in it is shown as text."""
    from markdown_it import MarkdownIt  # only the page shows a document: a bot would import it in vain

    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown))


def address(document: Document, settings: Settings) -> str:
    """Where people can read the document: the operator's own page, else this service's, if its origin is known; else
    empty.
    """
    own = {Document.PRIVACY: settings.privacy_url, Document.TERMS: settings.terms_url}[document]
    if own or not settings.playground_origins:
        return own
    return f"{settings.playground_origins[0].rstrip('/')}{PATH}{document}"


def missing(settings: Settings) -> list[str]:
    """What a document needs and the settings do not say: a sentence each, for the operator."""
    said = []
    if not settings.support_contact:
        said.append("MAGIC_SUPPORT_CONTACT is not set: the document names nobody to write to.")
    if not settings.privacy_url and not settings.playground_origins:
        said.append("Neither MAGIC_PRIVACY_URL nor MAGIC_PLAYGROUND_ORIGINS is set: the bots show no address of it.")
    return said


def write_defaults(folder: Path) -> None:
    """Write the documents of the default settings, for docs/legal: `make docs`."""
    settings = Settings.model_construct()
    for document in Document:
        (folder / f"{document}.md").write_text(written(document, settings, settings.plans()), "utf-8")


def _conditions(settings: Settings, plans: Plans) -> dict[str, bool]:
    return {
        "paid": bool(_sold(plans)),
        "bucket": "://" in settings.photos,
        "sentry": settings.sentry_dsn is not None,
        "otel": bool(settings.otel_endpoint),
    }


def _values(settings: Settings, plans: Plans) -> dict[str, str]:
    contact, free = settings.support_contact, plans.free.photos_per_day
    fair_use = settings.fair_use_per_day
    sentry = settings.sentry_dsn.get_secret_value() if settings.sentry_dsn else ""
    return {
        "contact": f"The operator of this service can be reached at {contact}."
        if contact
        else "The operator of this service is the person who runs the bot or this page.",
        "hours": f"{settings.photo_retention_hours:g}",
        "cookie_days": str(COOKIE_DAYS),
        "bucket": urlsplit(settings.photos).hostname or "",
        "sentry": urlsplit(sentry).hostname or "",
        "otel": urlsplit(settings.otel_endpoint).hostname or "",
        "max_mb": f"{settings.max_photo_mb:g}",
        "max_megapixels": f"{plans.free.max_megapixels or settings.max_photo_megapixels:g}",
        "free": _free(free, settings.timezone),
        "adjustments": str(settings.adjustments),
        "adjustment_minutes": str(settings.adjustment_minutes),
        "fair_use": f"A plan with a time includes at most {fair_use} photos a day, unless its offer says otherwise."
        if fair_use
        else "A plan with a time has no daily limit, unless its offer says otherwise.",
        "plans": "\n".join(_row(plan) for plan in _sold(plans)),
    }


def _free(photos: int, zone: str) -> str:
    if not photos:
        return "No photo is free."
    number = f"{photos} photos a day are" if photos > 1 else "One photo a day is"
    return f"{number} free; a day begins at midnight ({zone})."


def _sold(plans: Plans) -> list[Plan]:
    return [plan for plan in plans.paid.values() if plan.stars or plan.discord_sku]


def _row(plan: Plan) -> str:
    gives = f"{plan.days} days" if plan.days else f"{plan.credits} photos"
    prices = [f"{plan.stars} Telegram Stars"] if plan.stars else []
    prices += ["as shown in Discord's shop"] if plan.discord_sku else []
    renewed = ", renewed monthly until cancelled" if plan.subscription else ""
    return f"| {plan.title_in('en')} | {gives}{renewed} | {' or '.join(prices)} |"


if __name__ == "__main__":
    write_defaults(Path(sys.argv[1]))
