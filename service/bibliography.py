"""The works that schemes, rules and evidence rest on, by a key: its first author and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_ARXIV, _DOI = "https://arxiv.org/abs/", "https://doi.org/"


@dataclass(frozen=True)
class Reference:
    """A work: a paper, a book or a report."""

    authors: str
    title: str
    year: int
    url: str

    @property
    def identifier(self) -> str:
        """Its number: arXiv:..., doi:..., or its address."""
        for start, prefix in ((_ARXIV, "arXiv:"), (_DOI, "doi:")):
            if self.url.startswith(start):
                return prefix + self.url.removeprefix(start)
        return self.url


def _arxiv(authors: str, title: str, year: int, number: str) -> Reference:
    return Reference(authors, title, year, _ARXIV + number)


def _doi(authors: str, title: str, year: int, number: str) -> Reference:
    return Reference(authors, title, year, _DOI + number)


REFERENCES: Mapping[str, Reference] = {
    "aitken2017": _arxiv(
        "Andrew Aitken, Christian Ledig, Lucas Theis, Jose Caballero, Zehan Wang, Wenzhe Shi",
        "Checkerboard artifact free sub-pixel convolution", 2017, "1707.02937",
    ),
    "andrychowicz2020": _arxiv(
        "Marcin Andrychowicz, Anton Raichuk, Piotr Stańczyk, et al.",
        "What Matters In On-Policy Reinforcement Learning? A Large-Scale Empirical Study", 2020, "2006.05990",
    ),
    "ba2016": _arxiv("Jimmy Lei Ba, Jamie Ryan Kiros, Geoffrey E. Hinton", "Layer Normalization", 2016, "1607.06450"),
    "bachlechner2020": _arxiv(
        "Thomas Bachlechner, Bodhisattwa Prasad Majumder, Huanru Henry Mao, Garrison W. Cottrell, Julian McAuley",
        "ReZero is All You Need: Fast Convergence at Large Depth", 2020, "2003.04887",
    ),
    "baevski2020": _arxiv(
        "Alexei Baevski, Henry Zhou, Abdelrahman Mohamed, Michael Auli",
        "wav2vec 2.0: A Framework for Self-Supervised Learning of Speech Representations", 2020, "2006.11477",
    ),
    "beck2024": _arxiv(
        "Maximilian Beck, Korbinian Pöppel, Markus Spanring, et al.",
        "xLSTM: Extended Long Short-Term Memory", 2024, "2405.04517",
    ),
    "bishop1994": Reference(
        "Christopher M. Bishop", "Mixture Density Networks", 1994, "https://publications.aston.ac.uk/id/eprint/373/"
    ),
    "black2022": _arxiv(
        "Sid Black, Stella Biderman, Eric Hallahan, et al.",
        "GPT-NeoX-20B: An Open-Source Autoregressive Language Model", 2022, "2204.06745",
    ),
    "blake2024": _arxiv(
        "Charlie Blake, Constantin Eichenberg, Josef Dean, et al.",
        "u-μP: The Unit-Scaled Maximal Update Parametrization", 2024, "2407.17465",
    ),
    "boedecker2009": _doi(
        "Joschka Boedecker, Oliver Obst, Norbert Michael Mayer, Minoru Asada",
        "Initialization and self-organized optimization of recurrent neural network connectivity", 2009,
        "10.2976/1.3240502",
    ),
    "carion2020": _arxiv(
        "Nicolas Carion, Francisco Massa, Gabriel Synnaeve, Nicolas Usunier, Alexander Kirillov, Sergey Zagoruyko",
        "End-to-End Object Detection with Transformers", 2020, "2005.12872",
    ),
    "chang2020": Reference(
        "Oscar Chang, Lampros Flokas, Hod Lipson", "Principled Weight Initialization for Hypernetworks", 2020,
        "https://openreview.net/forum?id=H1lma24tPB",
    ),
    "chen2021": _arxiv(
        "Xinlei Chen, Saining Xie, Kaiming He", "An Empirical Study of Training Self-Supervised Vision Transformers",
        2021, "2104.02057",
    ),
    "cho2014": _arxiv(
        "Kyunghyun Cho, Bart van Merriënboer, Caglar Gulcehre, et al.",
        "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation", 2014,
        "1406.1078",
    ),
    "clevert2015": _arxiv(
        "Djork-Arné Clevert, Thomas Unterthiner, Sepp Hochreiter",
        "Fast and Accurate Deep Network Learning by Exponential Linear Units (ELUs)", 2015, "1511.07289",
    ),
    "dao2024": _arxiv(
        "Tri Dao, Albert Gu",
        "Transformers are SSMs: Generalized Models and Efficient Algorithms Through Structured State Space Duality",
        2024, "2405.21060",
    ),
    "de2020": _arxiv(
        "Soham De, Samuel L. Smith",
        "Batch Normalization Biases Residual Blocks Towards the Identity Function in Deep Networks", 2020, "2002.10444",
    ),
    "devlin2018": _arxiv(
        "Jacob Devlin, Ming-Wei Chang, Kenton Lee, Kristina Toutanova",
        "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", 2018, "1810.04805",
    ),
    "dey2025": _arxiv(
        "Nolan Dey, Bin Claire Zhang, Lorenzo Noci, et al.",
        "Don't be lazy: CompleteP enables compute-efficient deep transformers", 2025, "2505.01618",
    ),
    "dosovitskiy2020": _arxiv(
        "Alexey Dosovitskiy, Lucas Beyer, Alexander Kolesnikov, et al.",
        "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", 2020, "2010.11929",
    ),
    "esser2020": _arxiv(
        "Patrick Esser, Robin Rombach, Björn Ommer", "Taming Transformers for High-Resolution Image Synthesis", 2020,
        "2012.09841",
    ),
    "fedus2021": _arxiv(
        "William Fedus, Barret Zoph, Noam Shazeer",
        "Switch Transformers: Scaling to Trillion Parameter Models with Simple and Efficient Sparsity", 2021,
        "2101.03961",
    ),
    "gallicchio2020": _doi(
        "Claudio Gallicchio, Alessio Micheli, Luca Pedrelli",
        "Fast Spectral Radius Initialization for Recurrent Neural Networks", 2020, "10.1007/978-3-030-16841-4_39",
    ),
    "gemma2024": _arxiv(
        "Gemma Team, Thomas Mesnard, Cassidy Hardin, et al.",
        "Gemma: Open Models Based on Gemini Research and Technology", 2024, "2403.08295",
    ),
    "glorot2010": Reference(
        "Xavier Glorot, Yoshua Bengio", "Understanding the difficulty of training deep feedforward neural networks",
        2010, "https://proceedings.mlr.press/v9/glorot10a.html",
    ),
    "goodfellow2016": Reference(
        "Ian Goodfellow, Yoshua Bengio, Aaron Courville", "Deep Learning, section 8.4", 2016,
        "https://www.deeplearningbook.org/contents/optimization.html",
    ),
    "goyal2017": _arxiv(
        "Priya Goyal, Piotr Dollár, Ross Girshick, et al.",
        "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", 2017, "1706.02677",
    ),
    "groeneveld2024": _arxiv(
        "Dirk Groeneveld, Iz Beltagy, Pete Walsh, et al.", "OLMo: Accelerating the Science of Language Models", 2024,
        "2402.00838",
    ),
    "gu2020": _arxiv(
        "Albert Gu, Tri Dao, Stefano Ermon, Atri Rudra, Christopher Ré",
        "HiPPO: Recurrent Memory with Optimal Polynomial Projections", 2020, "2008.07669",
    ),
    "gu2021": _arxiv(
        "Albert Gu, Karan Goel, Christopher Ré", "Efficiently Modeling Long Sequences with Structured State Spaces",
        2021, "2111.00396",
    ),
    "gu2022": _arxiv(
        "Albert Gu, Ankit Gupta, Karan Goel, Christopher Ré",
        "On the Parameterization and Initialization of Diagonal State Space Models", 2022, "2206.11893",
    ),
    "gu2022b": _arxiv(
        "Albert Gu, Isys Johnson, Aman Timalsina, Atri Rudra, Christopher Ré",
        "How to Train Your HiPPO: State Space Models with Generalized Orthogonal Basis Projections", 2022, "2206.12037",
    ),
    "gu2023": _arxiv(
        "Albert Gu, Tri Dao", "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", 2023, "2312.00752",
    ),
    "hanin2018": _arxiv(
        "Boris Hanin, Mihai Nica", "Products of Many Large Random Matrices and Gradients in Deep Neural Networks", 2018,
        "1812.05994",
    ),
    "harris1978": _doi(
        "Fredric J. Harris", "On the use of windows for harmonic analysis with the discrete Fourier transform", 1978,
        "10.1109/PROC.1978.10837",
    ),
    "hayou2019": _arxiv(
        "Soufiane Hayou, Arnaud Doucet, Judith Rousseau",
        "On the Impact of the Activation Function on Deep Neural Networks Training", 2019, "1902.06853",
    ),
    "he2015": _arxiv(
        "Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun",
        "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification", 2015,
        "1502.01852",
    ),
    "he2021": _arxiv(
        "Kaiming He, Xinlei Chen, Saining Xie, Yanghao Li, Piotr Dollár, Ross Girshick",
        "Masked Autoencoders Are Scalable Vision Learners", 2021, "2111.06377",
    ),
    "helfrich2017": _arxiv(
        "Kyle Helfrich, Devin Willmott, Qiang Ye", "Orthogonal Recurrent Neural Networks with Scaled Cayley Transform",
        2017, "1707.09520",
    ),
    "henaff2016": _arxiv(
        "Mikael Henaff, Arthur Szlam, Yann LeCun", "Recurrent Orthogonal Networks and Long-Memory Tasks", 2016,
        "1602.06662",
    ),
    "hu2020": _arxiv(
        "Wei Hu, Lechao Xiao, Jeffrey Pennington",
        "Provable Benefit of Orthogonal Initialization in Optimizing Deep Linear Networks", 2020, "2001.05992",
    ),
    "hu2021": _arxiv(
        "Edward J. Hu, Yelong Shen, Phillip Wallis, et al.", "LoRA: Low-Rank Adaptation of Large Language Models", 2021,
        "2106.09685",
    ),
    "huang2020": Reference(
        "Xiao Shi Huang, Felipe Perez, Jimmy Ba, Maksims Volkovs",
        "Improving Transformer Optimization Through Better Initialization", 2020,
        "https://proceedings.mlr.press/v119/huang20f.html",
    ),
    "ioffe2015": _arxiv(
        "Sergey Ioffe, Christian Szegedy",
        "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift", 2015,
        "1502.03167",
    ),
    "jaeger2004": _doi(
        "Herbert Jaeger, Harald Haas",
        "Harnessing Nonlinearity: Predicting Chaotic Systems and Saving Energy in Wireless Communication", 2004,
        "10.1126/science.1091277",
    ),
    "jordan2024": Reference(
        "Keller Jordan, Yuchen Jin, Vlado Boza, et al.",
        "Muon: An optimizer for hidden layers in neural networks", 2024,
        "https://kellerjordan.github.io/posts/muon/",
    ),
    "jozefowicz2015": Reference(
        "Rafal Jozefowicz, Wojciech Zaremba, Ilya Sutskever",
        "An Empirical Exploration of Recurrent Network Architectures", 2015,
        "https://proceedings.mlr.press/v37/jozefowicz15.html",
    ),
    "kingma2013": _arxiv("Diederik P. Kingma, Max Welling", "Auto-Encoding Variational Bayes", 2013, "1312.6114"),
    "kingma2018": _arxiv(
        "Diederik P. Kingma, Prafulla Dhariwal", "Glow: Generative Flow with Invertible 1x1 Convolutions", 2018,
        "1807.03039",
    ),
    "kipf2016": _arxiv(
        "Thomas N. Kipf, Max Welling", "Semi-Supervised Classification with Graph Convolutional Networks", 2016,
        "1609.02907",
    ),
    "klambauer2017": _arxiv(
        "Günter Klambauer, Thomas Unterthiner, Andreas Mayr, Sepp Hochreiter", "Self-Normalizing Neural Networks", 2017,
        "1706.02515",
    ),
    "kumar2017": _arxiv(
        "Siddharth Krishna Kumar", "On weight initialization in deep neural networks", 2017, "1704.08863",
    ),
    "large2024": _arxiv(
        "Tim Large, Yang Liu, Minyoung Huh, Hyojin Bahng, Phillip Isola, Jeremy Bernstein",
        "Scalable Optimization in the Modular Norm", 2024, "2405.14813",
    ),
    "le2015": _arxiv(
        "Quoc V. Le, Navdeep Jaitly, Geoffrey E. Hinton",
        "A Simple Way to Initialize Recurrent Networks of Rectified Linear Units", 2015, "1504.00941",
    ),
    "lecun1998": _doi(
        "Yann LeCun, Leon Bottou, Genevieve B. Orr, Klaus-Robert Müller", "Efficient BackProp", 1998,
        "10.1007/3-540-49430-8_2",
    ),
    "lezcano2019": _arxiv(
        "Mario Lezcano-Casado, David Martínez-Rubio",
        "Cheap Orthogonal Constraints in Neural Networks: A Simple Parametrization of the Orthogonal and Unitary Group",
        2019, "1901.08428",
    ),
    "lillicrap2015": _arxiv(
        "Timothy P. Lillicrap, Jonathan J. Hunt, Alexander Pritzel, et al.",
        "Continuous control with deep reinforcement learning", 2015, "1509.02971",
    ),
    "lin2017": _arxiv(
        "Tsung-Yi Lin, Priya Goyal, Ross Girshick, Kaiming He, Piotr Dollár", "Focal Loss for Dense Object Detection",
        2017, "1708.02002",
    ),
    "liu2022": _arxiv(
        "Zhuang Liu, Hanzi Mao, Chao-Yuan Wu, et al.", "A ConvNet for the 2020s", 2022, "2201.03545"
    ),
    "long2014": _arxiv(
        "Jonathan Long, Evan Shelhamer, Trevor Darrell", "Fully Convolutional Networks for Semantic Segmentation", 2014,
        "1411.4038",
    ),
    "martens2010": Reference(
        "James Martens", "Deep learning via Hessian-free optimization", 2010,
        "https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf",
    ),
    "martinuzzi2022": Reference(
        "Francesco Martinuzzi, Chris Rackauckas, Anas Abdelrehim, Miguel D. Mahecha, Karin Mora",
        "ReservoirComputing.jl: An Efficient and Modular Library for Reservoir Computing Models", 2022,
        "https://www.jmlr.org/papers/v23/22-0611.html",
    ),
    "mezzadri2006": _arxiv(
        "Francesco Mezzadri", "How to generate random matrices from the classical compact groups", 2006,
        "math-ph/0609050",
    ),
    "mishkin2015": _arxiv("Dmytro Mishkin, Jiri Matas", "All you need is a good init", 2015, "1511.06422"),
    "nguyen2019": _arxiv(
        "Toan Q. Nguyen, Julian Salazar", "Transformers without Tears: Improving the Normalization of Self-Attention",
        2019, "1910.05895",
    ),
    "nichol2021": _arxiv(
        "Alex Nichol, Prafulla Dhariwal", "Improved Denoising Diffusion Probabilistic Models", 2021, "2102.09672"
    ),
    "orvieto2023": _arxiv(
        "Antonio Orvieto, Samuel L. Smith, Albert Gu, Anushan Fernando, Caglar Gulcehre, Razvan Pascanu, Soham De",
        "Resurrecting Recurrent Neural Networks for Long Sequences", 2023, "2303.06349",
    ),
    "peebles2022": _arxiv(
        "William Peebles, Saining Xie", "Scalable Diffusion Models with Transformers", 2022, "2212.09748",
    ),
    "peng2025": _arxiv(
        "Bo Peng, Ruichong Zhang, Daniel Goldstein, et al.",
        'RWKV-7 "Goose" with Expressive Dynamic State Evolution', 2025, "2503.14456",
    ),
    "pennington2017": _arxiv(
        "Jeffrey Pennington, Samuel S. Schoenholz, Surya Ganguli",
        "Resurrecting the sigmoid in deep learning through dynamical isometry: theory and practice", 2017, "1711.04735",
    ),
    "poole2016": _arxiv(
        "Ben Poole, Subhaneil Lahiri, Maithra Raghu, Jascha Sohl-Dickstein, Surya Ganguli",
        "Exponential expressivity in deep neural networks through transient chaos", 2016, "1606.05340",
    ),
    "pretorius2018": _arxiv(
        "Arnu Pretorius, Elan Van Biljon, Steve Kroon, Herman Kamper",
        "Critical initialisation for deep signal propagation in noisy rectifier neural networks", 2018, "1811.00293",
    ),
    "radford2015": _arxiv(
        "Alec Radford, Luke Metz, Soumith Chintala",
        "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks", 2015,
        "1511.06434",
    ),
    "radford2019": Reference(
        "Alec Radford, Jeffrey Wu, Rewon Child, David Luan, Dario Amodei, Ilya Sutskever",
        "Language Models are Unsupervised Multitask Learners", 2019,
        "https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf",
    ),
    "radford2021": _arxiv(
        "Alec Radford, Jong Wook Kim, Chris Hallacy, et al.",
        "Learning Transferable Visual Models From Natural Language Supervision", 2021, "2103.00020",
    ),
    "radford2022": _arxiv(
        "Alec Radford, Jong Wook Kim, Tao Xu, Greg Brockman, Christine McLeavey, Ilya Sutskever",
        "Robust Speech Recognition via Large-Scale Weak Supervision", 2022, "2212.04356",
    ),
    "raffel2019": _arxiv(
        "Colin Raffel, Noam Shazeer, Adam Roberts, Katherine Lee, Sharan Narang, et al.",
        "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", 2019, "1910.10683",
    ),
    "raissi2019": _doi(
        "Maziar Raissi, Paris Perdikaris, George Em Karniadakis",
        "Physics-informed neural networks: A deep learning framework for solving forward and inverse problems "
        "involving nonlinear partial differential equations", 2019, "10.1016/j.jcp.2018.10.045",
    ),
    "roberts2021": _arxiv(
        "Daniel A. Roberts, Sho Yaida, Boris Hanin", "The Principles of Deep Learning Theory", 2021, "2106.10165",
    ),
    "rodan2011": _doi(
        "Ali Rodan, Peter Tiňo", "Minimum Complexity Echo State Network", 2011, "10.1109/TNN.2010.2089641",
    ),
    "rodan2012": _doi(
        "Ali Rodan, Peter Tiňo", "Simple Deterministically Constructed Cycle Reservoirs with Regular Jumps", 2012,
        "10.1162/NECO_a_00297",
    ),
    "sandler2018": _arxiv(
        "Mark Sandler, Andrew Howard, Menglong Zhu, Andrey Zhmoginov, Liang-Chieh Chen",
        "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018, "1801.04381",
    ),
    "saxe2013": _arxiv(
        "Andrew M. Saxe, James L. McClelland, Surya Ganguli",
        "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013, "1312.6120",
    ),
    "schoenholz2017": _arxiv(
        "Samuel S. Schoenholz, Justin Gilmer, Surya Ganguli, Jascha Sohl-Dickstein", "Deep Information Propagation",
        2016, "1611.01232",
    ),
    "shazeer2017": _arxiv(
        "Noam Shazeer, Azalia Mirhoseini, Krzysztof Maziarz, et al.",
        "Outrageously Large Neural Networks: The Sparsely-Gated Mixture-of-Experts Layer", 2017, "1701.06538",
    ),
    "shazeer2020": _arxiv("Noam Shazeer", "GLU Variants Improve Transformer", 2020, "2002.05202"),
    "shoeybi2019": _arxiv(
        "Mohammad Shoeybi, Mostofa Patwary, Raul Puri, Patrick LeGresley, Jared Casper, Bryan Catanzaro",
        "Megatron-LM: Training Multi-Billion Parameter Language Models Using Model Parallelism", 2019, "1909.08053",
    ),
    "sitzmann2020": _arxiv(
        "Vincent Sitzmann, Julien N. P. Martel, Alexander W. Bergman, David B. Lindell, Gordon Wetzstein",
        "Implicit Neural Representations with Periodic Activation Functions", 2020, "2006.09661",
    ),
    "srivastava2015": _arxiv(
        "Rupesh Kumar Srivastava, Klaus Greff, Jürgen Schmidhuber", "Highway Networks", 2015, "1505.00387",
    ),
    "stewart1980": _doi(
        "G. W. Stewart",
        "The Efficient Generation of Random Orthogonal Matrices with an Application to Condition Estimators", 1980,
        "10.1137/0717034",
    ),
    "tallec2018": _arxiv(
        "Corentin Tallec, Yann Ollivier", "Can recurrent neural networks warp time?", 2018, "1804.11188",
    ),
    "tan2019": _arxiv(
        "Mingxing Tan, Quoc V. Le", "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019,
        "1905.11946",
    ),
    "touvron2021": _arxiv(
        "Hugo Touvron, Matthieu Cord, Alexandre Sablayrolles, Gabriel Synnaeve, Hervé Jégou",
        "Going deeper with Image Transformers", 2021, "2103.17239",
    ),
    "touvron2023": _arxiv(
        "Hugo Touvron, Thibaut Lavril, Gautier Izacard, et al.",
        "LLaMA: Open and Efficient Foundation Language Models", 2023, "2302.13971",
    ),
    "trabelsi2017": _arxiv(
        "Chiheb Trabelsi, Olexa Bilaniuk, Ying Zhang, et al.", "Deep Complex Networks", 2017, "1705.09792",
    ),
    "tseran2023": _arxiv(
        "Hanna Tseran, Guido Montúfar",
        "Expected Gradients of Maxout Networks and Consequences to Parameter Initialization", 2023, "2301.06956",
    ),
    "vaswani2017": _arxiv(
        "Ashish Vaswani, Noam Shazeer, Niki Parmar, et al.", "Attention Is All You Need", 2017, "1706.03762",
    ),
    "wang2022": _arxiv(
        "Hongyu Wang, Shuming Ma, Li Dong, Shaohan Huang, Dongdong Zhang, Furu Wei",
        "DeepNet: Scaling Transformers to 1,000 Layers", 2022, "2203.00555",
    ),
    "wang2022b": _arxiv(
        "Hongyu Wang, Shuming Ma, Shaohan Huang, et al.", "Foundation Transformers", 2022, "2210.06423",
    ),
    "wang2024": _arxiv(
        "Lean Wang, Huazuo Gao, Chenggang Zhao, Xu Sun, Damai Dai",
        "Auxiliary-Loss-Free Load Balancing Strategy for Mixture-of-Experts", 2024, "2408.15664",
    ),
    "warner2024": _arxiv(
        "Benjamin Warner, Antoine Chaffin, Benjamin Clavié, et al.",
        "Smarter, Better, Faster, Longer: A Modern Bidirectional Encoder for Fast, Memory Efficient, and Long Context "
        "Finetuning and Inference", 2024, "2412.13663",
    ),
    "wolf2019": _arxiv(
        "Thomas Wolf, Lysandre Debut, Victor Sanh, et al.",
        "HuggingFace's Transformers: State-of-the-art Natural Language Processing", 2019, "1910.03771",
    ),
    "xiao2018": _arxiv(
        "Lechao Xiao, Yasaman Bahri, Jascha Sohl-Dickstein, Samuel S. Schoenholz, Jeffrey Pennington",
        "Dynamical Isometry and a Mean Field Theory of CNNs", 2018, "1806.05393",
    ),
    "xiong2020": _arxiv(
        "Ruibin Xiong, Yunchang Yang, Di He, et al.", "On Layer Normalization in the Transformer Architecture", 2020,
        "2002.04745",
    ),
    "yang2019": _arxiv(
        "Greg Yang, Jeffrey Pennington, Vinay Rao, Jascha Sohl-Dickstein, Samuel S. Schoenholz",
        "A Mean Field Theory of Batch Normalization", 2019, "1902.08129",
    ),
    "yang2022": _arxiv(
        "Greg Yang, Edward J. Hu, Igor Babuschkin, et al.",
        "Tensor Programs V: Tuning Large Neural Networks via Zero-Shot Hyperparameter Transfer", 2022, "2203.03466",
    ),
    "yang2023": _arxiv(
        "Greg Yang, James B. Simon, Jeremy Bernstein", "A Spectral Condition for Feature Learning", 2023, "2310.17813",
    ),
    "zagoruyko2017": _arxiv(
        "Sergey Zagoruyko, Nikos Komodakis", "DiracNets: Training Very Deep Neural Networks Without Skip-Connections",
        2017, "1706.00388",
    ),
    "zhai2023": _arxiv(
        "Xiaohua Zhai, Basil Mustafa, Alexander Kolesnikov, Lucas Beyer",
        "Sigmoid Loss for Language Image Pre-Training", 2023, "2303.15343",
    ),
    "zhang2019": _arxiv(
        "Hongyi Zhang, Yann N. Dauphin, Tengyu Ma", "Fixup Initialization: Residual Learning Without Normalization",
        2019, "1901.09321",
    ),
    "zhang2023": _arxiv(
        "Lvmin Zhang, Anyi Rao, Maneesh Agrawala", "Adding Conditional Control to Text-to-Image Diffusion Models", 2023,
        "2302.05543",
    ),
    "zhao2021": _arxiv(
        "Jiawei Zhao, Florian Schäfer, Anima Anandkumar",
        "ZerO Initialization: Initializing Neural Networks with only Zeros and Ones", 2021, "2110.12661",
    ),
}  # fmt: skip
