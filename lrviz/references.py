"""What is cited: each work once, in full, with where to find it.

A class names its works in its `source`, shortly, as "Kingma & Ba (2015)". Here is what that stands for; and, for what
the field's own short list of references treats, where in it to read on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lrviz.declare import Declared


@dataclass(frozen=True)
class Reference:
    """A work."""

    short: str
    """How a text names it: "Kingma & Ba (2015)"."""
    authors: str
    title: str
    where: str
    """Where it appeared."""
    link: str = ""
    """Its address; empty where none is known to stay."""

    @property
    def year(self) -> str:
        return self.short[-5:-1]


_ARXIV, _DOI = "https://arxiv.org/abs/", "https://doi.org/"


def _on_arxiv(number: str, short: str, authors: str, title: str, where: str) -> Reference:
    return Reference(short, authors, title, where, _ARXIV + number)


def _by_doi(doi: str, short: str, authors: str, title: str, where: str) -> Reference:
    return Reference(short, authors, title, where, _DOI + doi)


# fmt: off
WORKS: tuple[Reference, ...] = (
    Reference("Ackley (1987)", "Ackley, D. H.", "A Connectionist Machine for Genetic Hillclimbing", "Kluwer"),
    _by_doi("10.2140/pjm.1966.16.1", "Armijo (1966)", "Armijo, L.",
            "Minimization of functions having Lipschitz continuous first partial derivatives",
            "Pacific Journal of Mathematics 16: 1–3"),
    _by_doi("10.1093/imanum/8.1.141", "Barzilai & Borwein (1988)", "Barzilai, J., & Borwein, J. M.",
            "Two-point step size gradient methods", "IMA Journal of Numerical Analysis 8: 141–148"),
    _on_arxiv("1703.04782", "Baydin et al. (2018)",
              "Baydin, A. G., Cornish, R., Martínez Rubio, D., Schmidt, M., & Wood, F.",
              "Online learning rate adaptation with hypergradient descent", "ICLR"),
    Reference("Beale (1958)", "Beale, E. M. L.",
              "On an iterative method for finding a local minimum of a function of more than one variable",
              "Technical report 25, Statistical Techniques Research Group, Princeton University"),
    _on_arxiv("1206.5533", "Bengio (2012)", "Bengio, Y.",
              "Practical recommendations for gradient-based training of deep architectures",
              "Neural Networks: Tricks of the Trade, 2nd edition, Springer"),
    _on_arxiv("1802.04434", "Bernstein et al. (2018)",
              "Bernstein, J., Wang, Y.-X., Azizzadenesheli, K., & Anandkumar, A.",
              "signSGD: compressed optimisation for non-convex problems", "ICML"),
    _on_arxiv("1606.04838", "Bottou, Curtis & Nocedal (2018)", "Bottou, L., Curtis, F. E., & Nocedal, J.",
              "Optimization methods for large-scale machine learning", "SIAM Review 60: 223–311"),
    Reference("Broyden, Fletcher, Goldfarb and Shanno (1970)", "Broyden, C. G.; Fletcher, R.; Goldfarb, D.; Shanno, D.",
              "Four papers on quasi-Newton methods", "J. Inst. Maths Applics 6; Computer Journal 13; Math. Comp. 24"),
    Reference("Cauchy (1847)", "Cauchy, A.",
              "Méthode générale pour la résolution des systèmes d'équations simultanées",
              "Comptes rendus de l'Académie des sciences 25: 536–538"),
    _on_arxiv("2302.06675", "Chen et al. (2023)", "Chen, X., Liang, C., Huang, D., Real, E., and others",
              "Symbolic discovery of optimization algorithms", "NeurIPS"),
    _on_arxiv("2103.00065", "Cohen et al. (2021)", "Cohen, J. M., Kaur, S., Li, Y., Kolter, J. Z., & Talwalkar, A.",
              "Gradient descent on neural networks typically occurs at the edge of stability", "ICLR"),
    _on_arxiv("1406.2572", "Dauphin et al. (2014)",
              "Dauphin, Y., Pascanu, R., Gulcehre, C., Cho, K., Ganguli, S., & Bengio, Y.",
              "Identifying and attacking the saddle point problem in high-dimensional non-convex optimization",
              "NeurIPS"),
    _on_arxiv("2405.15682", "Defazio et al. (2024)",
              "Defazio, A., Yang, X., Mehta, H., Mishchenko, K., Khaled, A., & Cutkosky, A.",
              "The road less scheduled", "NeurIPS"),
    Reference("Dozat (2016)", "Dozat, T.", "Incorporating Nesterov momentum into Adam", "ICLR workshop",
              "https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ"),
    Reference("Duchi, Hazan & Singer (2011)", "Duchi, J., Hazan, E., & Singer, Y.",
              "Adaptive subgradient methods for online learning and stochastic optimization",
              "Journal of Machine Learning Research 12: 2121–2159", "https://jmlr.org/papers/v12/duchi11a.html"),
    Reference("Ezekiel (1930)", "Ezekiel, M.", "Methods of Correlation Analysis", "Wiley"),
    _on_arxiv("2010.01412", "Foret et al. (2021)", "Foret, P., Kleiner, A., Mobahi, H., & Neyshabur, B.",
              "Sharpness-aware minimization for efficiently improving generalization", "ICLR"),
    Reference("Goodfellow, Bengio & Courville (2016)", "Goodfellow, I., Bengio, Y., & Courville, A.", "Deep Learning",
              "MIT Press", "https://www.deeplearningbook.org"),
    _on_arxiv("1706.02677", "Goyal et al. (2017)", "Goyal, P., Dollár, P., Girshick, R., and others",
              "Accurate, large minibatch SGD: training ImageNet in 1 hour", "arXiv"),
    _on_arxiv("1308.0850", "Graves (2013)", "Graves, A.", "Generating sequences with recurrent neural networks",
              "arXiv"),
    _by_doi("10.1137/1.9780898717761", "Griewank & Walther (2008)", "Griewank, A., & Walther, A.",
            "Evaluating Derivatives: Principles and Techniques of Algorithmic Differentiation", "2nd edition, SIAM"),
    _on_arxiv("1512.03385", "He, Zhang, Ren & Sun (2016)", "He, K., Zhang, X., Ren, S., & Sun, J.",
              "Deep residual learning for image recognition", "CVPR"),
    Reference("Hilbert & Cohn-Vossen (1932)", "Hilbert, D., & Cohn-Vossen, S.", "Anschauliche Geometrie", "Springer"),
    Reference("Himmelblau (1972)", "Himmelblau, D. M.", "Applied Nonlinear Programming", "McGraw-Hill"),
    _by_doi("10.1162/neco.1997.9.1.1", "Hochreiter & Schmidhuber (1997)", "Hochreiter, S., & Schmidhuber, J.",
            "Flat minima", "Neural Computation 9: 1–42"),
    _on_arxiv("1801.06146", "Howard & Ruder (2018)", "Howard, J., & Ruder, S.",
              "Universal language model fine-tuning for text classification", "ACL"),
    _on_arxiv("2404.06395", "Hu et al. (2024)", "Hu, S., Tu, Y., Han, X., and others",
              "MiniCPM: unveiling the potential of small language models with scalable training strategies", "arXiv"),
    _on_arxiv("2302.12022", "Ivgi, Hinder & Carmon (2023)", "Ivgi, M., Hinder, O., & Carmon, Y.",
              "DoG is SGD's best friend: a parameter-free dynamic step size schedule", "ICML"),
    _on_arxiv("1308.4008", "Jamil & Yang (2013)", "Jamil, M., & Yang, X.-S.",
              "A literature survey of benchmark functions for global optimisation problems",
              "Int. J. Mathematical Modelling and Numerical Optimisation 4: 150–194"),
    _on_arxiv("1412.6980", "Kingma & Ba (2015)", "Kingma, D. P., & Ba, J.",
              "Adam: a method for stochastic optimization", "ICLR"),
    _by_doi("10.1145/3065386", "Krizhevsky, Sutskever & Hinton (2012)", "Krizhevsky, A., Sutskever, I., & Hinton, G.",
            "ImageNet classification with deep convolutional neural networks", "NeurIPS"),
    _on_arxiv("1908.03265", "Liu et al. (2020)", "Liu, L., Jiang, H., He, P., Chen, W., Liu, X., Gao, J., & Han, J.",
              "On the variance of the adaptive learning rate and beyond", "ICLR"),
    _on_arxiv("2002.10542", "Loizou et al. (2021)", "Loizou, N., Vaswani, S., Laradji, I., & Lacoste-Julien, S.",
              "Stochastic Polyak step-size for SGD: an adaptive learning rate for fast convergence", "AISTATS"),
    _on_arxiv("1608.03983", "Loshchilov & Hutter (2017)", "Loshchilov, I., & Hutter, F.",
              "SGDR: stochastic gradient descent with warm restarts", "ICLR"),
    _on_arxiv("1711.05101", "Loshchilov & Hutter (2019)", "Loshchilov, I., & Hutter, F.",
              "Decoupled weight decay regularization", "ICLR"),
    _on_arxiv("1704.04289", "Mandt, Hoffman & Blei (2017)", "Mandt, S., Hoffman, M. D., & Blei, D. M.",
              "Stochastic gradient descent as approximate Bayesian inference",
              "Journal of Machine Learning Research 18(134): 1–35"),
    _on_arxiv("2306.06101", "Mishchenko & Defazio (2024)", "Mishchenko, K., & Defazio, A.",
              "Prodigy: an expeditiously adaptive parameter-free learner", "ICML"),
    Reference("Mishra & Sarawadekar (2019)", "Mishra, P., & Sarawadekar, K.",
              "Polynomial learning rate policy with warm restart for deep neural network", "IEEE TENCON"),
    Reference("Nesterov (1983)", "Nesterov, Yu. E.",
              "A method of solving a convex programming problem with convergence rate O(1/k²)",
              "Soviet Mathematics Doklady 27: 372–376"),
    _by_doi("10.1007/978-0-387-40065-5", "Nocedal & Wright (2006)", "Nocedal, J., & Wright, S. J.",
            "Numerical Optimization", "2nd edition, Springer"),
    _on_arxiv("1211.5063", "Pascanu, Mikolov & Bengio (2013)", "Pascanu, R., Mikolov, T., & Bengio, Y.",
              "On the difficulty of training recurrent neural networks", "ICML"),
    _on_arxiv("1912.01703", "Paszke et al. (2019)", "Paszke, A., Gross, S., Massa, F., and others",
              "PyTorch: an imperative style, high-performance deep learning library", "NeurIPS"),
    _by_doi("10.1016/0041-5553(64)90137-5", "Polyak (1964)", "Polyak, B. T.",
            "Some methods of speeding up the convergence of iteration methods",
            "USSR Computational Mathematics and Mathematical Physics 4(5): 1–17"),
    _by_doi("10.1016/0041-5553(69)90061-5", "Polyak (1969)", "Polyak, B. T.", "Minimization of unsmooth functionals",
            "USSR Computational Mathematics and Mathematical Physics 9(3): 14–29"),
    _by_doi("10.1137/0330046", "Polyak & Juditsky (1992)", "Polyak, B. T., & Juditsky, A. B.",
            "Acceleration of stochastic approximation by averaging",
            "SIAM Journal on Control and Optimization 30: 838–855"),
    Reference("Rastrigin (1974)", "Rastrigin, L. A.", "Systems of Extremal Control", "Nauka (in Russian)"),
    _on_arxiv("1904.09237", "Reddi, Kale & Kumar (2018)", "Reddi, S. J., Kale, S., & Kumar, S.",
              "On the convergence of Adam and beyond", "ICLR"),
    Reference("Riedmiller & Braun (1993)", "Riedmiller, M., & Braun, H.",
              "A direct adaptive method for faster backpropagation learning: the RPROP algorithm",
              "IEEE International Conference on Neural Networks: 586–591"),
    _by_doi("10.1214/aoms/1177729586", "Robbins & Monro (1951)", "Robbins, H., & Monro, S.",
            "A stochastic approximation method", "Annals of Mathematical Statistics 22: 400–407"),
    _by_doi("10.1093/comjnl/3.3.175", "Rosenbrock (1960)", "Rosenbrock, H. H.",
            "An automatic method for finding the greatest or least value of a function",
            "The Computer Journal 3: 175–184"),
    Reference("Shor (1985)", "Shor, N. Z.", "Minimization Methods for Non-Differentiable Functions", "Springer"),
    _on_arxiv("1506.01186", "Smith (2017)", "Smith, L. N.", "Cyclical learning rates for training neural networks",
              "WACV"),
    _on_arxiv("1708.07120", "Smith & Topin (2019)", "Smith, L. N., & Topin, N.",
              "Super-convergence: very fast training of neural networks using large learning rates", "SPIE"),
    _by_doi("10.1016/0893-6080(90)90029-K", "Styblinski & Tang (1990)", "Styblinski, M. A., & Tang, T.-S.",
            "Experiments in nonconvex optimization: stochastic approximation with function smoothing and simulated"
            " annealing", "Neural Networks 3: 467–483"),
    Reference("Sutskever et al. (2013)", "Sutskever, I., Martens, J., Dahl, G., & Hinton, G.",
              "On the importance of initialization and momentum in deep learning", "ICML",
              "https://proceedings.mlr.press/v28/sutskever13.html"),
    Reference("Sutton (1986)", "Sutton, R. S.",
              "Two problems with backpropagation and other steepest-descent learning procedures for networks",
              "Annual Conference of the Cognitive Science Society"),
    Reference("Tieleman & Hinton (2012)", "Tieleman, T., & Hinton, G.",
              "Lecture 6.5: divide the gradient by a running average of its recent magnitude",
              "Coursera: Neural Networks for Machine Learning"),
    Reference("Törn & Žilinskas (1989)", "Törn, A., & Žilinskas, A.", "Global Optimization",
              "Lecture Notes in Computer Science 350, Springer"),
    _on_arxiv("1706.03762", "Vaswani et al. (2017)", "Vaswani, A., Shazeer, N., Parmar, N., and others",
              "Attention is all you need", "NeurIPS"),
    Reference("Zaheer et al. (2018)", "Zaheer, M., Reddi, S., Sachan, D., Kale, S., & Kumar, S.",
              "Adaptive methods for nonconvex optimization", "NeurIPS"),
    _on_arxiv("1212.5701", "Zeiler (2012)", "Zeiler, M. D.", "ADADELTA: an adaptive learning rate method", "arXiv"),
    _on_arxiv("1907.08610", "Zhang et al. (2019)", "Zhang, M. R., Lucas, J., Hinton, G., & Ba, J.",
              "Lookahead optimizer: k steps forward, 1 step back", "NeurIPS"),
    _on_arxiv("2010.07468", "Zhuang et al. (2020)", "Zhuang, J., Tang, T., Ding, Y., and others",
              "AdaBelief optimizer: adapting stepsizes by the belief in observed gradients", "NeurIPS"),
)
# fmt: on
BY_NAME = {work.short: work for work in WORKS}

_BENGIO, _BOOK = "Bengio (2012)", "Goodfellow, Bengio & Courville (2016)"
_KINGMA, _DUCHI, _SMITH = "Kingma & Ba (2015)", "Duchi, Hazan & Singer (2011)", "Smith (2017)"
SHORT_LIST = (_DUCHI, _KINGMA, _SMITH, _BENGIO, _BOOK)
"""What to read first about learning rates."""

READ_ON: dict[str, dict[str, str]] = {
    "GD": {_BOOK: "section 8.3.1", _BENGIO: "section 3.1.1, on the learning rate"},
    "Momentum": {_BOOK: "section 8.3.2", _BENGIO: "section 3.1.1, on momentum"},
    "Nesterov": {_BOOK: "section 8.3.3"},
    "AdaGrad": {_BOOK: "section 8.5.1"},
    "RMSProp": {_BOOK: "section 8.5.2", _DUCHI: "the sum whose memory fades here"},
    "Adam": {_BOOK: "section 8.5.3"},
    "AdamW": {_KINGMA: "the method it mends"},
    "AMSGrad": {_KINGMA: "the method it mends"},
    "RAdam": {_KINGMA: "the method it mends"},
    "AdaDelta": {_DUCHI: "the sum whose memory fades here"},
    "AdaBelief": {_KINGMA: "the method it begins from"},
    "Yogi": {_KINGMA: "the method it mends"},
    "NAdam": {_KINGMA: "the method it begins from"},
    "Newton": {_BOOK: "sections 8.2.3 and 8.6.1"},
    "BFGS": {_BOOK: "section 8.6.3"},
    "Clipped": {_BOOK: "sections 8.2.4 and 10.11.1"},
    "Averaged": {_BOOK: "section 8.7.3"},
    "Constant": {_BENGIO: "section 3.1.1, on the initial learning rate"},
    "InverseTime": {_BOOK: "section 8.3.1"},
    "OneCycle": {_SMITH: "the cycles it is one of"},
    "Quadratic": {_BOOK: "sections 4.3.1 and 8.2.1"},
    "PlateauAndCliff": {_BOOK: "sections 8.2.3 and 8.2.4"},
    "Saddle": {_BOOK: "section 8.2.3"},
    "Minibatch": {_BOOK: "section 8.1.3", _BENGIO: "section 3.1.1, on the size of a minibatch"},
}
"""Where the short list treats what a class is: {name of the class: {work: where in it}}."""


@dataclass(frozen=True)
class Citation:
    """A work, and why it is named."""

    work: Reference
    note: str
    """Where in it, or what it says of this; empty where all of it is meant."""


def citations(cls: type[Declared]) -> Iterator[Citation]:
    """The works that a class names as its source, and then where to read on."""
    source: str = getattr(cls, "source", "")
    named = sorted((work for work in WORKS if work.short in source), key=lambda work: source.index(work.short))
    for work in named:
        yield Citation(work, _place(source.partition(work.short)[2]))
    for short, note in READ_ON.get(cls.__name__, {}).items():
        if BY_NAME[short] not in named:
            yield Citation(BY_NAME[short], note)


_PLACE = re.compile(
    r"(?:equation|chapter|section|theorem|§|Algorithm|no\.) ?[\w.]+(?: and (?:section )?[\d.]*\d)?(?<!\.)"
)


def _place(text: str) -> str:
    """Where in a work, of what a source says after its name, up to the next work."""
    found = _PLACE.search(re.split(r";|\(\d{4}\)", text)[0])
    return found[0] if found else ""


def on_screen(things: Iterable[tuple[str, type[Declared]]]) -> dict[Reference, list[str]]:
    """The works behind some things, each with what it is for: {work: ["Adam", "Cosine decay"]}. things: titles and
    classes; what is named twice is listed once."""
    found: dict[Reference, list[str]] = {}
    for title, cls in dict(things).items():
        for citation in citations(cls):
            found.setdefault(citation.work, []).append(f"{title} ({citation.note})" if citation.note else title)
    return found
