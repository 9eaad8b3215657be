"""Pictures of tensors hold what NumPy says of the same elements, under labels that are right, within their frame."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image

from service.pictures.drawing.palette import DARK, LIGHT
from tests.pictures.drawn import LINK, SVG, file_of, points, svg_of, tensor_of

HE = "he_normal?shape=64,48&seed=1"


@pytest.fixture(scope="module")
def whole():
    return svg_of(HE)


def _steps(svg, identifier):
    """Return the edges of a histogram's bins and the counts, as they are drawn."""
    x, y = svg.in_numbers(identifier)
    return np.unique(x.round(6)), y


@pytest.mark.parametrize(
    "target", [HE, "uniform?shape=3000&seed=2&low=-1&high=3", "normal?shape=100,30&seed=3&std=5&dtype=float16"]
)
def test_the_bars_are_numpys_counts(target):
    elements = tensor_of(target).read().astype(float).reshape(-1)
    svg = svg_of(target, "histogram")
    x, y = svg.in_numbers("elements")
    bins = int(re.search(r"each of (\d+) bins", svg.text)[1])
    counts, edges = np.histogram(elements, bins)

    # Two points on each bar's top, after the first at the bottom.
    np.testing.assert_allclose(y[1 : 2 * bins : 2], counts, atol=0.01 * counts.max())
    np.testing.assert_allclose(x[1 : 2 * bins : 2], edges[:-1], atol=1e-4 * np.ptp(edges))
    assert counts.sum() == elements.size


@pytest.mark.parametrize(
    ("target", "density"),
    [
        ("normal?shape=20000&seed=1&std=0.3&mean=1", lambda x: np.exp(-0.5 * ((x - 1) / 0.3) ** 2) / 0.3 / 2.5066283),
        ("uniform?shape=20000&seed=1&low=-2&high=1", lambda x: np.full_like(x, 1 / 3)),
        # 0.9544997 lies within two standard deviations.
        ("trunc_normal?shape=20000&seed=1&low=-2&high=2", lambda x: np.exp(-0.5 * x**2) / 2.5066283 / 0.9544997),
        # On the sphere in three dimensions each coordinate is uniform (Archimedes).
        ("orthogonal?shape=3,3&seed=1", lambda x: np.full_like(x, 0.5)),
    ],
)
def test_the_curve_is_the_density_times_what_a_bin_holds(target, density):
    svg = svg_of(target, "histogram")
    edges, _ = _steps(svg, "elements")
    x, y = svg.in_numbers("theoretical-density")
    values = edges[0] + np.ptp(edges) * np.linspace(0.02, 0.98, 50)
    expected = density(values) * tensor_of(target).size * (edges[1] - edges[0])

    np.testing.assert_allclose(np.interp(values, x, y), expected, rtol=0.01, atol=0.01 * y.max())


@pytest.mark.parametrize("target", ["sparse?shape=20,20&seed=1&sparsity=0.5", "ones?shape=3", "normal?shape=0&seed=1"])
def test_without_a_law_there_is_no_curve(target):
    assert "theoretical-density" not in svg_of(target, "histogram").ids() or "shape=0" in target


@pytest.mark.parametrize("target", [HE, "glorot_normal?shape=40,200&seed=5&dtype=complex64"])
def test_singular_values_are_those_of_lapack(target):
    tensor = tensor_of(target)
    places, values = svg_of(target, "singular_values").in_numbers("singular-values")
    expected = np.linalg.svd(tensor.read().reshape(tensor.shape), compute_uv=False)

    np.testing.assert_allclose(places, 1 + np.arange(len(expected)), atol=1e-3)
    np.testing.assert_allclose(values, expected, rtol=1e-4, atol=1e-4 * expected[0])


def test_the_theory_of_independent_elements_is_near_them():
    svg = svg_of("he_normal?shape=300,500&seed=5", "singular_values")
    lines = (svg.in_numbers(name) for name in ("singular-values", "theoretical-singular-values"))
    own, theory = (np.interp(1 + np.arange(300), *line) for line in lines)
    std = np.sqrt(2 / 500)

    # Marchenko and Pastur: between the sides' roots' difference and sum.
    assert std * (np.sqrt(500) - np.sqrt(300)) < theory[-1] < theory[0] < std * (np.sqrt(500) + np.sqrt(300))
    # The squares of all add up to elements times variance.
    assert np.sum(theory**2) == pytest.approx(300 * 500 * std**2, rel=1e-3)
    np.testing.assert_allclose(own, theory, rtol=0.03)


