"""Optimizers broken on purpose, which a test that is worth anything finds: near kin, and what is easily got wrong."""

import numpy as np

from lrviz.declare import Array, Number
from lrviz.optimizers import (
    SAM,
    AdaBelief,
    AdaDelta,
    AdaGrad,
    Adam,
    AdaMax,
    AdamW,
    AMSGrad,
    Averaged,
    Clipped,
    DoG,
    Lion,
    Lookahead,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    PerAxis,
    Polyak,
    Prodigy,
    RAdam,
    RMSProp,
    Rprop,
    ScheduleFreeSGD,
    SignSGD,
    Yogi,
)
from lrviz.optimizers.optimizer import Oracle, State


class DampedFromTheFirst(Momentum):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t + 1, eta, theta, oracle, state)


class NesterovIsMomentum(Nesterov):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return Momentum(beta=self.beta, weight_decay=self.weight_decay).step(t, eta, theta, oracle, state)


class AdaGradStartsAtZero(AdaGrad):
    def init(self, theta: Array) -> State:
        return {"s": np.zeros_like(theta)}


class AdaGradEpsInside(AdaGrad):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        s = state["s"] + g * g
        return theta - eta * g / np.sqrt(s + self.eps), {"s": s}


class RMSPropEpsInside(RMSProp):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        _, new = super().step(t, eta, theta, oracle, state)
        variance = new["v"] - new.get("g_mean", 0.0) ** 2
        new["b"] = self.beta * state["b"] + oracle.grad(theta) / np.sqrt(variance + self.eps)
        return theta - eta * new["b"], new


class AdamEpsInside(Adam):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        new = self.moments(oracle.grad(theta), state)
        m_hat, v_hat = new["m"] / (1 - new["beta1_t"]), new["v"] / (1 - new["beta2_t"])
        return theta - eta * m_hat / np.sqrt(v_hat + self.eps), new


class AdamEpsBeforeCorrection(Adam):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        new = self.moments(oracle.grad(theta), state)
        rate = eta * np.sqrt(1 - new["beta2_t"]) / (1 - new["beta1_t"])
        return theta - rate * new["m"] / (np.sqrt(new["v"]) + self.eps), new


class AdamWCoupled(AdamW):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        new = self.moments(oracle.grad(theta) + self.weight_decay * theta, state)
        m_hat, v_hat = new["m"] / (1 - new["beta1_t"]), new["v"] / (1 - new["beta2_t"])
        return theta - eta * m_hat / (np.sqrt(v_hat) + self.eps), new


class AMSGradMaxAfterCorrection(AMSGrad):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        new = self.moments(oracle.grad(theta), state)
        v_max = np.maximum(state["v_max"], new["v"] / (1 - new["beta2_t"]))
        return theta - eta * new["m"] / (1 - new["beta1_t"]) / (np.sqrt(v_max) + self.eps), new | {"v_max": v_max}


class AMSGradIsAdam(AMSGrad):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t, eta, theta, oracle, state | {"v_max": 0 * state["v_max"]})


class NAdamWithoutWarmup(NAdam):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t, eta, theta, oracle, state | {"warmup_t": 0 * state["warmup_t"]})


class NAdamProductOffByOne(NAdam):
    def init(self, theta: Array) -> State:
        return super().init(theta) | {"mu_product": 0.5 * self.beta1 * np.ones_like(theta[0])}


class AdaDeltaStepFirst(AdaDelta):
    """Its mean of squared steps holds the step already."""

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        v = self.rho * state["v"] + (1 - self.rho) * g * g
        delta = np.sqrt(state["u"] + self.eps) / np.sqrt(v + self.eps) * g
        u = self.rho * state["u"] + (1 - self.rho) * delta * delta
        return theta - eta * np.sqrt(u + self.eps) / np.sqrt(v + self.eps) * g, {"v": v, "u": u}


class AdaDeltaEpsOutside(AdaDelta):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        v = self.rho * state["v"] + (1 - self.rho) * g * g
        delta = (np.sqrt(state["u"]) + self.eps) / (np.sqrt(v) + self.eps) * g
        return theta - eta * delta, {"v": v, "u": self.rho * state["u"] + (1 - self.rho) * delta * delta}


