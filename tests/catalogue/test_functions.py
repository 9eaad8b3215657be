from __future__ import annotations

import pytest

from service.catalogue.functions import owners


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("torch.nn.init", {"pytorch"}),
        ("init", {"pytorch", "mlx"}),
        ("torch.somewhere.else", {"pytorch"}),
        ("keras.initializers", {"keras"}),
        ("jax.nn.initializers", {"jax"}),
        ("nobody", set()),
        (".".join(["nobody"] * 99), set()),
    ],
)
def test_a_module_is_of_those_who_write_it_or_else_its_first_names(module, names):
    found = {framework.name for framework in owners(module)}

    assert names <= found
    assert bool(found) == bool(names)
