"""What stands in an SVG: its texts, its lines in the numbers of its axes, its images."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

import numpy as np
from PIL import Image

from service.pictures.drawing.figure import draw, prepare
from service.pictures.picture import Rendering
from service.pictures.tensors.tensor_picture import TensorPicture
from service.requests.members import Members
from service.requests.tensor_request import parse_tensor

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"

prepare()


def tensor_of(target):
    """Return the tensor of `he_normal?shape=2,3`."""
    name, _, query = target.partition("?")
    values = dict(parse_qsl(query, keep_blank_values=True))
    return parse_tensor(name, Members(values, in_body=False), 1)[0]


def picture_of(target, plot="all"):
    return TensorPicture(tensor_of(target).materialize(), plot).picture()


def file_of(target, plot="all", file_type="svg", theme="auto"):
    """Return the file of a tensor's picture, drawn in this process."""
    return draw(picture_of(target, plot), Rendering(file_type, theme))


def svg_of(target, plot="all", theme="auto"):
    return Svg(file_of(target, plot, "svg", theme))


@dataclass
class Axis:
    """The places of an axis's ticks, and what is written at them."""

    places: np.ndarray
    labels: list[str]

    def value(self, place, *, is_logarithmic=False):
        """Return the number at a place, by the first and the last tick."""
        numbers = np.array([_number(label) for label in self.labels])
        numbers = np.log10(numbers) if is_logarithmic else numbers
        slope = (numbers[-1] - numbers[0]) / (self.places[-1] - self.places[0])
        found = numbers[0] + (np.asarray(place) - self.places[0]) * slope
        return 10.0**found if is_logarithmic else found


class Svg:
    def __init__(self, content):
        self.text = content.decode()
        self.root = ET.fromstring(content)

    @cached_property
    def box(self):
        return [float(number) for number in self.root.get("viewBox").split()]

    @cached_property
    def texts(self):
        return ["".join(element.itertext()).strip() for element in self.root.iter(f"{SVG}text")]

    def child(self, name):
        return self.root.find(f"{SVG}{name}").text

    def group(self, identifier):
        return next(element for element in self.root.iter() if element.get("id") == identifier)

    def ids(self):
        return {element.get("id") for element in self.root.iter()} - {None}

    def points(self, identifier):
        """Return the points of the first path in a group, as rows."""
        return points(next(self.group(identifier).iter(f"{SVG}path")).get("d"))

    def axis(self, letter, panel=1):
        """Return the horizontal (x) or vertical (y) axis of a panel."""
        axis = next(
            e for e in self.group(f"axes_{panel}").iter() if e.get("id") == f"matplotlib.axis_{_axis(letter, panel)}"
        )
        ticks = [e for e in axis if re.match(r"[xy]tick_", e.get("id", ""))]
        places = [float(next(e for e in tick.iter(f"{SVG}use")).get(letter)) for tick in ticks]
        labels = ["".join(next(tick.iter(f"{SVG}text")).itertext()) for tick in ticks]
        return Axis(np.array(places), labels)

    def in_numbers(self, identifier, panel=1, *, is_logarithmic=False):
        """Return the points of a path in the numbers of its axes."""
        x, y = self.points(identifier).T
        horizontal, vertical = self.axis("x", panel), self.axis("y", panel)
        return horizontal.value(x), vertical.value(y, is_logarithmic=is_logarithmic)

    def image(self, number=0):
        """Return the pixels of an image that stands in it."""
        image = list(self.root.iter(f"{SVG}image"))[number]
        content = base64.b64decode(image.get(LINK).partition("base64,")[2])
        return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))

    def paths_outside_definitions(self):
        defined = {id(path) for defs in self.root.iter(f"{SVG}defs") for path in defs.iter(f"{SVG}path")}
        return [path for path in self.root.iter(f"{SVG}path") if id(path) not in defined]


def _axis(letter, panel):
    return 2 * panel - (letter == "x")


def points(path):
    """Return the points of a path of straight lines."""
    numbers = re.findall(r"[ML] (-?[0-9.e-]+) (-?[0-9.e-]+)", path)
    return np.array(numbers, float)


def _number(label):
    plain = (
        label.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")) if "⁻" in label or _is_power(label) else label
    )
    if plain is not label:
        return 10.0 ** float(plain[2:])
    return float(label.replace("−", "-"))


def _is_power(label):
    return any(digit in label for digit in "⁰¹²³⁴⁵⁶⁷⁸⁹")
