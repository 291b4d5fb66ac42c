"""What the pages that train a model share: their runs, a range test of the model, and tables of results."""
