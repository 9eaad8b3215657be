"""Parameters that have two names, either of which is understood wherever the other is."""

from __future__ import annotations

from collections.abc import Mapping

OTHER_NAMES: Mapping[str, str] = {"activation": "nonlinearity", "nonlinearity": "activation"}
"""The other name of each."""
