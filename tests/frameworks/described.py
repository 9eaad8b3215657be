"""The frameworks whose defaults are entries of the catalogue."""

from __future__ import annotations

from service.frameworks.registry import DEFAULT_INITIALIZERS

LAYERS_OF = {kind.name.removesuffix("_default"): kind.layers for kind in DEFAULT_INITIALIZERS}
"""Their layers by the framework's name."""