def test_orthogonal_matrices_have_ones():
    svg = svg_of("orthogonal?shape=30,20&seed=1&gain=2", "singular_values")

    for name in ("singular-values", "theoretical-singular-values"):
        np.testing.assert_allclose(svg.in_numbers(name)[1], 2.0, rtol=1e-3)


def test_theory_says_nothing_of_matrices_of_gates():
    assert "theoretical-singular-values" not in svg_of("orthogonal?shape=8,6&gates=2&seed=1", "singular_values").ids()


def test_the_cells_are_the_elements():
    target = "normal?shape=7,11&seed=4"
    pixels = svg_of(target, "heat_map").image().astype(int)
    elements = tensor_of(target).read().reshape(7, 11)

    assert pixels.shape == (7, 11, 3)
    # Blue below zero, red above.
    np.testing.assert_array_equal(pixels[..., 0] > pixels[..., 2], elements > 0)
    lightness = pixels.sum(2)
    assert lightness.flat[abs(elements).argmin()] == lightness.max()
    assert lightness.flat[abs(elements).argmax()] == lightness.min()


@pytest.mark.parametrize(
    ("target", "cells", "labels"),
    [
        ("normal?shape=300,200&seed=1", (128, 128), {"axis 0", "axis 1"}),
        ("normal?shape=5,4,3&seed=1", (5, 12), {"axis 0", "axes 1, 2 as one"}),
        ("he_normal?shape=3,2,4,5&layout=in_out&seed=1", (24, 5), {"axes 0, 1, 2 as one", "axis 3"}),
        ("normal?shape=300,200&seed=1&slice=290:,:7", (10, 7), {"axis 0", "axis 1"}),
    ],
)
def test_a_heat_map_says_which_axes_it_has(target, cells, labels):
    svg = svg_of(target, "heat_map")

    assert svg.image().shape[:2] == cells
    assert labels <= set(svg.texts)


@pytest.mark.parametrize(
    ("plot", "letter", "labels"), [("heat_map", "y", ["0"]), ("singular_values", "x", ["1"]), ("histogram", "y", None)]
)
def test_what_is_counted_has_ticks_at_whole_numbers(plot, letter, labels):
    found = svg_of("normal?shape=1,9&seed=1", plot).axis(letter).labels

    assert found == (labels or found)
    assert all(label.isdigit() for label in found)


def test_each_plot_has_its_labels(whole):
    assert {
        "Elements", "value", "elements in each of 30 bins", "normal, std 0.204",
        "Matrix", "axis 0", "axis 1",
        "Singular values", "singular value", "number, from the largest on", "Marchenko–Pastur, independent elements",
        "he_normal, 64 × 48, float32",
    } <= set(whole.texts)  # fmt: skip
    assert any(text.startswith("seed 1, ") and "std 0.204124" in text for text in whole.texts)


@pytest.mark.parametrize(
    ("target", "titles"),
    [
        ("normal?shape=3,4&seed=1", {"Elements", "Matrix", "Singular values"}),
        ("zeros?shape=3,4", {"Elements", "Matrix"}),
        ("normal?shape=5&seed=1", {"Elements"}),
        ("normal?shape=&seed=1", {"Elements"}),
        ("normal?shape=0,3&seed=1", {"Elements"}),
    ],
)
def test_a_tensor_has_the_plots_that_there_are_of_it(target, titles):
    assert set(svg_of(target).texts) & {"Elements", "Matrix", "Singular values"} == titles


def test_nothing_is_drawn_outside_the_frame(whole):
    _, _, width, height = whole.box
    for path in whole.paths_outside_definitions():
        x, y = points(path.get("d")).T
        assert -1 <= x.min() <= x.max() <= width + 1
        assert -1 <= y.min() <= y.max() <= height + 1
    for text in whole.root.iter(f"{SVG}text"):
        x, y = (float(text.get(axis)) for axis in "xy")
        assert 0 < x < width
        assert 0 < y < height


