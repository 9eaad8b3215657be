"""The works that rules and evidence rest on, by a key."""

from __future__ import annotations

from collections.abc import Mapping

from service.initializers.bias import JOZEFOWICZ, LIN, TALLEC
from service.initializers.depth import BLACK, HUANG, NGUYEN, RADFORD, WANG_DEEPNET, ZHANG
from service.initializers.entry import Reference
from service.initializers.hippo import GU_DIAGONAL, GU_HIPPO
from service.initializers.state_space import DAO_MAMBA, GU_MAMBA
from service.initializers.variance_scaling import GLOROT, HE, KLAMBAUER, LECUN
from service.initializers.vision import CHEN, DOSOVITSKIY, TAN
from service.initializers.width import HU, YANG

_ARXIV, _DOI = "https://arxiv.org/abs/", "https://doi.org/"


def _arxiv(authors: str, title: str, year: int, number: str) -> Reference:
    return Reference(authors, title, year, _ARXIV + number)


REFERENCES: Mapping[str, Reference] = {
    "he2015": HE,
    "glorot2010": GLOROT,
    "lecun1998": LECUN,
    "klambauer2017": KLAMBAUER,
    "radford2019": RADFORD,
    "nguyen2019": NGUYEN,
    "black2022": BLACK,
    "wang2022": WANG_DEEPNET,
    "huang2020": HUANG,
    "zhang2019": ZHANG,
    "yang2022": YANG,
    "hu2021": HU,
    "tan2019": TAN,
    "dosovitskiy2020": DOSOVITSKIY,
    "chen2021": CHEN,
    "jozefowicz2015": JOZEFOWICZ,
    "tallec2018": TALLEC,
    "lin2017": LIN,
    "gu2020": GU_HIPPO,
    "gu2022": GU_DIAGONAL,
    "gu2023": GU_MAMBA,
    "dao2024": DAO_MAMBA,
    "poole2016": _arxiv(
        "Ben Poole, Subhaneil Lahiri, Maithra Raghu, Jascha Sohl-Dickstein, Surya Ganguli",
        "Exponential expressivity in deep neural networks through transient chaos", 2016, "1606.05340",
    ),
    "schoenholz2017": _arxiv(
        "Samuel S. Schoenholz, Justin Gilmer, Surya Ganguli, Jascha Sohl-Dickstein", "Deep Information Propagation",
        2016, "1611.01232",
    ),
    "pennington2017": _arxiv(
        "Jeffrey Pennington, Samuel S. Schoenholz, Surya Ganguli",
        "Resurrecting the sigmoid in deep learning through dynamical isometry: theory and practice", 2017, "1711.04735",
    ),
    "hanin2018": _arxiv(
        "Boris Hanin, Mihai Nica", "Products of Many Large Random Matrices and Gradients in Deep Neural Networks", 2018,
        "1812.05994",
    ),
    "yang2019": _arxiv(
        "Greg Yang, Jeffrey Pennington, Vinay Rao, Jascha Sohl-Dickstein, Samuel S. Schoenholz",
        "A Mean Field Theory of Batch Normalization", 2019, "1902.08129",
    ),
    "hayou2019": _arxiv(
        "Soufiane Hayou, Arnaud Doucet, Judith Rousseau",
        "On the Impact of the Activation Function on Deep Neural Networks Training", 2019, "1902.06853",
    ),
    "roberts2021": _arxiv(
        "Daniel A. Roberts, Sho Yaida, Boris Hanin", "The Principles of Deep Learning Theory", 2021, "2106.10165"
    ),
    "saxe2013": _arxiv(
        "Andrew M. Saxe, James L. McClelland, Surya Ganguli",
        "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013, "1312.6120",
    ),
    "hu2020": _arxiv(
        "Wei Hu, Lechao Xiao, Jeffrey Pennington",
        "Provable Benefit of Orthogonal Initialization in Optimizing Deep Linear Networks", 2020, "2001.05992",
    ),
    "xiao2018": _arxiv(
        "Lechao Xiao, Yasaman Bahri, Jascha Sohl-Dickstein, Samuel S. Schoenholz, Jeffrey Pennington",
        "Dynamical Isometry and a Mean Field Theory of CNNs", 2018, "1806.05393",
    ),
    "mishkin2015": _arxiv("Dmytro Mishkin, Jiri Matas", "All you need is a good init", 2015, "1511.06422"),
    "kumar2017": _arxiv(
        "Siddharth Krishna Kumar", "On weight initialization in deep neural networks", 2017, "1704.08863"
    ),
    "clevert2015": _arxiv(
        "Djork-Arné Clevert, Thomas Unterthiner, Sepp Hochreiter",
        "Fast and Accurate Deep Network Learning by Exponential Linear Units (ELUs)", 2015, "1511.07289",
    ),
    "sitzmann2020": _arxiv(
        "Vincent Sitzmann, Julien N. P. Martel, Alexander W. Bergman, David B. Lindell, Gordon Wetzstein",
        "Implicit Neural Representations with Periodic Activation Functions", 2020, "2006.09661",
    ),
    "tseran2023": _arxiv(
        "Hanna Tseran, Guido Montúfar",
        "Expected Gradients of Maxout Networks and Consequences to Parameter Initialization", 2023, "2301.06956",
    ),
    "shazeer2020": _arxiv("Noam Shazeer", "GLU Variants Improve Transformer", 2020, "2002.05202"),
    "long2014": _arxiv(
        "Jonathan Long, Evan Shelhamer, Trevor Darrell", "Fully Convolutional Networks for Semantic Segmentation", 2014,
        "1411.4038",
    ),
    "aitken2017": _arxiv(
        "Andrew Aitken, Christian Ledig, Lucas Theis, Jose Caballero, Zehan Wang, Wenzhe Shi",
        "Checkerboard artifact free sub-pixel convolution", 2017, "1707.02937",
    ),
    "goyal2017": _arxiv(
        "Priya Goyal, Piotr Dollár, Ross Girshick, et al.",
        "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", 2017, "1706.02677",
    ),
    "de2020": _arxiv(
        "Soham De, Samuel L. Smith",
        "Batch Normalization Biases Residual Blocks Towards the Identity Function in Deep Networks", 2020, "2002.10444",
    ),
    "bachlechner2020": _arxiv(
        "Thomas Bachlechner, Bodhisattwa Prasad Majumder, Huanru Henry Mao, Garrison W. Cottrell, Julian McAuley",
        "ReZero is All You Need: Fast Convergence at Large Depth", 2020, "2003.04887",
    ),
    "touvron2021": _arxiv(
        "Hugo Touvron, Matthieu Cord, Alexandre Sablayrolles, Gabriel Synnaeve, Hervé Jégou",
        "Going deeper with Image Transformers", 2021, "2103.17239",
    ),
    "xiong2020": _arxiv(
        "Ruibin Xiong, Yunchang Yang, Di He, et al.", "On Layer Normalization in the Transformer Architecture", 2020,
        "2002.04745",
    ),
    "ioffe2015": _arxiv(
        "Sergey Ioffe, Christian Szegedy",
        "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift", 2015,
        "1502.03167",
    ),
    "ba2016": _arxiv("Jimmy Lei Ba, Jamie Ryan Kiros, Geoffrey E. Hinton", "Layer Normalization", 2016, "1607.06450"),
    "le2015": _arxiv(
        "Quoc V. Le, Navdeep Jaitly, Geoffrey E. Hinton",
        "A Simple Way to Initialize Recurrent Networks of Rectified Linear Units", 2015, "1504.00941",
    ),
    "henaff2016": _arxiv(
        "Mikael Henaff, Arthur Szlam, Yann LeCun", "Recurrent Orthogonal Networks and Long-Memory Tasks", 2016,
        "1602.06662",
    ),
    "cho2014": _arxiv(
        "Kyunghyun Cho, Bart van Merriënboer, Caglar Gulcehre, et al.",
        "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation", 2014,
        "1406.1078",
    ),
    "srivastava2015": _arxiv(
        "Rupesh Kumar Srivastava, Klaus Greff, Jürgen Schmidhuber", "Highway Networks", 2015, "1505.00387"
    ),
    "radford2015": _arxiv(
        "Alec Radford, Luke Metz, Soumith Chintala",
        "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks", 2015,
        "1511.06434",
    ),
    "andrychowicz2020": _arxiv(
        "Marcin Andrychowicz, Anton Raichuk, Piotr Stańczyk, et al.",
        "What Matters In On-Policy Reinforcement Learning? A Large-Scale Empirical Study", 2020, "2006.05990",
    ),
    "lillicrap2015": _arxiv(
        "Timothy P. Lillicrap, Jonathan J. Hunt, Alexander Pritzel, et al.",
        "Continuous control with deep reinforcement learning", 2015, "1509.02971",
    ),
    "kingma2018": _arxiv(
        "Diederik P. Kingma, Prafulla Dhariwal", "Glow: Generative Flow with Invertible 1x1 Convolutions", 2018,
        "1807.03039",
    ),
    "kingma2013": _arxiv("Diederik P. Kingma, Max Welling", "Auto-Encoding Variational Bayes", 2013, "1312.6114"),
    "peebles2022": _arxiv(
        "William Peebles, Saining Xie", "Scalable Diffusion Models with Transformers", 2022, "2212.09748"
    ),
    "zhang2023": _arxiv(
        "Lvmin Zhang, Anyi Rao, Maneesh Agrawala",
        "Adding Conditional Control to Text-to-Image Diffusion Models", 2023, "2302.05543",
    ),
    "kipf2016": _arxiv(
        "Thomas N. Kipf, Max Welling", "Semi-Supervised Classification with Graph Convolutional Networks", 2016,
        "1609.02907",
    ),
    "fedus2021": _arxiv(
        "William Fedus, Barret Zoph, Noam Shazeer",
        "Switch Transformers: Scaling to Trillion Parameter Models with Simple and Efficient Sparsity", 2021,
        "2101.03961",
    ),
    "radford2021": _arxiv(
        "Alec Radford, Jong Wook Kim, Chris Hallacy, et al.",
        "Learning Transferable Visual Models From Natural Language Supervision", 2021, "2103.00020",
    ),
    "raissi2019": Reference(
        "Maziar Raissi, Paris Perdikaris, George Em Karniadakis",
        "Physics-informed neural networks: A deep learning framework for solving forward and inverse problems "
        "involving "
        "nonlinear partial differential equations", 2019, _DOI + "10.1016/j.jcp.2018.10.045",
    ),
    "chang2020": Reference(
        "Oscar Chang, Lampros Flokas, Hod Lipson", "Principled Weight Initialization for Hypernetworks", 2020,
        "https://openreview.net/forum?id=H1lma24tPB",
    ),
    "goodfellow2016": Reference(
        "Ian Goodfellow, Yoshua Bengio, Aaron Courville", "Deep Learning, section 8.4", 2016,
        "https://www.deeplearningbook.org/contents/optimization.html",
    ),
    "pretorius2018": _arxiv(
        "Arnu Pretorius, Elan Van Biljon, Steve Kroon, Herman Kamper",
        "Critical initialisation for deep signal propagation in noisy rectifier neural networks", 2018, "1811.00293",
    ),
}  # fmt: skip


def identifier(reference: Reference) -> str:
    """Return the work's number: arXiv:..., doi:..., or its address."""
    for start, prefix in ((_ARXIV, "arXiv:"), (_DOI, "doi:")):
        if reference.url.startswith(start):
            return prefix + reference.url.removeprefix(start)
    return reference.url
