"""Settings of the documentation site: ``python -m sphinx -W docs docs/_build/html``."""

import sys
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the packages that are described, and docs.building

settings = ConfigParser()
settings.read(ROOT / "setup.cfg", encoding="utf-8")

project = settings["metadata"]["name"]
release = version = settings["metadata"]["version"]
html_title = f"{project} {version}"
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
exclude_patterns = ["_build"]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "docs.building.api",
    "docs.building.mathml",
    "docs.building.notebooks",
    "docs.building.sidebar",
    "docs.building.side_by_side",
]
html_math_renderer = "mathml"
default_role = "py:obj"  # what single backticks mean in docstrings

autodoc_typehints = "none"  # the docstrings say them in words
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_param = False
napoleon_use_rtype = False
pygments_dark_style = "github-dark"
python_maximum_signature_line_length = 88

nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
