"""lrviz: page configuration and navigation, nothing else."""

import streamlit as st

st.set_page_config(page_title="lrviz", layout="wide", initial_sidebar_state="auto")
st.navigation([st.Page("pages/playground.py", title="Playground", default=True)]).run()
