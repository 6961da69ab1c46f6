"""The refusals of Discord's API, in its own shape and with its codes."""

from typing import Any

JSON = dict[str, Any]


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.body: JSON = {"message": message, "code": code, **more}
        self.headers: dict[str, str] = {}


def not_found() -> Refusal:
    """No such route."""
    return Refusal(404, 0, "404: Not Found")


def method_not_allowed() -> Refusal:
    """The route exists, but not with this method."""
    return Refusal(405, 0, "405: Method Not Allowed")


def unauthorized() -> Refusal:
    """No token, or a wrong one."""
    return Refusal(401, 0, "401: Unauthorized")


UNKNOWN = {
    10002: "Unknown Application",
    10003: "Unknown Channel",
    10004: "Unknown Guild",
    10007: "Unknown Member",
    10008: "Unknown Message",
    10013: "Unknown User",
    10015: "Unknown Webhook",
    10029: "Unknown Entitlement",
    10062: "Unknown interaction",
    10063: "Unknown application command",
}
FORBIDDEN = {
    50001: "Missing Access",
    50005: "Cannot edit a message authored by another user",
    50007: "Cannot send messages to this user",
    50013: "Missing Permissions",
}


def unknown(code: int) -> Refusal:
    """404 with one of the `UNKNOWN` codes."""
    return Refusal(404, code, UNKNOWN[code])


def forbidden(code: int) -> Refusal:
    """403 with one of the `FORBIDDEN` codes."""
    return Refusal(403, code, FORBIDDEN[code])


def already_acknowledged() -> Refusal:
    """The second first answer to an interaction."""
    return Refusal(400, 40060, "Interaction has already been acknowledged.")


def empty_message() -> Refusal:
    """A message with nothing in it."""
    return Refusal(400, 50006, "Cannot send an empty message")


def too_large() -> Refusal:
    """A file over the place's limit."""
    return Refusal(413, 40005, "Request entity too large")


def invalid_json() -> Refusal:
    """The body cannot be read."""
    return Refusal(400, 50109, "The request body contains invalid JSON.")


def invalid_token() -> Refusal:
    """The interaction's token has expired."""
    return Refusal(401, 50027, "Invalid Webhook Token")


def too_many_follow_ups() -> Refusal:
    """A user-installed app may follow up five times where it is not a member."""
    return Refusal(400, 40094, "Maximum number of follow-up messages for this interaction reached")


class Form:
    """Collects what is wrong with a body, in Discord's tree of errors."""

    def __init__(self) -> None:
        self._errors: JSON = {}

    def wrong(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Note one error at a place such as `("components", 0, "label")`."""
        node = self._errors
        for part in path:
            node = node.setdefault(str(part), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def length(self, path: tuple[str | int, ...], value: object, least: int, most: int) -> bool:
        """Check a text's length; False, with the error noted, where it does not fit."""
        if not isinstance(value, str):
            code = "BASE_TYPE_REQUIRED" if value is None else "STRING_TYPE_CONVERT"
            self.wrong(path, code, "This field is required" if value is None else "Could not interpret as string.")
        elif len(value) > most or len(value) < least:
            self.wrong(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        else:
            return True
        return False

    def check(self) -> None:
        """Raise 50035 if anything is wrong."""
        if self._errors:
            raise Refusal(400, 50035, "Invalid Form Body", errors=self._errors)
