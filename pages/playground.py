"""The playground: one to six runs on one surface, and what became of them."""

import streamlit as st

from lrviz.ui import playground, session, words

scene = session.scene()
trajectories = session.trajectories(scene)

playground.head(scene)
playground.sidebar(scene)
with st.container(key="notes"):  # always there, so that a note coming or going does not move what has the focus
    words.notes(session.problems(), float_too=True)
    words.notes([playground.outside(scene)] if not scene.starts_inside else [])
with st.container(key="rows"):
    playground.rows(scene, trajectories)
with st.container(key="pictures"):
    playground.pictures(scene, trajectories)
playground.numbers(scene, trajectories)