def test_an_svg_asks_for_nothing_and_runs_nothing(whole):
    links = [element.get(LINK) for element in whole.root.iter() if element.get(LINK) is not None]

    assert {link[:1] for link in links} == {"#", "d"}
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in links)
    assert not re.search(r"<script|<!DOCTYPE|@import|@font-face|\son\w+=|url\((?!#)", whole.text)


def test_an_svg_is_read_out(whole):
    root = whole.root

    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == ["title", "description"]
    assert whole.child("title").startswith("he_normal, 64 × 48, float32. seed 1")
    described = whole.child("desc")
    assert all(word in described for word in ("3,072 elements", "normal, std 0.204", "48 singular values", "64 rows"))


def test_an_svg_follows_its_readers_theme(whole):
    assert "@media (prefers-color-scheme: dark)" in whole.text
    for light, dark in [
        (LIGHT.background, DARK.background),
        (LIGHT.text, DARK.text),
        *zip(LIGHT.series, DARK.series, strict=True),
    ]:
        assert f'[style*="fill: {light}"]{{fill:{dark}!important}}' in whole.text


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_a_theme_that_is_asked_for_is_the_only_one(theme, palette):
    text = svg_of("normal?shape=20&seed=1", theme=theme).text

    assert "@media" not in text
    assert f"fill: {palette.background}" in text
    other = DARK if palette is LIGHT else LIGHT
    assert other.background not in text


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "background"), [("auto", "#ffffff"), ("dark", DARK.background)])
def test_a_png_has_all_within_a_margin(theme, background):
    image = Image.open(io.BytesIO(file_of(HE, file_type="png", theme=theme))).convert("RGB")
    pixels = np.asarray(image)
    rgb = [int(background[place : place + 2], 16) for place in (1, 3, 5)]
    width, height = (int(side) for side in svg_of(HE).box[2:])

    assert image.size == (2 * width, 2 * height)
    assert len(image.getcolors(image.width * image.height)) > 1000
    for edge in (pixels[:8], pixels[-8:], pixels[:, :8], pixels[:, -8:]):
        assert (edge == rgb).all()
    # Each of the three plots has ink.
    for third in np.split(pixels[:, : width * 2 // 3 * 3], 3, axis=1):
        assert ((third != rgb).any(2)).mean() > 0.02


def test_a_large_tensor_is_told_to_be_a_sample():
    svg = svg_of("normal?shape=2048,1024&seed=1", "histogram")
    _, counts = svg.in_numbers("elements")

    assert "1,048,576 of 2,097,152 elements" in svg.text
    assert counts[1::2][:80].sum() == pytest.approx(2**20, rel=0.02)


def test_what_stands_in_a_name_is_text():
    svg = svg_of("normal?shape=3&seed=1&name=%3Cscript%3E$x%5E2$%26%07")

    assert "<script>$x^2$&\N{REPLACEMENT CHARACTER}: normal, 3, float32" in svg.texts
    assert svg.child("title").startswith("<script>$x^2$&")


def test_long_facts_are_cut_so_that_they_fit():
    svg = svg_of(f"normal?shape={','.join(['1'] * 32)}&seed=1&name={'n' * 256}", "histogram")

    assert all(len(text) < 64 for text in svg.texts)
    assert any(text.endswith("…") for text in svg.texts)


@pytest.mark.parametrize(
    "target",
    [
        "constant?shape=3,3&value=1e308&dtype=float64",
        "constant?shape=3,3&value=-1.7e308&dtype=complex128",
        "normal?shape=30,30&seed=1&std=1e306&dtype=float64",
        "normal?shape=5,5&seed=1&std=1e-300&dtype=float64",
        "arange?shape=5,5&dtype=int64&step=1000000000000",
        "orthogonal?shape=3,3&gain=0&seed=1",
    ],
)
def test_numbers_at_the_ends_of_a_dtype_are_drawn_too(target):
    assert "Elements" in svg_of(target).texts


@pytest.mark.slow
@pytest.mark.parametrize("file_type", ["svg", "png"])
def test_a_picture_is_the_same_the_next_time(file_type):
    target = "normal?shape=6,5&seed=1"

    assert file_of(target, file_type=file_type) == file_of(target, file_type=file_type)
