"""The exception for requests that cannot be served."""

from http import HTTPStatus


class Refused(Exception):
    """A request that cannot be served. `key` names the sentence `playground-error-<key>`."""

    def __init__(self, status: HTTPStatus, key: str, retry_after_s: float = 0) -> None:
        super().__init__(key)
        self.status = status
        self.key = key
        self.retry_after_s = retry_after_s
