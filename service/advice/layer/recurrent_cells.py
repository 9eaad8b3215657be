"""What is known of recurrent cells."""

from __future__ import annotations

from collections.abc import Mapping

from service.advice.layer.vocabulary import LayerKind

GATES: Mapping[LayerKind, int] = {"rnn": 1, "gru": 3, "lstm": 4}
"""How many gates a cell has. Their matrices, with a row for each unit of the state, are stacked on the out axis."""
