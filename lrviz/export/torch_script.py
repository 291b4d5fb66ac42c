"""A scene as a PyTorch script: its own optimizers and schedulers where it has them, the step itself where not."""

from __future__ import annotations

import re

from lrviz.export import script
from lrviz.export.calls import call
from lrviz.export.numpy_script import drawing
from lrviz.export.rewriting import TORCH
from lrviz.optimizers import Clipped, Optimizer
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant, Schedule, Warmup

_NOT_ALWAYS = {
    # By slug: the remark that follows the call, and where it holds.
    "cosine": (", up to T", lambda schedule, steps: steps <= schedule.period + 1),
    "polynomial": (", which has η_min = 0", lambda schedule, steps: True),
    "one_cycle": ("", lambda schedule, steps: steps < schedule.period and schedule.warmup * schedule.period > 1),
    "plateau": (", relative, no cooldown", lambda schedule, steps: True),
}
_MOMENTUM_TOO = ("CyclicLR", "OneCycleLR")
"""Schedulers that would change the momentum as well."""

_BEGIN = """
    path, losses, rates = np.full((STEPS + 1, 2), np.nan), np.full(STEPS + 1, np.nan), np.full(STEPS, np.nan)
    path[0], losses[0] = START, surface.loss(torch.tensor(START))
"""

_BY_LIBRARY = '''
def {name}(surface, noise, make, {schedule}{clip}):
    """One run of an optimizer of PyTorch: theta at each step, (STEPS + 1, 2), the loss there, and the rates."""
    theta = torch.tensor(START, requires_grad=True)
    optimizer = make(theta)
    {begin}{opening}{z}for t in range(STEPS):
        optimizer.zero_grad()
        {backward}
        {set}{clipped}rates[t] = optimizer.param_groups[0]["lr"]
        optimizer.step()
        {advance}{project}path[t + 1], losses[t + 1] = theta.detach(), surface.loss(theta.detach())
    return path, losses, rates
'''

_BY_STEP = '''
class Oracle:
    """Answers an optimizer's questions within one step{sampled}."""

    def __init__(self, {arguments}):
        {assigned}

    def value(self, theta):
        return self.surface.loss(theta){loss}

    def loss(self, theta, asked=True):
        return self.value(theta.detach())

    def grad(self, theta, asked=True):
        {grad}
{more}

def by_step(surface, noise, optimizer, schedule):
    """One run of a step that is written out above: theta, the loss there, and the rates."""
    theta = torch.tensor(START)
    optimizer = tensors(optimizer)
    {begin}state, memory = optimizer.init(theta), schedule.init(losses[0])
    {z}for t in range(STEPS):
        rates[t], memory = schedule.step(t, losses[t], memory)
        eta = torch.tensor(rates[t])
        theta, state = optimizer.step(torch.tensor(t + 1.0), eta, theta, {oracle}, state)
        {project}path[t + 1], losses[t + 1] = theta, surface.loss(theta)
    return path, losses, rates
'''

_TENSORS = '''
def tensors(part):
    """The same with its numbers as tensors, which PyTorch's functions ask for."""
    for name, value in vars(part).items():
        if type(value) in (int, float):
            setattr(part, name, torch.tensor(float(value)))
        elif hasattr(value, "__dataclass_fields__"):
            tensors(value)
    return part
'''

_EITHER = '''
def {name}(one, other):
    """The {which} of two, which may be plain numbers."""
    return torch.{name}(torch.as_tensor(one), torch.as_tensor(other))
'''

_MAIN = '''
def paths():
    """For each run by its name: theta at each step, the loss there, and the rates."""
    surface, noise, runs = scene()
    surface, noise = tensors(surface), noise and tensors(noise)
    return {name: follow(surface, noise, *parts) for name, (follow, *parts) in runs.items()}
'''


def torch_script(scene: Scene) -> str:
    """A Python script that reproduces the scene's paths with PyTorch, gradients by its autograd."""
    runs = {name: _Run(run, scene.steps) for name, run in zip(scene.names(), scene.runs, strict=True)}
    carries = script.classes(
        scene,
        [run.run.optimizer for run in runs.values() if not run.optimizer],
        [run.run.schedule for run in runs.values() if not run.scheduler],
        TORCH,
        differentiates=True,
    )
    chosen = script.chosen(
        scene, [(name, run.parts()) for name, run in runs.items()], script.surface_call(scene.surface, TORCH)
    )
    kinds = sorted({run.kind for run in runs.values()} - {"by_step"})
    follows = [
        _by_library(scene, carries.formulas, kind, [r for r in runs.values() if r.kind == kind]) for kind in kinds
    ]
    by_step = [_by_step(scene, carries)] if any(run.kind == "by_step" for run in runs.values()) else []
    text = "\n".join([*carries.definitions, *follows, *by_step])
    either = [
        _EITHER.format(name=name, which=which)
        for name, which in (("maximum", "greater"), ("minimum", "smaller"))
        if re.search(rf"(?<![.\w]){name}\(", text)
    ]
    notes = [] if any(run.optimizer for run in runs.values()) else ["PyTorch has no such optimizer: see `step`."]
    return script.joined(
        script.head(scene, "PyTorch", notes),
        script.imported({*carries.imports, "import numpy as np", "import torch"}),
        "torch.set_default_dtype(torch.float64)\n\n" + script.numbers(scene) + "\n\n" + chosen,
        *either,
        *carries.definitions,
        _TENSORS,
        *follows,
        *by_step,
        _MAIN,
        script.PRINTED,
    )


