"""lrviz: page configuration and navigation; and the server, which sends its security headers."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from lrviz.ui import security, words
from lrviz.ui.open_in import BOOKS, MODELS, PAGES

if __name__ == "__main__":  # run for each visit
    st.set_page_config(page_title="lrviz", layout="wide", initial_sidebar_state="auto")
    words.brand()
    words.style()
    titles = PAGES | MODELS | BOOKS
    pages = [st.Page(f"pages/{page}.py", title=title, default=page == "playground") for page, title in titles.items()]
    # In one list: Streamlit's sections put headings between the items of a list, which a screen reader cannot read.
    st.navigation(pages, expanded=True).run()
else:  # imported once by `streamlit run`, which looks for an App
    # Until somebody has run what is above, Streamlit takes each file in pages/ for an app of its own; and the first
    # visitor may come by a link to one of them.
    PagesManager.uses_pages_directory = False
    app = st.App(__file__)
    app = security.guarded(app)
