"""Activations that have no row in the table of activations, and what to say of them."""

from __future__ import annotations

from collections.abc import Mapping

from service.likeness import fold

_STEP = "has no slope but where it jumps, and is trained with a surrogate's: give that as activation_table, in a POST"
_OF_ITS_OWN = "has parameters that are trained: give it as activation_table, in a POST, with those that it starts with"
_SENTENCES: tuple[tuple[str, str], ...] = (
    ("heaviside step sign binary binarystep lif spike threshold hardthreshold ste surrogate", _STEP),
    ("aconc acon metaacon bspline spline pau rational dynamicrelu lete", _OF_ITS_OWN),
    (
        "thresholdedrelu softcap serf smelu bentidentity phish logish tanhexp",
        "has no row in the table of activations: give its samples as activation_table, in a POST",
    ),
)

INSTEAD: Mapping[str, str] = {fold(word): sentence for words, sentence in _SENTENCES for word in words.split()}
"""What to do instead of naming them, by folded names."""
