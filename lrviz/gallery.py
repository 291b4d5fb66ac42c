"""Scenes to start from: one for each thing worth seeing. Each is a link, and says what to look for.

Here are the playground's; other pages have their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from lrviz.link import LANDING, query, read
from lrviz.scene import Scene


@dataclass(frozen=True)
class Exhibit:
    """A starting scene."""

    title: str
    look: str
    """What to look for."""
    query: str
    """The scene's link."""
    view: str = ""
    """What its page shows besides the scene, in the page's own words."""

    @property
    def scene(self) -> Scene:
        """The scene of the link."""
        return read(parse_qs(self.query)).scene


GALLERY: tuple[Exhibit, ...] = (
    Exhibit(
        "A banana valley",
        "Quick into the valley, slow along it. Momentum gathers speed on the floor; Adam takes the walls calmly.",
        query(LANDING),
    ),
    Exhibit(
        "Just below and just above 2/L",
        "The curvature across is L = 10, so the limit is η = 0.2. At 0.19 the zigzag dies out; at 0.21 it grows.",
        "surface=quadratic&steps=60&run=gd+eta+0.19&run=gd+eta+0.21",
    ),
    Exhibit(
        "Three methods, three limits",
        "The same η = 0.25 for all: beyond the limits of gradient descent and of Nesterov, within momentum's.",
        "surface=quadratic&steps=120&run=gd+eta+0.25&run=momentum+eta+0.25&run=nesterov+eta+0.25",
    ),
    Exhibit(
        "The ravine, with and without momentum",
        "The walls throw gradient descent from side to side. Momentum averages that away and keeps the way along.",
        "surface=ravine+kappa+100&steps=200&run=gd+eta+0.009&run=momentum+eta+0.009",
    ),
    Exhibit(
        "Leaving a saddle",
        "All start a hair beside the ridge. The way out grows by 1 + η a step; Adam rescales it and is out first.",
        "surface=saddle&steps=120&run=gd+eta+0.1&run=momentum+eta+0.1&run=adam+eta+0.1",
    ),
    Exhibit(
        "Stuck on the ridge",
        "Exactly on it, no gradient points out: gradient and updates vanish, and yet this is no minimum.",
        "surface=saddle&start=1.5+0&run=gd+eta+0.1&run=adam+eta+0.1",
    ),
    Exhibit(
        "A limit cycle, and the cure",
        "RMSProp's steps keep the length of η, so at a fixed rate it circles the minimum. Decayed to 0, it lands.",
        "surface=quadratic&steps=600&run=rmsprop+eta+0.3+rho+0.9&run=rmsprop+eta+0.3+rho+0.9+cosine+period+400",
    ),
    Exhibit(
        "AdaGrad runs out of breath",
        "Its sum of squared gradients only grows, its rate only falls. RMSProp forgets: it arrives, and never rests.",
        "surface=quadratic&steps=1000&run=adagrad&run=rmsprop",
    ),
    Exhibit(
        "A plateau",
        "On the shelf the slope is one in a hundred. Gradient descent crawls; Adam divides by it and walks off.",
        "surface=plateau&steps=200&run=gd+eta+0.1&run=adam+eta+0.1",
    ),
    Exhibit(
        "η picks the minimum",
        "Two wells of equal depth, one sharp, one flat. The small rate stays in the sharp one; the large one cannot.",
        "surface=double_well&steps=100&run=gd+eta+0.06&run=gd+eta+0.3",
    ),
    Exhibit(
        "A warm restart leaves a basin",
        "One long decay stays in the sharp well. So does a first cycle; the restart at step 60 goes to the flat one.",
        "surface=double_well&start=-1.5+0.5&steps=240&run=momentum+eta+0.17+beta+0.7+cosine+period+240"
        "&run=momentum+eta+0.17+beta+0.7+warm_restarts+period+60",
    ),
    Exhibit(
        "The edge of stability",
        "The minima form a curve, sharper towards its ends. A rate too high for its place slides on to a flatter one.",
        "surface=factorization&steps=60&run=gd+eta+0.1&run=gd+eta+0.4",
    ),
    Exhibit(
        "Noise, and a rate that fades",
        "With noise in the gradient a fixed rate hovers at a distance that η sets. A fading one closes in.",
        "surface=quadratic&steps=600&noise=additive+sigma+1&run=gd+eta+0.1&run=gd+eta+0.1+exponential",
    ),
    Exhibit(
        "Where Adam fails",
        "Once in three steps the slope is steep and leads to the best point, on the left; the others lead gently away."
        " With a short memory Adam ends at the worst point. AMSGrad, which keeps its largest v, ends at the best.",
        "surface=online&start=0.5+0&steps=600&run=adam+eta+0.2+beta1+0+beta2+0.1+cosine+period+600"
        "&run=amsgrad+eta+0.2+beta1+0+beta2+0.1+cosine+period+600",
    ),
    Exhibit(
        "A formula of your own",
        "Typed as text: two wells, tilted. Gradient descent stays in the higher one; momentum rolls on to the lower.",
        "surface=expression+text+%28x%5E2-1%29%5E2%2By%5E2%2B0.3%2Ax+width+2&start=1.6+1&steps=200"
        "&run=gd+eta+0.02&run=momentum+eta+0.02",
    ),
    Exhibit(
        "A kink at the bottom",
        "The slope of |x| does not fade. At a fixed η the last steps go to and fro; decayed to 0, they come to rest.",
        "surface=absolute&steps=400&run=gd+eta+0.1&run=gd+eta+0.1+cosine+period+400",
    ),
    Exhibit(
        "A cliff, and a shorter gradient",
        "Here the gradient is 10⁵ long, and one step of it ends far outside. Clipped to length 1, it arrives.",
        "surface=beale&start=4+-4&steps=800&run=gd+eta+0.02&run=gd+eta+0.02+clip",
    ),
    Exhibit(
        "Looking ahead tames a rate that is too high",
        "Beyond 2/L five steps grow the zigzag 1.6 times and turn it round; half-way back from there, 0.3 is left.",
        "surface=quadratic&steps=120&run=gd+eta+0.21&run=gd+eta+0.21+lookahead",
    ),
    Exhibit(
        "Newton's method likes saddles",
        "It goes to wherever the slope vanishes: here to a saddle. With curvatures taken as positive it goes down.",
        "surface=himmelblau&start=0+2.2&steps=60&run=newton+eta+0.5&run=newton+eta+0.5+absolute+1",
    ),
    Exhibit(
        "A rate that is found anew at each step",
        "Both begin at η = 1, far too high. Backtracking halves it, at each step, until the loss has fallen enough.",
        "surface=beale&run=gd+eta+1&run=armijo",
    ),
    Exhibit(
        "The rate from the last step",
        "Steep is 100 × flat. Gradient descent takes hundreds of steps; Barzilai–Borwein reads off the curvature.",
        "surface=quadratic+kappa+100&steps=200&run=gd+eta+0.0198&run=barzilai_borwein",
    ),
    Exhibit(
        "A rate for each axis",
        "A ravine along x, 100 times steeper across. With 50 times the rate along it, the flat way is quick too.",
        "surface=quadratic+kappa+100+angle+0&steps=200&run=gd&run=gd+rates+x+50",
    ),
    Exhibit(
        "No rate to tune",
        "Three methods that find their own, none of them told anything of this bowl: each arrives, in its own time.",
        "surface=booth&steps=500&run=hypergradient&run=dog&run=prodigy",
    ),
    Exhibit(
        "A schedule drawn by hand",
        "Low, then high, then low. The low rate stays in the sharp well; the high stretch leaves it for the flat one.",
        "surface=double_well&run=gd+eta+0.06"
        "&run=gd+eta+0.3+drawn+points+0%3A0.2%2C40%3A0.2%2C60%3A1%2C90%3A1%2C120%3A0.1",
    ),
)
