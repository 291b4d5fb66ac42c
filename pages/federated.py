import streamlit as st

st.title("federated")
