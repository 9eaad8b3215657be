"""What a URL of the Hub may name that is not here."""

from __future__ import annotations


class RepositoryNotFound(LookupError):
    """An id that is that of no repository."""


class RevisionNotFound(LookupError):
    """A revision that a repository does not have."""


class EntryNotFound(LookupError):
    """A path that is that of no file at a commit."""

    def __init__(self, detail: str, commit: str) -> None:
        super().__init__(detail)
        self.commit = commit
