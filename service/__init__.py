"""Fanin: neural-network weights over HTTP, each tensor a pure function of its URL."""

__version__ = "0.2.0.dev0"
