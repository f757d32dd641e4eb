"""Extensions of Sphinx for the site, one a file, and their tables."""
