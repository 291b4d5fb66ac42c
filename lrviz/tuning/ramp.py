"""The rate of a range test: it rises from the smallest to the largest within one run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, flag
from lrviz.schedules import Schedule
from lrviz.schedules.schedule import in_steps, rate


@dataclass(frozen=True)
class Ramp(Schedule):
    r"""Rises from η to its top by the same factor each step, or in a straight line; then holds.

    $$\eta_t = \eta \left(\frac{\eta_{\max}}{\eta}\right)^{t / (n - 1)} \quad\text{or}\quad
      \eta_t = \eta + \frac{t}{n - 1} (\eta_{\max} - \eta), \qquad t = 0 \dots n - 1$$

    The last of the n steps has the top rate, as in pytorch-lr-finder. fastai divides by n in place of n − 1, so its
    last step is one short of the top: that is this ramp with n + 1 steps, cut after n.
    """

    slug = "ramp"
    title = "Ramp"
    same_as = "torch_lr_finder.LRFinder.range_test(start_lr=η, end_lr=η_max, num_iter=n, step_mode='exp' or 'linear')"
    source = "Smith (2017), Cyclical learning rates for training neural networks, WACV, section 3.3"
    use = "One short run that visits all rates, to see which are too small to matter and which are too large."

    eta: Number = rate("the learning rate at the first step")
    top: Number = rate("the learning rate at the last step")
    steps: Number = in_steps(200, "n", "steps from the first rate to the last", least=2)
    linear: bool = flag("linear", "rise in a straight line rather than by the same factor each step")

    def __call__(self, t: int | Array) -> Number:
        share = np.minimum(t, self.steps - 1) / (self.steps - 1)
        if self.linear:
            return self.eta + share * (self.top - self.eta)
        return self.eta * np.power(self.top / self.eta, share)
