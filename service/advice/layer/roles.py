"""What the roles of layers imply."""

from __future__ import annotations

from service.advice.layer.vocabulary import LayerRole

TRANSFORMER_ROLES: frozenset[LayerRole] = frozenset(
    ("query", "key", "value", "qkv", "attention_output", "mlp_up", "mlp_gate", "mlp_down")
)
"""Of a transformer's layers."""

BLOCK_ROLES: frozenset[LayerRole] = TRANSFORMER_ROLES | {"hidden", "residual_last"}
"""Of layers that skip connections go around, in a residual network."""

LINEAR_ROLES: frozenset[LayerRole] = frozenset(
    ("head", "binary_head", "detector_head", "lm_head", "regression_head", "reconstruction_head", "projection_head",
     "mixture_head", "policy_head", "value_head", "variational_head",
     "query", "key", "value", "qkv", "attention_output", "mlp_down", "router", "modulation", "coupling_last",
     "patch_embedding", "residual_last", "shortcut", "deterministic_policy_head", "hypernetwork_output")
)  # fmt: skip
"""Of layers whose outputs no nonlinearity follows at once."""

CLASSIFIER_ROLES: frozenset[LayerRole] = frozenset(("head", "binary_head", "detector_head", "lm_head"))
"""Of layers whose outputs are logits of classes."""

HEAD_ROLES: frozenset[LayerRole] = frozenset(
    ("head", "binary_head", "detector_head", "lm_head", "regression_head", "reconstruction_head", "projection_head",
     "mixture_head", "policy_head", "value_head", "deterministic_policy_head", "variational_head")
)  # fmt: skip
"""Of layers that end a network, of which it may have several beside each other."""

NORMALIZED_ROLES: frozenset[LayerRole] = frozenset(("hidden", "first", "residual_last", "shortcut"))
"""Of layers that a network's normalisations follow: never of heads, gates, and parts of attention."""
