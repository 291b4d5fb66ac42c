"""What a page found, as a table and as a file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from io import StringIO

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from lrviz.models import Followed

Columns = Mapping[str, ArrayLike]
"""{heading: (n,)}, all of one length."""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, of_runs: bool = True, look: str = "") -> None:
    """A row for each run, with its line and marker, in their order. of_runs: or for something else, without them. look:
    a class of the sheet, such as "lr-reasons" for a table whose third and fourth columns are text."""
    head = "".join(f"<th scope=col>{escape(heading)}" for heading in headings)
    body = []
    for number, (name, *cells) in enumerate(rows):
        colour = f" class=lr-run-{number}" if of_runs else ""
        body.append(f"<tr><th scope=row{colour}>{escape(name)}" + "".join(f"<td>{escape(cell)}" for cell in cells))
    rest = "".join(body)
    classes = f"lr-table {look}".strip()
    # Where it is wider than a phone it scrolls, and the keyboard must reach it.
    st.html(f'<table class="{classes}" tabindex=0><tr>{head}{rest}</table>')


def csv_button(page: str, columns: Callable[[], Columns], label: str = "Download (CSV)") -> None:
    """A button that downloads columns, which are made only when it is pressed. page: the slug, for the file's name."""
    st.download_button(
        label,
        lambda: text(columns()),
        file_name=f"lrviz-{page}.csv",
        mime="text/csv",
        on_click="ignore",
        key=f"csv {label} {page}",
    )


def text(columns: Columns) -> str:
    """The columns as CSV: each number so that it reads back as itself, and nothing where it is not finite."""
    arrays = [np.ravel(np.asarray(values)).tolist() for values in columns.values()]
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*arrays, strict=True):
        writer.writerow("" if isinstance(cell, float) and not np.isfinite(cell) else cell for cell in row)
    return out.getvalue()


def curves(names: Sequence[str], followed: Followed) -> dict[str, ArrayLike]:
    """What was measured of B runs, in columns: a row for each run and step. names: (B,), of the runs."""
    steps, each = len(followed.steps), len(names)
    columns: dict[str, ArrayLike] = {"run": np.repeat(names, steps), "step": np.tile(followed.steps, each)}
    return columns | {name: values.T.ravel() for name, values in followed.values.items()}