class RAdamIsAdam(RAdam):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return Adam(self.beta1, self.beta2, self.eps).step(t, eta, theta, oracle, state)


class RAdamOneStepEarly(RAdam):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t + 1, eta, theta, oracle, state)


class AdaMaxEpsOutside(AdaMax):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        u, beta1_t = np.maximum(self.beta2 * state["u"], np.abs(g)), self.beta1 * state["beta1_t"]
        return theta - eta / (1 - beta1_t) * m / (u + self.eps), {"m": m, "u": u, "beta1_t": beta1_t}


class AdaBeliefExpectsTheOldMean(AdaBelief):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        surprise = oracle.grad(theta) - state["m"]
        _, new = super().step(t, eta, theta, oracle, state)
        new["s"] = self.beta2 * state["s"] + (1 - self.beta2) * surprise * surprise + self.eps
        m_hat, s_hat = new["m"] / (1 - new["beta1_t"]), new["s"] / (1 - new["beta2_t"])
        return theta - eta * m_hat / (np.sqrt(s_hat) + self.eps), new


class AdaBeliefForgetsEps(AdaBelief):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        _, new = super().step(t, eta, theta, oracle, state)
        m_hat, s_hat = new["m"] / (1 - new["beta1_t"]), new["s"] / (1 - new["beta2_t"])
        return theta - eta * m_hat / (np.sqrt(s_hat) + self.eps), new | {"s": new["s"] - self.eps}


class YogiIsAdam(Yogi):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return Adam(self.beta1, self.beta2, self.eps).step(t, eta, theta, oracle, state)


class YogiStartsAtZero(Yogi):
    def init(self, theta: Array) -> State:
        return super().init(theta) | {"m": np.zeros_like(theta)}


class RpropGoesOn(Rprop):
    """Where a slope has turned it steps at once."""

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        _, new = super().step(t, eta, theta, oracle, state)
        g = oracle.grad(theta)
        return theta - np.sign(g) * new["delta"], new | {"g": g}


class RpropFollowsTheSchedule(Rprop):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(1, eta, theta, oracle, state)


class RpropWithoutBounds(Rprop):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return Rprop(self.shrink, self.grow, 0.0, 1e300).step(t, eta, theta, oracle, state)


class SignOfTheLastStep(SignSGD):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        return theta - eta * g / np.max(np.abs(g), axis=0), state


class LionKeepsWhatItStepsBy(Lion):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return Lion(self.beta1, self.beta1, self.weight_decay).step(t, eta, theta, oracle, state)


class LionDecaysWithinTheSign(Lion):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta) + self.weight_decay * theta
        c = self.beta1 * state["m"] + (1 - self.beta1) * g
        return theta - eta * np.sign(c), {"m": self.beta2 * state["m"] + (1 - self.beta2) * g}


class PolyakWithoutBound(Polyak):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return Polyak(bound=1e300).step(t, eta, theta, oracle, state)


class PolyakHalved(Polyak):
    """The step to where a parabola has its minimum, as it is told elsewhere."""

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t, 2 * eta, theta, oracle, state)


class ProdigyDividesByTheOldDistance(Prodigy):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        _, new = super().step(t, eta, theta, oracle, state)
        a = eta * state["d"] * np.sqrt(1 - new["beta2_t"]) / (1 - new["beta1_t"])
        return theta - a * new["m"] / (np.sqrt(new["v"]) + 10 * state["d"] * self.eps), new


class ProdigyStepsByTheNewDistance(Prodigy):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        _, new = super().step(t, eta, theta, oracle, state)
        a = eta * new["d"] * np.sqrt(1 - new["beta2_t"]) / (1 - new["beta1_t"])
        return theta - a * new["m"] / (np.sqrt(new["v"]) + new["d"] * self.eps), new


class ProdigyMayShrink(Prodigy):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        theta, new = super().step(t, eta, theta, oracle, state)
        return theta, new | {"d": np.maximum(self.d0, new["r"] / np.sum(np.abs(new["s"]), axis=0))}


