"""lrviz: page configuration and navigation, nothing else."""

import streamlit as st

from lrviz.ui import words

st.set_page_config(page_title="lrviz", layout="wide", initial_sidebar_state="auto")
words.brand()
words.style()
st.navigation([st.Page("pages/playground.py", title="Playground", default=True)]).run()
