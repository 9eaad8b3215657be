from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.checkpoints.names import NameTemplate
from service.models.templates import Layers, count, without_choices

PIECES = st.lists(
    st.sampled_from(["layers.", "{0..3}.", "{q,k,v}_proj.", "{a.b,c}.", "7.", "x"]), min_size=1, max_size=6
)


@given(pieces=PIECES)
def test_names_without_choices_stand_for_the_same(pieces):
    template = "".join(pieces) + "weight"
    each = [*without_choices(template)]
    assert sorted(name for own in each for name in NameTemplate(own)) == sorted(NameTemplate(template))
    assert sum(map(count, each)) == len(NameTemplate(template))


@given(pieces=PIECES)
def test_the_names_of_its_layers_are_those_that_it_stands_for(pieces):
    (template, *_) = without_choices("".join(pieces) + "weight")
    layers = Layers.of(template)
    if len(layers.numbers):
        names = [name for layer in layers.numbers for name in NameTemplate(layers.name(layer))]
        assert sorted(names) == sorted(NameTemplate(template))


def test_a_name_of_no_layer_has_none():
    assert not Layers.of("model.embed_tokens.weight").numbers
