"""Rules by the part that a layer plays: heads, ends of branches, modulations, gates, routers."""

from __future__ import annotations

import math

from service.advice.layer.layer import Layer
from service.advice.recipe import recipe
from service.advice.rules.condition import (
    NORMALIZED,
    ONE_UNIT,
    RECTIFIERS,
    TRANSFORMER,
    activation,
    architecture,
    has,
    kind,
    member,
    normalization,
    role,
)
from service.advice.rules.recipes import (
    FLATTENED_GLOROT,
    GLOROT_UNIFORM,
    HE_NORMAL,
    LECUN_NORMAL,
    ONES,
    ORTHOGONAL,
    ROOT_OF_INPUTS,
    SIREN_BIAS,
    TOKEN_NORMAL,
    UNIFORM_OF_INPUTS,
    ZEROS,
)
from service.advice.rules.rule import Choice, Rule

_LAYER_SCALES = ((18, 0.1), (24, 1e-5))
"""The largest depth for which each value is taken (Touvron et al., arXiv:2103.17239, section 2.2)."""
_DEEPEST_LAYER_SCALE = 1e-6


def _layer_scale(layer: Layer) -> float:
    depth = layer.depth or 0
    return next((scale for deepest, scale in _LAYER_SCALES if depth <= deepest), _DEEPEST_LAYER_SCALE)


def _prior(layer: Layer) -> float:
    return layer.description.prior if layer.description.prior is not None else 0.01


_SMALL_HEAD = recipe("normal", std=0.01)
_PRIOR_BIAS = recipe("prior_bias", prior=_prior)

ZERO_SCALE = "Set the scale (gamma) of the last normalisation in each branch to zero: /weights/zeros."

_NOT_ZEROS = (
    "Zeros suit neither outputs that are normalised, as embeddings are (role=projection_head), nor outputs that could "
    "change places, as those of a mixture or an ensemble (role=mixture_head)."
)

