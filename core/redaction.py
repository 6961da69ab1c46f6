"""Removes secrets from log lines and error messages.

Our code does not log secrets. Exceptions of libraries do: a Telegram URL contains the bot's token, a signed link opens
a person's photo, a validation error quotes its input.
"""

import os
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, quote_plus, unquote, urlsplit

from pydantic import SecretStr

from magicmemory.core.settings import Settings

STRUCK: Final = "***"
# A shorter secret may be an ordinary word; removing it everywhere would make logs unreadable.
MIN_SECRET_CHARS: Final = 6
IN_ENVIRONMENT: Final = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")

# Patterns of secrets that are not settings. Groups mark the parts that stay.
_PATTERNS: Final = (
    # user:password@ in a URL; the user stays, and so does the word PASSWORD of our own messages
    (re.compile(r"(://[^\s:/@'\"]*):(?!PASSWORD@)[^\s/'\"]*@"), rf"\1:{STRUCK}@"),
    # a URL's query: signatures of links, keys of stores
    (re.compile(r"(\w://[^\s?'\"<>]{0,2000}+)\?[^\s'\"<>]+"), rf"\1?{STRUCK}"),
    # the same without the address before it
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
    # a generated code, see `storage.codes`
    (re.compile(r"(?<!\w)(?:[A-Z0-9]{1,12}-)?[2-9A-HJKMNP-Z]{4}(?:-[2-9A-HJKMNP-Z]{4}){2}(?!\w)"), STRUCK),
    # a photo's bytes, as Python writes them
    (re.compile(r"\bb(?:'(?:[^'\\\n]|\\.){12,}'|\"(?:[^\"\\\n]|\\.){12,}\")"), f"b'{STRUCK}'"),
)


class Redactor:
    """Replaces secrets in texts by `***`."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """`secrets` are known secrets. Texts that look like secrets are always replaced."""
        written = {form for secret in secrets if len(secret) >= MIN_SECRET_CHARS for form in _forms(secret)}
        longest_first = sorted(written, key=len, reverse=True)
        self._known = re.compile("|".join(re.escape(form) for form in longest_first)) if written else None

    @classmethod
    def of(cls, settings: Settings) -> "Redactor":
        """A redactor that knows the settings' tokens and passwords."""
        values = [getattr(settings, name) for name in type(settings).model_fields]
        secrets = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        secrets += [password for value in values if isinstance(value, str) and (password := _password(value))]
        return cls([*secrets, *(os.environ.get(name, "") for name in IN_ENVIRONMENT)])

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        if self._known is not None:
            text = self._known.sub(STRUCK, text)
        for pattern, rest in _PATTERNS:
            text = pattern.sub(rest, text)
        return text


def _forms(secret: str) -> set[str]:
    """The written forms of a secret: plain, in a URL, and as Python or JSON quote it."""
    return {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1]}


def _password(url: str) -> str:
    try:
        return unquote(urlsplit(url).password or "") if "://" in url else ""
    except ValueError:  # the code that uses the URL reports the error
        return ""
