"""Of this folder, pytest collects the notebooks, with --nbmake, and not the percent files too."""

collect_ignore_glob = ["*.py"]
