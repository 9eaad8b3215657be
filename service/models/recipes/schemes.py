"""The schemes that recipes consist of."""

from __future__ import annotations

from dataclasses import dataclass

from service.models.architecture import Entry
from service.models.recipes.recipe import OfEachLayer, Place, Scheme


@dataclass(frozen=True)
class Everywhere:
    """A scheme that is the same at every place."""

    entry: Entry

    def __call__(self, place: Place) -> Entry:
        del place
        return self.entry


def normal(std: float) -> Scheme:
    """Return N(0, std²)."""
    return Everywhere({"initializer": "normal", "std": std})


def truncated(std: float, sigmas: float) -> Scheme:
    """Return N(0, std²) cut at so many of its standard deviations."""
    return Everywhere({"initializer": "truncated_normal", "std": std, "low": -sigmas, "high": sigmas})


def scaled_by_depth(std: float) -> Scheme:
    """Return N(0, std² / 2L) of a model of L layers."""
    return lambda place: {"initializer": "residual_scaled_normal", "std": std, "layers": place.model.layers}


def scaled_by_layer(std: float) -> Scheme:
    """Return N(0, std² / 2(l + 1)) of layer l."""
    return OfEachLayer(lambda place: {"initializer": "residual_scaled_normal", "std": std, "layer": place.layer})


ZEROS = Everywhere({"initializer": "zeros"})


def neutral(place: Place) -> Entry:
    """Return the scale that changes nothing: ones, or zeros where the family's code adds 1 to them."""
    return {"initializer": place.own["initializer"]}
