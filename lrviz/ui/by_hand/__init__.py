"""The By hand page: look for the best η as people do, run by run, and see afterwards what else there was."""
