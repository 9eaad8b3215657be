"""What is usual in families of networks."""

from __future__ import annotations

from typing import get_args

import pytest

from service.activations.names import find_activation
from service.advice.layer.architectures import ARCHITECTURES
from service.advice.layer.description import ArchitectureName


def test_every_architecture_that_a_description_may_name_is_known():
    assert {*ARCHITECTURES} == {*get_args(ArchitectureName)}


@pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=ARCHITECTURES)
def test_an_architecture_has_a_known_activation(architecture):
    assert find_activation(architecture.activation).name == architecture.activation