class AveragesAllAlike(ScheduleFreeSGD):
    """Its c is 1/t whatever the rates."""

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        _, new = super().step(t, eta, theta, oracle, state)
        new["x"] = state["x"] + (new["z"] - state["x"]) / t
        return self.beta * new["x"] + (1 - self.beta) * new["z"], new


class ScheduleFreeTheOtherWayRound(ScheduleFreeSGD):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        _, new = super().step(t, eta, theta, oracle, state)
        return (1 - self.beta) * new["x"] + self.beta * new["z"], new


class DoGFromNowhere(DoG):
    def init(self, theta: Array) -> State:
        return super().init(theta) | {"r": np.zeros_like(theta[0]) + self.reps}


class SAMForgetsTheSize(SAM):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return theta - eta * oracle.grad(theta + self.rho * oracle.grad(theta)), state


class ClipsEachCoordinate(Clipped):
    def shortened(self, raw: Array) -> Array:
        return np.minimum(np.maximum(raw, -self.norm), self.norm)


class ClipsWithoutEps(Clipped):
    def shortened(self, raw: Array) -> Array:
        return np.minimum(1.0, self.norm / np.sqrt(np.sum(raw * raw, axis=0))) * raw


class LooksAheadOneStepLate(Lookahead):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t - 1, eta, theta, oracle, state)


class LooksAheadFromTheFast(Lookahead):
    """The fast θ is not brought back."""

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        _, new = super().step(t, eta, theta, oracle, state)
        return self.optimizer.step(t, eta, theta, oracle, state)[0], new


class AverageCountsTheStart(Averaged):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t + 1, eta, theta, oracle, state)


class RatesTheOtherWayRound(PerAxis):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return self.replace(x=self.y, y=self.x)._as_it_is(t, eta, theta, oracle, state)

    def _as_it_is(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return super().step(t, eta, theta, oracle, state)


def uncorrected(cls: type[Optimizer], product: str) -> type[Optimizer]:
    """A bias correction that divides by 1 − 0."""

    class Uncorrected(cls):  # type: ignore[misc, valid-type]
        def init(self, theta: Array) -> State:
            state: State = super().init(theta)
            return state | {product: np.zeros_like(theta[0])}

    Uncorrected.__name__ = f"{cls.__name__}Without_{product}"
    return Uncorrected


BROKEN: list[type[Optimizer]] = [
    DampedFromTheFirst,
    NesterovIsMomentum,
    AdaGradStartsAtZero,
    AdaGradEpsInside,
    RMSPropEpsInside,
    AdamEpsInside,
    AdamEpsBeforeCorrection,
    AdamWCoupled,
    AMSGradMaxAfterCorrection,
    AMSGradIsAdam,
    NAdamWithoutWarmup,
    NAdamProductOffByOne,
    AdaDeltaStepFirst,
    AdaDeltaEpsOutside,
    RAdamIsAdam,
    RAdamOneStepEarly,
    AdaMaxEpsOutside,
    AdaBeliefExpectsTheOldMean,
    AdaBeliefForgetsEps,
    YogiIsAdam,
    YogiStartsAtZero,
    RpropGoesOn,
    RpropFollowsTheSchedule,
    RpropWithoutBounds,
    SignOfTheLastStep,
    LionKeepsWhatItStepsBy,
    LionDecaysWithinTheSign,
    PolyakWithoutBound,
    PolyakHalved,
    ProdigyDividesByTheOldDistance,
    ProdigyStepsByTheNewDistance,
    ProdigyMayShrink,
    AveragesAllAlike,
    ScheduleFreeTheOtherWayRound,
    DoGFromNowhere,
    SAMForgetsTheSize,
    ClipsEachCoordinate,
    ClipsWithoutEps,
    LooksAheadOneStepLate,
    LooksAheadFromTheFast,
    AverageCountsTheStart,
    RatesTheOtherWayRound,
    *(uncorrected(cls, "beta1_t") for cls in (Adam, AdamW, AMSGrad, RAdam, AdaMax, AdaBelief, Yogi, Prodigy)),
    *(uncorrected(cls, "beta2_t") for cls in (Adam, AdamW, AMSGrad, NAdam, RAdam, AdaBelief, Yogi, Prodigy)),
]
