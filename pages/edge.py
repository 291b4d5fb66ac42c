import streamlit as st

st.title("edge")
