import streamlit as st

st.title("logistic")
