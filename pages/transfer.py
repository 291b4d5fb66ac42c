import streamlit as st

st.title("transfer")
