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
    "Zeros are wrong for outputs that are normalised next, such as embeddings (role=projection_head), and for "
    "outputs that are interchangeable, such as those of a mixture or an ensemble (role=mixture_head)."
)

ROLE_RULES = (
    Rule(
        "siren_last",
        kind("dense") & architecture("siren") & role("head", "regression_head"),
        recipe("siren", omega=lambda layer: layer.description.omega),
        "The last, linear layer of a SIREN is drawn like its sines, on ±sqrt(6 / fan_in) / ω, as in its authors' code.",
        ("sitzmann2020",),
        (Choice(GLOROT_UNIFORM, "outputs should have unit variance at first", ("glorot2010",)),),
        bias=SIREN_BIAS,
        has_theory=False,
    ),
    Rule(
        "deterministic_policy_head",
        role("deterministic_policy_head")
        | (architecture("ddpg") & role("head", "regression_head", "policy_head", "value_head")),
        recipe("uniform", low=-0.003, high=0.003),
        "DDPG's last layers, the actor's and the critic's: uniform on ±3e-3, so that the first actions are near zero, "
        "where tanh is not saturated.",
        ("lillicrap2015",),
        (Choice(recipe("uniform", low=-0.0003, high=0.0003), "the inputs are pixels", ("lillicrap2015",)),),
        bias=recipe("uniform", low=-0.003, high=0.003),
        has_theory=False,
    ),
    Rule(
        "normalization_of_branch_end",
        kind("normalization") & role("residual_last"),
        ZEROS,
        "The last normalisation of a residual branch starts with scale 0, so that the block starts as the identity.",
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
        "output is normalised before the sum.",
        ("he2015",),
        (
            Choice(LECUN_NORMAL, "the scale before the normalisation should be that of the inputs", ("lecun1998",)),
            Choice(
                recipe("he_normal"), "you prefer fan_in, which keeps the signal rather than the gradient", ("he2015",)
            ),
        ),
    ),
    Rule(
        "bare_shortcut",
        role("shortcut"),
        LECUN_NORMAL,
        "A projection on a skip path hands its input on. No normalisation follows, and LeCun's variance keeps the "
        "scale.",
        ("lecun1998", "he2015"),
        (
            Choice(ORTHOGONAL, "norms should be kept exactly", ("saxe2013",)),
            Choice(
                recipe("he_normal", mode="fan_out"),
                "a normalisation follows after all, as in the authors' ResNets",
                ("he2015",),
            ),
        ),
    ),
    Rule(
        "residual_last",
        role("residual_last") & NORMALIZED & ~TRANSFORMER,
        recipe("he_normal", mode="fan_out"),
        "He's scheme by fan_out, as in the authors' ResNets. With the scale of the next normalisation at zero, the "
        "block starts as the identity.",
        ("he2015", "goyal2017", "de2020"),
        (
            Choice(ZEROS, "no normalisation follows this layer", ("zhang2019",), condition=~NORMALIZED),
            Choice(HE_NORMAL, "you prefer fan_in, which keeps the signal rather than the gradient", ("he2015",)),
        ),
        bias=None,
        warnings=(ZERO_SCALE,),
        zeros_are_fine=True,
    ),
    Rule(
        "residual_last_of_prenorm",
        role("residual_last") & normalization("batch", "group", "instance", "layer", "rms") & ~TRANSFORMER,
        ZEROS,
        "No normalisation follows the last layer of a branch that starts with one. With zeros there, every block is "
        "the identity at first, as in the code of diffusion models.",
        ("nichol2021", "zhang2019"),
        (
            Choice(TOKEN_NORMAL, "a LayerScale after the branch already does this, as in ConvNeXt", ("liu2022",)),
            Choice(
                LECUN_NORMAL, "there are only a few blocks, which may add to the signal from the start", ("lecun1998",)
            ),
        ),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "projection_hidden",
        role("projection_head") & activation(*RECTIFIERS),
        HE_NORMAL,
        "This is a hidden layer of a projection that has several: He's scheme makes up for the half that a rectifier "
        "drops.",
        ("he2015",),
        (Choice(ROOT_OF_INPUTS, "it is the last layer, before the normalisation of its outputs", ("radford2021",)),),
        has_theory=False,
    ),
    Rule(
        "projection_head",
        role("projection_head") | (role("head") & architecture("clip")),
        ROOT_OF_INPUTS,
        "CLIP's projections: N(0, 1 / d) for d inputs. What is normalised next must not be zero, because a zero "
        "vector has no direction and no gradient.",
        ("radford2021",),
        (
            Choice(
                recipe("he_normal"),
                "this is a hidden layer of a projection with several, before ReLU",
                ("he2015",),
                condition=activation(*RECTIFIERS),
            ),
            Choice(ORTHOGONAL, "distances between the inputs should be kept", ("saxe2013",)),
        ),
        bias=None,
        has_theory=False,
    ),
    Rule(
        "mixture_head",
        role("mixture_head"),
        LECUN_NORMAL,
        "Components of a mixture, or members of an ensemble, that start alike get the same gradient and stay alike. "
        "Random weights set them apart, and LeCun's variance gives outputs of unit scale.",
        ("bishop1994", "lecun1998"),
        (Choice(_SMALL_HEAD, "biases that are spread over the targets already set the components apart"),),
        has_theory=False,
        bias_warnings=("Spread the biases of the means over the targets, for instance by k-means.",),
    ),
    Rule(
        "reconstruction_head",
        role("reconstruction_head") | (role("head") & architecture("vae", "autoencoder")),
        GLOROT_UNIFORM,
        "A decoder's output starts with Glorot's scheme, which keeps the scale of signal and gradient, so that the "
        "layers before it learn from the first step.",
        ("glorot2010", "kingma2013"),
        (
            Choice(_SMALL_HEAD, "all outputs should start near the bias, such as the log-odds of the mean pixel"),
            Choice(LECUN_NORMAL, "the targets are standardised", ("lecun1998",)),
        ),
        has_theory=False,
    ),
    Rule(
        "lm_head",
        role("lm_head") | (role("head") & member("architecture", "gpt", "moe")),
        TOKEN_NORMAL,
        "An untied output layer of a language model starts like GPT-2's and LLaMA's matrices, from N(0, 0.02²).",
        ("radford2019",),
        (
            Choice(ZEROS, "the loss should start at exactly ln C", ("dosovitskiy2020",)),
            Choice(
                ROOT_OF_INPUTS,
                "logits should have unit variance, as in T5X and torchtitan",
                ("lecun1998",),
            ),
        ),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
        warnings=("If the weights are tied, take the embedding's tensor instead (layer=Embedding&tied=true).",),
    ),
    Rule(
        "physics_head",
        role("head", "regression_head") & architecture("pinn"),
        GLOROT_UNIFORM,
        "Physics-informed networks were introduced with Glorot's scheme in every layer, including the last.",
        ("raissi2019", "glorot2010"),
        (Choice(_SMALL_HEAD, "solutions should start near zero"),),
        has_theory=False,
    ),
    Rule(
        "convex",
        architecture("linear_model") | (role("regression_head", "binary_head") & member("depth", 1)),
        ZEROS,
        "A model of one layer has a convex loss: there is no symmetry to break, and with zeros it starts at the mean.",
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
        "RetinaNet: small weights and a bias of -ln((1 - π) / π), so that every place starts as background with "
        "probability 1 - π and the first losses stay finite.",
        ("lin2017",),
        (Choice(ZEROS, "only the bias should count at first", ("lin2017",)),),
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
            Choice(LECUN_NORMAL, "logits should have unit variance", ("lecun1998",)),
        ),
        bias=_PRIOR_BIAS,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "head",
        role("head", "binary_head") & ~architecture("dcgan"),
        ZEROS,
        "With zeros a classifier starts at a loss of ln C, like a model that knows nothing. The layers before it "
        "break the symmetry, and get a gradient from the second step on.",
        ("dosovitskiy2020", "goodfellow2016"),
        (
            Choice(_SMALL_HEAD, "the layers before it should get a gradient in the first step", ("goodfellow2016",)),
            Choice(
                LECUN_NORMAL,
                "logits should have unit variance: the loss then starts up to half a nat higher",
                ("lecun1998",),
            ),
            Choice(GLOROT_UNIFORM, "you follow Keras, which treats all layers alike", ("glorot2010",)),
        ),
        zeros_are_fine=True,
        has_theory=False,
        warnings=(_NOT_ZEROS,),
    ),
    Rule(
        "regression_head",
        role("regression_head"),
        ZEROS,
        "With zeros, and the targets' mean as its bias, a regression head starts at a loss that is the variance of "
        "the targets.",
        ("goodfellow2016",),
        (
            Choice(_SMALL_HEAD, "the layers before it should get a gradient in the first step"),
            Choice(LECUN_NORMAL, "the targets are standardised", ("lecun1998",)),
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
        "A policy that is almost the same in every state explores more. In the large study of Andrychowicz et al. it "
        "often helped to make the last layer a hundred times smaller.",
        ("andrychowicz2020",),
        (Choice(ZEROS, "the policy should be exactly the same in every state", ("andrychowicz2020",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "value_head",
        role("value_head"),
        ORTHOGONAL,
        "Orthogonal with gain 1, as in common code of PPO: values have unit scale at first.",
        ("andrychowicz2020",),
        (Choice(ZEROS, "values should start at zero", ("andrychowicz2020",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "variational_head",
        role("variational_head"),
        _SMALL_HEAD,
        "With small heads for mean and log-variance the posterior starts near the prior, so that the divergence is "
        "near zero.",
        ("kingma2013",),
        (Choice(ZEROS, "the posterior should start exactly at the prior", ("kingma2013",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "coupling_last",
        role("coupling_last"),
        ZEROS,
        "The last layer of a coupling starts at zero, as in Glow: the flow is the identity at first, with a "
        "log-determinant of 0.",
        ("kingma2018",),
        (Choice(_SMALL_HEAD, "the flow should not start as the identity", ("kingma2018",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "modulation",
        role("modulation"),
        ZEROS,
        "Modulations (DiT) and zero convolutions (ControlNet) start at zero, so that at first the block passes its "
        "input through and the copy changes nothing.",
        ("peebles2022", "zhang2023"),
        (Choice(TOKEN_NORMAL, "the modulation should work from the first step", ("peebles2022",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "router",
        role("router"),
        recipe("truncated_normal", std=lambda layer: math.sqrt(0.1 / layer.fan_in)),
        "As in Switch Transformer: random, with a tenth of the usual variance, so that all experts get about the same "
        "load at first. Zeros would leave them tied, where no noise is added to the logits.",
        ("fedus2021",),
        (
            Choice(TOKEN_NORMAL, "the router should start like the transformer's other matrices", ("radford2019",)),
            Choice(ZEROS, "noise on the logits breaks the ties, as in noisy top-k gating", ("shazeer2017",)),
            Choice(LECUN_NORMAL, "logits should have unit variance", ("lecun1998",)),
        ),
        has_theory=False,
    ),
    Rule(
        "highway_gate",
        role("highway_gate"),
        GLOROT_UNIFORM,
        "A bias of -2 opens the transform gate by only 12 %, so that the layer carries its input through at first.",
        ("srivastava2015", "glorot2010"),
        (Choice(HE_NORMAL, "its inputs come from a rectifier", ("he2015",)),),
        bias=recipe("constant", value=-2.0),
        has_theory=False,
    ),
    Rule(
        "hypernetwork_output",
        role("hypernetwork_output"),
        recipe("normal", std=lambda layer: 1.0 / layer.fan_in),
        "Hyperfan: the weights that come out should have the main network's variance, so that these have one of 1 / "
        "(fan_in of this layer · fan_in of the main layer). Here both are assumed equal.",
        ("chang2020",),
        (Choice(_SMALL_HEAD, "the main network adds the output to weights of its own"),),
        has_theory=False,
    ),
    Rule(
        "layer_scale",
        kind("layer_scale"),
        recipe("constant", value=_layer_scale),
        "LayerScale: 0.1 up to 18 layers, 1e-5 up to 24, 1e-6 beyond, so that each block is almost the identity at "
        "first.",
        ("touvron2021",),
        (
            Choice(
                ZEROS,
                "each block should be exactly the identity at first (ReZero, SkipInit)",
                ("bachlechner2020", "de2020"),
            ),
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
        "A linear projection of k · k · channels inputs, followed by no nonlinearity: LeCun's variance keeps the "
        "scale.",
        ("lecun1998", "dosovitskiy2020"),
        (
            Choice(FLATTENED_GLOROT, "you follow MAE and DiT, which use it on the flattened patches", ("peebles2022",)),
            Choice(
                UNIFORM_OF_INPUTS,
                "you follow timm, which leaves PyTorch's default there, a third of the variance",
                ("dosovitskiy2020",),
            ),
            Choice(
                TOKEN_NORMAL,
                "you follow transformers' ViT, which takes it for any size of patches",
                ("dosovitskiy2020",),
            ),
        ),
    ),
)
