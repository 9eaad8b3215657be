import pytest

from service.catalogue.catalogue import CATALOGUE, NotOfShape
from service.catalogue.data_dependent import DATA_DEPENDENT


@pytest.mark.parametrize("name", DATA_DEPENDENT)
def test_asking_for_it_says_what_it_needs_and_names_the_nearest(name):
    with pytest.raises(NotOfShape) as caught:
        CATALOGUE.get(name.upper())

    assert CATALOGUE.get(caught.value.nearest).name == DATA_DEPENDENT[name].nearest
    assert DATA_DEPENDENT[name].needs in str(caught.value)
