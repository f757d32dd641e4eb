"""What the snippets of a page print, compared with what the page shows, numbers included.

The tolerances of all pages stand here. What is computed without training agrees to six digits on
any machine. What a trained net reads may differ by two or three of 360 images, because BLAS kernels
sum in different orders. Times and speeds are compared with nothing.
"""

import re
from pathlib import Path

from tests.notebooks.comparing import same

ROOT = Path(__file__).parents[2]
COMPUTED = {"rel_tol": 1e-6}
TRAINED = {"abs_tol": 0.01}  # of the share of correct answers


def blocks(page, language):
    """The code blocks of a page in one language, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def printed(page):
    """What the Python blocks of a page print, run in one namespace, and that namespace."""
    lines = []
    namespace = {"__name__": Path(page).stem, "print": lambda value: lines.append(str(value))}
    for code in blocks(page, "python"):
        exec(compile(code, page, "exec"), namespace)
    return lines, namespace


def agree(shown, found):
    """Whether a page shows what its code printed: the same words, and the same numbers."""
    return same(shown, found, **COMPUTED)
