"""The refusals of the Bot API: a code, a description in Telegram's own words, and parameters."""

from typing import Any


class Refusal(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON that a client receives."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(description: str) -> Refusal:
    """A parameter cannot be used."""
    return Refusal(400, f"Bad Request: {description}")


def forbidden(description: str) -> Refusal:
    """The bot may not do this in that chat."""
    return Refusal(403, f"Forbidden: {description}")


def too_many_requests(retry_after: int) -> Refusal:
    """The bot shall wait."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


NOT_FOUND = Refusal(404, "Not Found")
