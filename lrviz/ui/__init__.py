"""The parts that pages are made of. Only here, in the pages and in app.py is Streamlit known."""
