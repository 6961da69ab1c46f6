"""What Telegram's errors mean for a message that has to go out."""

from collections.abc import Iterator
from contextlib import contextmanager

from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from magicmemory.bots.telegram.rate_limiter import pause_of
from magicmemory.queue.delivery import RetryLater, Undeliverable

# Parts of descriptions after which no other try can succeed.
NOBODY_THERE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
    "message thread not found",
    "topic_closed",
    "group chat was upgraded",
)
NOT_THERE_ANY_MORE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message",
    "there is no caption in the message",
)


def says(error: TelegramError, *parts: str) -> bool:
    """Whether the description has one of these parts."""
    description = error.message.lower()
    return any(part in description for part in parts)


def is_unchanged(error: BadRequest) -> bool:
    """The message says already what it was told to say: an earlier try arrived."""
    return says(error, "message is not modified")


@contextmanager
def delivering() -> Iterator[None]:
    """Turn Telegram's errors into what the delivery worker understands."""
    try:
        yield
    except Forbidden as error:
        raise Undeliverable(error.message) from error
    except RetryAfter as error:
        raise RetryLater(pause_of(error)) from error
    except BadRequest as error:
        if says(error, *NOBODY_THERE):
            raise Undeliverable(error.message) from error
        raise
    except NetworkError as error:
        raise RetryLater from error
