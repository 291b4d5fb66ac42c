"""The formula that a visitor types: its field, what is wrong with it, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import streamlit as st

from lrviz.expressions import ExpressionError, StationaryPoint, derive
from lrviz.numerals import count, point, rounded
from lrviz.scene import Scene
from lrviz.surfaces import Expression
from lrviz.ui import session, words

MOST_POINTS = 8
"""So many stationary points are told one by one."""
MOST_SHOWN = 26
"""So many characters fit into a line of the sidebar."""
_KEY, _DRAFT = "formula", "formula draft"
_HELP = (
    "Numbers, x, y, pi and e; + - * / ^ and parentheses; sin cos tan asin acos atan sinh cosh tanh exp log sqrt abs."
    " A product needs no sign: 5x, 2sin(x), xy; 1/2x is ½·x. An exponent is a number from −64 to 64."
)


def field(surface: Expression) -> None:
    """The field of the formula, and below it the formula as it is read, or where it is wrong."""
    typed, error = _draft(surface)
    st.session_state[_KEY] = typed
    st.text_area("Formula f(x, y)", key=_KEY, height=76, help=_HELP, on_change=_changed)
    with st.container(key="formula note"):
        if error is not None:
            st.code(error.pointer(MOST_SHOWN), language=None)
            words.notes([f"{error.problem[0].upper()}{error.problem[1:]}. The picture shows the formula as it was."])
    st.markdown(f"$f(x, y) = {surface.formula}$")
    # What is inside is made only while it is open.
    about = st.expander("Gradient, Hessian, stationary points", key="about the formula", on_change="rerun")
    if about.open:
        with about:
            _derivatives(surface)
            words.say(sentences(surface))


def _draft(surface: Expression) -> tuple[str, ExpressionError | None]:
    """What stands in the field: what was typed last, while it is about the formula that is shown."""
    typed, about = st.session_state.get(_DRAFT, ("", ""))
    if about != surface.text:
        return surface.text, None
    try:
        derive(typed)
    except ExpressionError as error:
        return typed, error
    return typed, None


def _changed() -> None:
    typed = st.session_state[_KEY]
    surface = session.scene().surface
    if not isinstance(surface, Expression):
        return
    try:
        new = surface.replace(text=typed)
    except ExpressionError:
        st.session_state[_DRAFT] = (typed, surface.text)
        return
    st.session_state[_DRAFT] = (typed, new.text)

    def changed(scene: Scene) -> Scene:
        now = scene.surface
        return scene.on(now.replace(text=typed)) if isinstance(now, Expression) else scene

    session.change(changed)


def _derivatives(surface: Expression) -> None:
    from lrviz.expressions import symbolic  # loads sympy, and nobody else does

    found = symbolic.printed(surface.text)
    if not found:
        words.say(["The gradient and the Hessian are exact too, but too long to be printed."])
        return
    x, y, xx, xy, yy = found  # one by one and inline: in a matrix they would be cut off
    second = zip(("xx", "xy", "yy"), (xx, xy, yy), strict=True)
    st.markdown(rf"$\nabla f:$ &ensp; $\partial_x f = {x}$ &ensp; $\partial_y f = {y}$")
    parts = (rf"$\partial_{{{name}}} f = {one}$" for name, one in second)
    st.markdown(rf"$\nabla^2 f:$ &ensp; {' &ensp; '.join(parts)}")


def sentences(surface: Expression) -> Iterator[str]:
    """What is known of the formula."""
    found = surface.stationary
    listed = [one for one in found.points if not (found.on_a_curve and one.kind == "minimum")]
    if found.on_a_curve:
        lowest = min(one.loss for one in found.points if one.kind == "minimum")
        yield f"Its minima form a curve, on which f is {rounded(lowest)} at the lowest. A few of them are marked."
    for one in listed[:MOST_POINTS]:
        yield _told(one)
    if len(listed) > MOST_POINTS:
        yield f"And {count(len(listed) - MOST_POINTS)} more stationary points in the picture."
    if not found.points:
        yield "No stationary point was found in the picture."
    if not surface.smooth:
        yield "It has a kink, or may have: there the slope is taken as 0, and no Hessian is claimed."
    yield _floor(surface)


def _told(one: StationaryPoint) -> str:
    place = f"at {point((one.x, one.y))}, where f is {rounded(one.loss)}"
    name = {"flat": "A flat place"}.get(one.kind, one.kind.capitalize())
    if np.isnan(one.curvatures).any():
        return f"{name} {place}: a kink."
    least, most = map(rounded, one.curvatures)
    return f"{name} {place}; the curvatures are {least} and {most}."


def _floor(surface: Expression) -> str:
    if surface.bounded_below and surface.surely_bounded_below:
        return "It is bounded below, for certain."
    if surface.bounded_below:
        return "It seems to be bounded below: looking far away showed nothing else."
    return "It seems to fall without end: looking far away, or at its holes, showed no floor."
