"""Words that stand where a layer should, and what to say of them: as data."""

from __future__ import annotations

from collections.abc import Mapping

from service.likeness import fold

_WEIGHTLESS_LAYERS = """
Dropout AlphaDropout SpatialDropout FeatureAlphaDropout DropPath DropBlock StochasticDepth GaussianNoise
GaussianDropout MaxPool MaxPooling AvgPool AveragePool AveragePooling GlobalMaxPool GlobalMaxPooling GlobalAvgPool
GlobalAveragePool GlobalAveragePooling AdaptiveAvgPool AdaptiveMaxPool LPPool FractionalMaxPool MaxUnpool Pooling
MeanPool GlobalMeanPool AdaptiveMeanPool SubsamplingLayer GlobalPoolingLayer DropoutLayer ActivationLayer
Flatten Ravel Unflatten Reshape Permute Transpose RepeatVector Masking Lambda Input InputLayer Concatenate Concat Add
Multiply Subtract Average Maximum Minimum Dot Cat Split Slice Squeeze Unsqueeze Expand Tile Identity Upsample UpSampling
UpsampleNearest UpsampleBilinear Interpolate Resize Resizing Rescaling ZeroPadding ZeroPad ReflectionPad ReplicationPad
ConstantPad Cropping Padding PixelUnshuffle ChannelShuffle Fold Unfold Normalize UnitNormalization LRN LocalResponseNorm
RotaryEmbedding RoPE SinusoidalPositionalEmbedding ALiBi Softmin ActivityRegularization CrossEntropyLoss MSELoss BCELoss
NLLLoss L1Loss CosineSimilarity PairwiseDistance ScaledDotProductAttention SinusoidalPositionalEncoding
RotaryEncoding RotaryPositionalEmbedding
CircularPad Discretization CategoryEncoding StringLookup IntegerLookup Hashing StateIndex Interpolate2d RandomFlip
RandomRotation RandomCrop RandomZoom CenterCrop TextVectorization Softmax2d Threshold MergedDirections
"""

_WEIGHTLESS = frozenset(map(fold, _WEIGHTLESS_LAYERS.split()))
_WEIGHTLESS_ENDINGS = ("rotaryembedding",)
"""What such a word may end in that is otherwise a model's own: LlamaRotaryEmbedding."""


def is_weightless(folded: str) -> bool:
    """Return whether a word, folded and without the number of dimensions, is of a layer without weights."""
    return folded in _WEIGHTLESS or folded.endswith(_WEIGHTLESS_ENDINGS)


_NETWORK = "has no weights but those of its layers: ask for each of them"
_WRAPPER = "wraps another layer: give that one, as layer=LSTM or layer=Linear"
_NEURON = "is a neuron without weights of its own: ask for the layer before it, such as layer=Linear"
_FROM_DATA = "takes its scale and its bias from the first batch, which no initializer can know"

_SENTENCES: tuple[tuple[str, str], ...] = (
    (
        "sequential model module functional modulelist moduledict chain discriminator generator decoder encoder "
        "autoencoder network backbone qnetwork dqn mlpclassifier mlpregressor resnet vgg unet vit bert gpt perceiver "
        "mlpmixer gmlp retnet xlstm deeponet neuralode resblock basicblock bottleneckblock residualblock "
        "inceptionblock skipconnection parallel pairwisefusion features layers layer blocks block stages stage trunk",
        f"{_NETWORK}, by layer=Linear, Conv2d, ..., with what they have in common, in a POST with a list of layers, or "
        'with a module pasted whole: {"layers": "nn.Sequential(nn.Linear(784, 256), nn.ReLU())"}',
    ),
    (
        "rwkv timemix channelmix",
        f"{_NETWORK}, by layer=Linear with role=query, key, value or attention_output; the decays are set by its paper",
    ),
    ("linear8bitlt linear4bit", "is made from trained weights: for those ask for layer=Linear"),
    (
        "bidirectional timedistributed spectralnormalization weightnormalization weightnorm spectralnorm "
        "stackedrnncells remat checkpointwrapper",
        _WRAPPER,
    ),
    ("lif leaky spiking ifnode lifnode integrateandfire synaptic alif", _NEURON),
    ("actnorm", _FROM_DATA),
    (
        "parameter parameterlist parameterdict variable varbuilder varstore tensor weight kernel",
        "may be any tensor: give the layer that it is used in, such as layer=Linear, Embedding or PositionalEmbedding",
    ),
    ("bias", "is a part of a layer: give the layer, and the answer has a bias for it"),
    (
        "kan kanlinear kanlayer",
        "has coefficients of splines on its edges, of which no rule here is known; for its base weight ask for "
        "layer=Linear",
    ),
    (
        "spectralconv fno fourierlayer",
        "has complex weights for each frequency, of which no rule here is known: "
        "/weights/uniform?dtype=complex64 draws such",
    ),
    (
        "gaussianfourierprojection fourierfeatures randomfourierfeatures",
        "has frequencies that are drawn once and not trained: their std is the bandwidth, a hyperparameter; draw them "
        "from /weights/normal?std=...",
    ),
    (
        "rbf rbflayer",
        "has centres and widths, which are chosen from the data; for the weights after it ask for layer=Linear",
    ),
    (
        "reservoir esn echostate echostatenetwork",
        "is a network whose state is not trained: draw its matrix from /weights/reservoir, and for what reads it ask "
        "for layer=Linear&role=head",
    ),
    (
        "gate gating",
        "may be a router of experts, a gated feed-forward layer or a highway's gate: give layer=Linear and "
        "role=router, mlp_gate or highway_gate",
    ),
    (
        "additiveattention",
        "has a vector alone in Keras; for the matrices of Bahdanau's attention ask for layer=Linear&activation=tanh",
    ),
)

INSTEAD: Mapping[str, str] = {word: sentence for words, sentence in _SENTENCES for word in words.split()}
"""What to say of a word that is no layer, or of which there is no advice, folded as the others."""