class _Run:
    """How one run is made: by PyTorch's own optimizer and scheduler, or by what the script carries."""

    def __init__(self, run: Run, steps: int) -> None:
        self.run = run
        eta = repr(float(run.schedule.eta))
        clip = run.optimizer if isinstance(run.optimizer, Clipped) else None
        self.clip = None if clip is None else repr(clip.norm)
        self.optimizer = _library_optimizer(clip.optimizer if clip else run.optimizer, eta)
        self.scheduler = _library_scheduler(run.schedule, steps, eta) if self.optimizer else None

    @property
    def kind(self) -> str:
        """The function that follows it."""
        if not self.optimizer:
            return "by_step"
        return ("by_scheduler" if self.scheduler else "by_rule") + ("_clipped" if self.clip else "")

    def parts(self) -> list[str]:
        if not self.optimizer:
            return [self.kind, script.made(self.run.optimizer), script.made(self.run.schedule)]
        rule = f"lambda optimizer: {self.scheduler}" if self.scheduler else script.made(self.run.schedule)
        return [self.kind, f"lambda theta: {self.optimizer}", rule, *filter(None, [self.clip])]


def _library_optimizer(optimizer: Optimizer, eta: str) -> str | None:
    found = call(optimizer, optimizer.same_as, eta)
    if found is None or not found.startswith("torch.optim."):
        return None
    if "nesterov=True" in found and "momentum=0.0" in found:  # PyTorch refuses that
        return None
    return found.replace("(", "([theta], ", 1)


def _library_scheduler(schedule: Schedule, steps: int, eta: str) -> str | None:
    if isinstance(schedule, Constant):
        return "torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)"
    if isinstance(schedule, Warmup):
        return None
    remark, holds = _NOT_ALWAYS.get(schedule.slug, ("", lambda *_: True))
    found = call(schedule, schedule.same_as.removesuffix(remark), eta)
    if found is None or not found.startswith("torch.optim.lr_scheduler.") or not holds(schedule, steps):
        return None
    found = re.sub(r"milestones='([\d,]*)'", r"milestones=[\1]", found).replace("(", "(optimizer, ", 1)
    return found[:-1] + ", cycle_momentum=False)" if any(name in found for name in _MOMENTUM_TOO) else found


def _by_library(scene: Scene, formulas: bool, kind: str, runs: list[_Run]) -> str:
    special = script.overridden(scene.surface)
    seen = "surface.at(t)" if "at" in special else "surface"
    noise = {name: f" + noise.{name}(z[t], theta)" if scene.noise else "" for name in ("loss", "grad")}
    backward = f"loss = {seen}.loss(theta){noise['loss']}\n        loss.backward()"
    if formulas:
        backward = f"theta.grad = ({seen}.grad(theta){noise['grad']}).detach()"
    rule = "rule" in kind
    reactive = any(run.run.schedule.slug == "plateau" for run in runs)
    plateau = "torch.optim.lr_scheduler.ReduceLROnPlateau"
    advance = f"scheduler.step(*([losses[t]] if isinstance(scheduler, {plateau}) else []))" if reactive else ""
    return _BY_LIBRARY.format(
        name=kind,
        schedule="schedule",
        clip=", norm" if "clipped" in kind else "",
        begin=_BEGIN.strip() + "\n    ",
        opening="memory = schedule.init(losses[0])\n    " if rule else "scheduler = schedule(optimizer)\n    ",
        z=_drawn(scene),
        backward=backward,
        set="eta, memory = schedule.step(t, losses[t], memory)\n        "
        'for group in optimizer.param_groups:\n            group["lr"] = float(eta)\n        '
        if rule
        else "",
        clipped="torch.nn.utils.clip_grad_norm_([theta], max_norm=norm)\n        " if "clipped" in kind else "",
        advance="" if rule else (advance or "scheduler.step()") + "\n        ",
        project="with torch.no_grad():\n            theta.copy_(surface.project(theta))\n        "
        if "project" in special
        else "",
    )


def _by_step(scene: Scene, carries: script.Classes) -> str:
    noisy, special = scene.noise is not None, script.overridden(scene.surface)
    noise = {n: f" + self.noise.{n}(self.z, theta)" if noisy else "" for n in ("loss", "grad", "hess")}
    grad = "at = theta.detach().requires_grad_()\n        return torch.autograd.grad(self.value(at), at)[0]"
    if carries.formulas:
        grad = f"return self.surface.grad(theta){noise['grad']}"
    more = ""
    if "hess" in carries.asks:
        more += f"\n    def hess(self, theta):\n        return self.surface.hess(theta){noise['hess']}\n"
    if "infimum" in carries.asks:
        more += f"\n    infimum = torch.tensor({float(scene.surface.infimum)!r})  # the least value of the loss\n"
    seen = "surface.at(t)" if "at" in special else "surface"
    return _BY_STEP.format(
        sampled=", with that step's noise" if noisy else "",
        arguments="surface, noise, z" if noisy else "surface",
        assigned="self.surface, self.noise, self.z = surface, noise, z" if noisy else "self.surface = surface",
        loss=noise["loss"],
        grad=grad,
        more=more,
        begin=_BEGIN.strip() + "\n    ",
        z=_drawn(scene),
        oracle=f"Oracle({seen}, noise, z[t])" if noisy else f"Oracle({seen})",
        project="theta = surface.project(theta)\n        " if "project" in special else "",
    )


def _drawn(scene: Scene) -> str:
    """The noise's numbers, by NumPy as in the app."""
    line = drawing(scene).strip()
    return f"z = torch.tensor({line.removeprefix('z = ')})\n    " if line else ""
