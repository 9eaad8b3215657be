"""Which initializer a layer should have, and the evidence: rules, mean-field theory, defaults judged."""
