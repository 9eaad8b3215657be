"""Room that clients share."""

from __future__ import annotations

import math
from collections import Counter


class SharedRoom:
    """Room for `limit` of something, of which one client holds at most `alpha` times what is free.

    So one client that is alone has most, and one that comes new always finds some, however many there are: the dynamic
    threshold of Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998, where α is the same.
    """

    def __init__(self, limit: int, alpha: float) -> None:
        self._limit = limit
        self._alpha = alpha
        self._by_client: Counter[str] = Counter()
        self.held = 0

    @property
    def free(self) -> int:
        """What nobody holds."""
        return self._limit - self.held

    def has_share(self, client: str, amount: int = 1) -> bool:
        """Return whether `amount` more is within what a client may hold; what it asks for first is, however much."""
        own = self._by_client[client]
        return not own or own + amount <= math.ceil(self._alpha * self.free)

    def take(self, client: str, amount: int = 1) -> None:
        """Count what a client holds."""
        self.held += amount
        self._by_client[client] += amount

    def give_back(self, client: str, amount: int = 1) -> None:
        """Count it no longer."""
        self.take(client, -amount)
        if not self._by_client[client]:
            del self._by_client[client]
