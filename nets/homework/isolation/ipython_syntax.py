"""What IPython adds to Python in a cell, as Python: magics, shell lines and ``np.mean?``."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Sequence
from typing import Any

ASSIGNED = re.compile(r"^(\s*)([\w.,\s\[\]]+?=\s*)([%!])\s*(?!=)(.+)$")
ESCAPED = re.compile(r"^(\s*)(%|!!?)\s*(.+)$")
HELP = re.compile(r"^(\s*)(\?\??\s*[%\w.*]+|[%\w.*]+\s*\?\??)\s*$")
OTTER = re.compile(r"^(import otter$|grader = otter\.|grader\.).*$", re.MULTILINE)


def python_of(cell: str) -> str:
    r"""The Python of a notebook's cell, with the calls that IPython would make in place of magics.

    A cell that is Python stays as it is. Another one is given to IPython's own transformer where
    IPython is installed.

    Examples
    --------
    >>> python_of("x = (7\n% 4)\n")
    'x = (7\n% 4)\n'
    """
    text = re.sub(OTTER, "", cell)
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return _by_ipython(text)
    return text


def _by_ipython(text: str) -> str:
    try:  # loading IPython takes longer than most submissions, and most cells are Python
        from IPython.core.inputtransformer2 import TransformerManager

        manager: Any = TransformerManager
    except Exception:  # not installed, or not to be imported within the limits of a submission
        return transformed(text)
    return str(manager().transform_cell(text))


def transformed(text: str) -> str:
    r"""The same as IPython's transformer gives, without IPython.

    Examples
    --------
    >>> transformed("%matplotlib inline\nx = 1\n")
    "get_ipython().run_line_magic('matplotlib', 'inline')\nx = 1\n"
    >>> transformed("%%bash\nls\n")
    "get_ipython().run_cell_magic('bash', '', 'ls\\n')\n"
    """
    lines = text.lstrip("\n").splitlines()
    if lines and lines[0].startswith("%%"):
        name, _, rest = lines[0][2:].partition(" ")
        body = "".join(line + "\n" for line in lines[1:])
        return f"get_ipython().run_cell_magic({name!r}, {rest.strip()!r}, {body!r})\n"
    made: list[str] = []
    while lines:
        line = lines.pop(0)
        if _starts_a_statement(made):
            if ESCAPED.match(line) or ASSIGNED.match(line):
                while line.endswith("\\") and lines:
                    line = f"{line[:-1]} {lines.pop(0)}"
            line = _line(line)
        made.append(line)
    return "".join(line + "\n" for line in made)


def _line(line: str) -> str:
    if found := HELP.match(line):
        indent, what = found.groups()
        verb = "pinfo2" if "??" in what else "pinfo"
        return f"{indent}get_ipython().run_line_magic({verb!r}, {what.strip('? ')!r})"
    if found := ESCAPED.match(line):
        indent, mark, rest = found.groups()
        return indent + _call(mark, rest)
    if found := ASSIGNED.match(line):
        indent, target, mark, rest = found.groups()
        return indent + target + _call("!!" if mark == "!" else mark, rest)
    return line


def _call(mark: str, rest: str) -> str:
    if mark == "%":
        name, _, arguments = rest.partition(" ")
        return f"get_ipython().run_line_magic({name!r}, {arguments.strip()!r})"
    return f"get_ipython().{'system' if mark == '!' else 'getoutput'}({rest!r})"


def _starts_a_statement(before: Sequence[str]) -> bool:
    """Whether what stands before a line is complete: no open bracket, string or backslash."""
    if before and before[-1].endswith("\\"):
        return False
    lines = iter([line + "\n" for line in before])
    try:
        list(tokenize.generate_tokens(lambda: next(lines, "")))
    except tokenize.TokenError as error:
        return not re.search("EOF|triple-quoted|never closed", str(error))
    except SyntaxError:  # of indentation, which is judged when the cell is compiled
        return True
    return True
