"""Plotly figures: pure functions of data and a theme.

They are put together as plain dictionaries and checked by Plotly once, at the end: its `update` and `add` methods would
take ten times as long.
"""
