"""What a beginner asks first, as data: the seven schemes that guides begin with, and how to choose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A heading, what is to be known, and a request that shows it."""

    heading: str
    text: str
    path: str


SCHEMES = (
    Topic(
        "Zeros",
        "Right for biases. Never for the weights of a hidden layer: all its units would compute the same and learn the "
        "same, as if there were only one. A last layer may start at zero where other layers tell its inputs apart.",
        "/weights/zeros?shape=4",
    ),
    Topic(
        "Random",
        "Small random numbers make units differ. How small is what the schemes below decide: too small, and the signal "
        "dies on its way through the layers; too large, and it explodes. Transformers take a fixed standard deviation, "
        "mostly 0.02.",
        "/weights/normal?shape=2,3&std=0.02&seed=42",
    ),
    Topic(
        "Xavier (Glorot)",
        "A variance of 2 / (fan_in + fan_out), fan_in being the inputs of a unit and fan_out the units that an input "
        "feeds: a compromise that keeps both the signal and its gradient. For tanh, sigmoid and linear layers.",
        "/weights/glorot_uniform?shape=2,3&seed=42",
    ),
    Topic(
        "He (Kaiming)",
        "A variance of 2 / fan_in: twice as much as without a nonlinearity, because ReLU drops half of the signal. For "
        "ReLU and its relatives, and so for most convolutions.",
        "/weights/he_normal?shape=2,3&seed=42",
    ),
    Topic(
        "LeCun",
        "A variance of 1 / fan_in, which keeps the signal where no nonlinearity shrinks it. For SELU, and for linear "
        "projections.",
        "/weights/lecun_normal?shape=2,3&seed=42",
    ),
    Topic(
        "Orthogonal",
        "A random rotation or reflection: it changes no length, so that products of many of them neither grow nor "
        "vanish. For the recurrent weights of RNNs, and for very deep networks.",
        "/weights/orthogonal?shape=2,2&seed=42",
    ),
    Topic(
        "Identity",
        "Passes its input through unchanged. For the recurrent weights of RNNs with ReLU (IRNN), and for layers that "
        "should do nothing at first; kernels of convolutions have `dirac` for that.",
        "/weights/identity?shape=3,3",
    ),
)

CHOICES = (
    Topic("ReLU", "Take He's scheme.", "/advise?layer=Linear&shape=256,784&activation=relu"),
    Topic("Tanh", "Take Glorot's.", "/advise?layer=Linear&shape=256,784&activation=tanh"),
    Topic(
        "Sigmoid",
        "Take Glorot's, and know that no scheme saves the gradient in a deep stack.",
        "/advise?layer=Linear&shape=256,784&activation=sigmoid",
    ),
    Topic("SELU", "Take LeCun's.", "/advise?layer=Linear&shape=256,784&activation=selu"),
    Topic(
        "Convolutional networks",
        "Take He's. With batch normalisation leave the bias out.",
        "/advise?layer=Conv2d&shape=64,3,3,3&activation=relu&normalization=batch",
    ),
    Topic(
        "Recurrent networks",
        "Take orthogonal matrices from step to step, Glorot's for the inputs, and for an LSTM a forget bias of 1.",
        "/advise?layer=LSTM&units=128&framework=pytorch",
    ),
    Topic(
        "Very deep networks",
        "Add skips and normalisation. Without them, orthogonal matrices lose least on the way.",
        "/advise?layer=Linear&shape=256,256&activation=tanh&depth=100",
    ),
    Topic(
        "Always experiment",
        "No rule knows your data. Ask what is to be thought of the weights that you have now, try the scales above and "
        "below, and believe differences only where they are larger than those between seeds.",
        "/advise?layer=Linear&shape=256,784&activation=relu&depth=20&current=normal?std=0.01",
    ),
)
"""What is asked in text; each request names the layer, and the answer says the rest."""
