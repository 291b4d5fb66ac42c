"""The range test page."""
