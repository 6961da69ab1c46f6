"""Keyed hashes: for ids that only the service can issue, and for values that are stored as a hash only."""

import hashlib
import hmac


class Signer:
    """Makes keyed hashes. Each purpose has hashes of its own."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def hash(self, purpose: str, text: str) -> str:
        """32 hexadecimal characters, equal for equal texts; without the key nobody can make them."""
        return hmac.new(self._key, f"{purpose}:{text}".encode(errors="replace"), hashlib.sha256).hexdigest()[:32]

    def is_hash(self, purpose: str, text: str, claimed: str) -> bool:
        """Whether `claimed` is the hash of `text`, in constant time."""
        return hmac.compare_digest(self.hash(purpose, text).encode(), claimed.encode(errors="replace"))