ROLE_RULES = (
    Rule(
        "siren_last",
        kind("dense") & architecture("siren") & role("head", "regression_head"),
        recipe("siren", omega=lambda layer: layer.description.omega),
        "The last, linear layer of a SIREN is drawn as its sines' are, on ±sqrt(6 / fan_in) / ω, as in the code of its "
        "authors.",
        ("sitzmann2020",),
        (Choice(GLOROT_UNIFORM, "outputs of unit variance at first", ("glorot2010",)),),
        bias=SIREN_BIAS,
        has_theory=False,
    ),
    Rule(
        "normalization_of_branch_end",
        kind("normalization") & role("residual_last"),
        ZEROS,
        "The last normalisation of a residual branch has scale 0, so that the block starts as the identity.",
        ("goyal2017", "de2020"),
        (Choice(ONES, "the block should not start as the identity", ("he2015",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "shortcut",
        role("shortcut") & NORMALIZED,
        recipe("he_normal", mode="fan_out"),
        "He's scheme by fan_out, as for all convolutions of the authors' ResNets: a projection on a skip path, whose "
        "outputs are normalised before the sum.",
        ("he2015",),
        (
            Choice(LECUN_NORMAL, "the scale before the normalisation should be that of the inputs", ("lecun1998",)),
            Choice(recipe("he_normal"), "by fan_in", ("he2015",)),
        ),
    ),
    Rule(
        "bare_shortcut",
        role("shortcut"),
        LECUN_NORMAL,
        "A projection on a skip path hands its input on: LeCun's variance keeps the scale of what no normalisation "
        "follows.",
        ("lecun1998", "he2015"),
        (
            Choice(ORTHOGONAL, "norms should be kept exactly", ("saxe2013",)),
            Choice(
                recipe("he_normal", mode="fan_out"), "as in the authors' ResNets, before a normalisation", ("he2015",)
            ),
        ),
    ),
    Rule(
        "residual_last",
        role("residual_last") & NORMALIZED & ~TRANSFORMER,
        recipe("he_normal", mode="fan_out"),
        "He's scheme by fan_out, as in the authors' ResNets. The block starts as the identity when the scale of the "
        "normalisation after this layer is zero.",
        ("he2015", "goyal2017", "de2020"),
        (
            Choice(ZEROS, "no normalisation follows the layer", ("zhang2019",), condition=~NORMALIZED),
            Choice(HE_NORMAL, "by fan_in", ("he2015",)),
        ),
        bias=None,
        warnings=(ZERO_SCALE,),
        zeros_are_fine=True,
    ),
    Rule(
        "residual_last_of_prenorm",
        role("residual_last") & normalization("batch", "group", "instance", "layer", "rms") & ~TRANSFORMER,
        ZEROS,
        "No normalisation follows the last layer of a branch that starts with one. Zeros there make every block the "
        "identity at first, as in the code of diffusion models.",
        ("nichol2021", "zhang2019"),
        (
            Choice(TOKEN_NORMAL, "a LayerScale after the branch does this already, as in ConvNeXt", ("liu2022",)),
            Choice(LECUN_NORMAL, "few blocks, which may add to the signal from the start", ("lecun1998",)),
        ),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "projection_hidden",
        role("projection_head") & activation(*RECTIFIERS),
        HE_NORMAL,
        "A hidden layer of a projection that has several: He's scheme makes up for the half that a rectifier drops.",
        ("he2015",),
        (Choice(ROOT_OF_INPUTS, "the last layer, before the normalisation of its outputs", ("radford2021",)),),
        has_theory=False,
    ),
    Rule(
        "projection_head",
        role("projection_head") | (role("head") & architecture("clip")),
        ROOT_OF_INPUTS,
        "CLIP's projections: N(0, 1 / d), d inputs. What is normalised next must not be zero: its direction would be "
        "undefined, and its gradient with it.",
        ("radford2021",),
        (
            Choice(
                recipe("he_normal"),
                "a hidden layer of a projection that has several, before ReLU",
                ("he2015",),
                condition=activation(*RECTIFIERS),
            ),
            Choice(ORTHOGONAL, "distances of the inputs should be kept", ("saxe2013",)),
        ),
        bias=None,
        has_theory=False,
    ),
    Rule(
        "mixture_head",
        role("mixture_head"),
        LECUN_NORMAL,
        "Components of a mixture, and members of an ensemble, that start alike get the same gradient and stay alike: "
        "random weights set them apart, and LeCun's variance gives outputs of unit scale.",
        ("bishop1994", "lecun1998"),
        (Choice(_SMALL_HEAD, "biases that are spread over the targets set the components apart already"),),
        has_theory=False,
        bias_warnings=("Spread the biases of the means over the targets, by k-means for instance.",),
    ),
    Rule(
        "reconstruction_head",
        role("reconstruction_head") | (role("head") & architecture("vae", "autoencoder")),
        GLOROT_UNIFORM,
        "A decoder's output keeps the scale of signal and gradient by Glorot's scheme, so that the layers before it "
        "learn from the first step.",
        ("glorot2010", "kingma2013"),
        (
            Choice(_SMALL_HEAD, "all outputs should start near the bias, such as the log-odds of the mean pixel"),
            Choice(LECUN_NORMAL, "standardised targets", ("lecun1998",)),
        ),
        has_theory=False,
    ),
    Rule(
        "lm_head",
        role("lm_head") | (role("head") & architecture("gpt", "llama", "bert", "moe")),
        TOKEN_NORMAL,
        "An untied output layer of a language model starts as GPT-2's and LLaMA's matrices do, from N(0, 0.02²).",
        ("radford2019",),
        (
            Choice(ZEROS, "the loss should start at ln C exactly", ("dosovitskiy2020",)),
            Choice(
                ROOT_OF_INPUTS,
                "logits of unit variance, as in T5 and torchtitan",
                ("lecun1998",),
            ),
        ),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
        warnings=("With tied weights take the embedding's tensor (layer=Embedding&tied=true).",),
    ),
    Rule(
        "physics_head",
        role("head", "regression_head") & architecture("pinn"),
        GLOROT_UNIFORM,
        "Physics-informed networks were introduced with Glorot's scheme in every layer, the last one included.",
        ("raissi2019", "glorot2010"),
        (Choice(_SMALL_HEAD, "solutions should start near zero"),),
        has_theory=False,
    ),
    Rule(
        "convex",
        architecture("linear_model") | (role("regression_head", "binary_head") & member("depth", 1)),
        ZEROS,
        "A model of one layer has a convex loss: there is no symmetry to break, and zeros start it at the mean.",
        ("goodfellow2016",),
        (Choice(_SMALL_HEAD, "the loss is not convex after all"),),
        bias=recipe(
            "prior_bias", prior=lambda layer: layer.description.prior if layer.description.prior is not None else 0.5
        ),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "detector_head",
        role("detector_head"),
        _SMALL_HEAD,
        "Small weights and a bias of -ln((1 - π) / π): all places start as background with probability 1 - π, which "
        "keeps the first losses finite.",
        ("lin2017",),
        (Choice(ZEROS, "the bias alone should speak at first", ("lin2017",)),),
        bias=_PRIOR_BIAS,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "binary_head",
        (role("binary_head") | (role("head") & (activation("sigmoid") | ONE_UNIT))) & has("prior"),
        ZEROS,
        "Zeros, and the log-odds of the positives as the bias: the first answers are the base rate, so that no step "
        "is spent on learning it.",
        ("lin2017",),
        (
            Choice(_SMALL_HEAD, "answers should differ a little at first"),
            Choice(LECUN_NORMAL, "logits of unit variance", ("lecun1998",)),
        ),
        bias=_PRIOR_BIAS,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "head",
        role("head", "binary_head") & ~architecture("dcgan"),
        ZEROS,
        "A classifier of zeros starts at a loss of ln C, that of a model that knows nothing. The layers before it "
        "break the symmetry, and get a gradient from the second step on.",
        ("dosovitskiy2020", "goodfellow2016"),
        (
            Choice(_SMALL_HEAD, "gradients should reach the body in the first step", ("goodfellow2016",)),
            Choice(LECUN_NORMAL, "logits of unit variance: half a nat more at first", ("lecun1998",)),
            Choice(GLOROT_UNIFORM, "all layers alike, as in Keras", ("glorot2010",)),
        ),
        zeros_are_fine=True,
        has_theory=False,
        warnings=(_NOT_ZEROS,),
    ),
    Rule(
        "regression_head",
        role("regression_head"),
        ZEROS,
        "A head of zeros with the targets' mean as its bias starts at the variance of the targets.",
        ("goodfellow2016",),
        (
            Choice(_SMALL_HEAD, "gradients should reach the body in the first step"),
            Choice(LECUN_NORMAL, "standardised targets", ("lecun1998",)),
        ),
        zeros_are_fine=True,
        has_theory=False,
        warnings=(_NOT_ZEROS,),
        bias_warnings=("Set the bias to the mean of the targets: /weights/constant with that value.",),
    ),
    Rule(
        "policy_head",
        role("policy_head"),
        recipe("orthogonal", gain=0.01),
        "A policy that is almost the same in every state explores: the last layer a hundred times smaller than the "
        "others.",
        ("andrychowicz2020",),
        (Choice(ZEROS, "exactly the same in every state", ("andrychowicz2020",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "value_head",
        role("value_head"),
        ORTHOGONAL,
        "Values of unit scale: orthogonal with gain 1.",
        ("andrychowicz2020",),
        (Choice(ZEROS, "values that start at zero", ("andrychowicz2020",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "deterministic_policy_head",
        role("deterministic_policy_head"),
        recipe("uniform", low=-0.003, high=0.003),
        "DDPG's last layers, uniform on ±3e-3: the first actions are near zero, where tanh is not saturated.",
        ("lillicrap2015",),
        (Choice(recipe("uniform", low=-0.0003, high=0.0003), "inputs that are pixels", ("lillicrap2015",)),),
        bias=recipe("uniform", low=-0.003, high=0.003),
        has_theory=False,
    ),
    Rule(
        "variational_head",
        role("variational_head"),
        _SMALL_HEAD,
        "Small heads for mean and log-variance start the posterior near the prior: the divergence is near zero.",
        ("kingma2013",),
        (Choice(ZEROS, "exactly at the prior", ("kingma2013",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "coupling_last",
        role("coupling_last"),
        ZEROS,
        "The last layer of a coupling is zero: the flow starts as the identity, with a log-determinant of 0.",
        ("kingma2018",),
        (Choice(_SMALL_HEAD, "the flow should not start as the identity", ("kingma2018",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "modulation",
        role("modulation"),
        ZEROS,
        "Modulations and zero convolutions start at zero: the block passes its input through, or the copy changes "
        "nothing.",
        ("peebles2022", "zhang2023"),
        (Choice(TOKEN_NORMAL, "the modulation should work from the first step", ("peebles2022",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "router",
        role("router"),
        recipe("truncated_normal", std=lambda layer: math.sqrt(0.1 / layer.fan_in)),
        "Small and random, a tenth of the usual variance: the experts get about the same load, and no ties at zero "
        "decide.",
        ("fedus2021",),
        (
            Choice(TOKEN_NORMAL, "as the transformer's other matrices", ("radford2019",)),
            Choice(LECUN_NORMAL, "noise is added to the logits", ("lecun1998",)),
        ),
        has_theory=False,
    ),
    Rule(
        "highway_gate",
        role("highway_gate"),
        GLOROT_UNIFORM,
        "A bias of -2 opens the transform gate by 12 % only: the layer carries its input at first.",
        ("srivastava2015", "glorot2010"),
        (Choice(HE_NORMAL, "its inputs come from a rectifier", ("he2015",)),),
        bias=recipe("constant", value=-2.0),
        has_theory=False,
    ),
    Rule(
        "hypernetwork_output",
        role("hypernetwork_output"),
        recipe("normal", std=lambda layer: 1.0 / layer.fan_in),
        "Hyperfan: the weights that come out must have the main network's variance, so that those that make them have "
        "one of 1 / (fan_in of the hypernetwork · fan_in of the main layer); here both are taken for the same.",
        ("chang2020",),
        (Choice(_SMALL_HEAD, "the main network adds the output to weights of its own"),),
        has_theory=False,
    ),
    Rule(
        "layer_scale",
        kind("layer_scale"),
        recipe("constant", value=_layer_scale),
        "LayerScale: 0.1 up to 18 layers, 1e-5 up to 24, 1e-6 beyond: each block is almost the identity at first.",
        ("touvron2021",),
        (
            Choice(ZEROS, "exactly the identity (ReZero, SkipInit)", ("bachlechner2020", "de2020")),
            Choice(
                recipe("constant", value=lambda layer: 1.0 / math.sqrt(layer.depth or 12)),
                "the sum of all branches should have unit variance",
                ("de2020",),
            ),
        ),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "patch_embedding",
        role("patch_embedding"),
        LECUN_NORMAL,
        "A linear projection of k · k · channels inputs, with no nonlinearity after it: LeCun's variance keeps the "
        "scale.",
        ("lecun1998", "dosovitskiy2020"),
        (
            Choice(FLATTENED_GLOROT, "as in MAE and DiT, on the flattened patches", ("peebles2022",)),
            Choice(
                UNIFORM_OF_INPUTS,
                "as timm, which leaves PyTorch's default there, a third of the variance",
                ("dosovitskiy2020",),
            ),
            Choice(TOKEN_NORMAL, "as transformers' ViT, whatever the size of the patches", ("dosovitskiy2020",)),
        ),
    ),
)
