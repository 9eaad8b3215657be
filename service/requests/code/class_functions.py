"""The functions of a network's class: which make its layers, and which it is used by."""

from __future__ import annotations

MAKING = ("__init__", "setup", "build")
"""Those that make the layers, in the frameworks that have classes of networks."""
ENTRIES = ("forward", "__call__", "call", "construct")
"""Those that the network is used by."""
