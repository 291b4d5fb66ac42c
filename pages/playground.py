"""The playground: one to six runs on one surface, and what became of them."""

import streamlit as st

from lrviz.ui import playground, session, words

scene = session.scene()
trajectories = session.trajectories(scene)

playground.head(scene)
playground.sidebar(scene)
words.notes(session.problems())
if not scene.starts_inside:
    words.notes([playground.outside(scene)])
with st.container(key="rows"):
    playground.rows(scene, trajectories)
with st.container(key="pictures"):
    playground.pictures(scene, trajectories)
playground.numbers(scene, trajectories)
