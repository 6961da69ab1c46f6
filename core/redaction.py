"""The net under every log line: what must not be read there is struck out, wherever it came from.

The code logs no secret on purpose. Exceptions of libraries do it by accident: a Telegram address holds the bot's token,
a signed link opens somebody's photo, a validation error quotes the bytes it was given.
"""

import os
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, quote_plus, unquote, urlsplit

from pydantic import SecretStr

from magicmemory.core.settings import Settings

STRUCK: Final = "***"
# Shorter ones are words too: struck out everywhere, they would make logs unreadable, and hide nothing.
MIN_SECRET_CHARS: Final = 6
IN_ENVIRONMENT: Final = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")

# What looks like a secret, for those that are nobody's setting. Each has the parts that stay as groups.
_PATTERNS: Final = (
    # user:password@ in a URL, of which the user stays; our own sentences say PASSWORD
    (re.compile(r"(://[^\s:/@'\"]*):(?!PASSWORD@)[^\s/'\"]*@"), rf"\1:{STRUCK}@"),
    # a URL's query: signatures of links, keys of stores
    (re.compile(r"(\w://[^\s?'\"<>]{0,2000}+)\?[^\s'\"<>]+"), rf"\1?{STRUCK}"),
    # the same where the address before it is left out
    (
        re.compile(r"(?i)\b(hm|sig|signature|x-amz-\w+|password|secret|token|access_key|api_key)=[^\s&'\",;)]+"),
        rf"\1={STRUCK}",
    ),
    # a Telegram bot's token: its id and 35 characters
    (re.compile(r"(?<!\d)\d{6,}:[\w-]{30,}"), STRUCK),
    # a Discord bot's token: id, time and signature
    (re.compile(r"(?<![\w-])[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"), STRUCK),
    # the token of one Discord interaction
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[^\s/'\"?]+"), rf"\1{STRUCK}"),
    # a code that unlocks something, see `storage.codes`
    (re.compile(r"(?<!\w)(?:[A-Z0-9]{1,12}-)?[2-9A-HJKMNP-Z]{4}(?:-[2-9A-HJKMNP-Z]{4}){2}(?!\w)"), STRUCK),
    # a photo's bytes, as Python writes them
    (re.compile(r"\bb(?:'(?:[^'\\\n]|\\.){12,}'|\"(?:[^\"\\\n]|\\.){12,}\")"), f"b'{STRUCK}'"),
)


class Redactor:
    """Strikes secrets out of texts."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """`secrets` are known ones; what looks like one is struck out anyway."""
        written = {form for secret in secrets if len(secret) >= MIN_SECRET_CHARS for form in _forms(secret)}
        longest_first = sorted(written, key=len, reverse=True)
        self._known = re.compile("|".join(re.escape(form) for form in longest_first)) if written else None

    @classmethod
    def of(cls, settings: Settings) -> "Redactor":
        """One that knows the settings' tokens and passwords."""
        values = [getattr(settings, name) for name in type(settings).model_fields]
        secrets = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        secrets += [password for value in values if isinstance(value, str) and (password := _password(value))]
        return cls([*secrets, *(os.environ.get(name, "") for name in IN_ENVIRONMENT)])

    def __call__(self, text: str) -> str:
        """The text without its secrets."""
        if self._known is not None:
            text = self._known.sub(STRUCK, text)
        for pattern, rest in _PATTERNS:
            text = pattern.sub(rest, text)
        return text


def _forms(secret: str) -> set[str]:
    """How a secret may be written: as it is, in a URL, and as Python or JSON quote it."""
    return {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1]}


def _password(url: str) -> str:
    try:
        return unquote(urlsplit(url).password or "") if "://" in url else ""
    except ValueError:  # it will not work as a URL either, and whoever uses it says so
        return ""
