"""From a solution to what students get: the same file with holes."""

from __future__ import annotations

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
HOLE = "# YOUR CODE HERE"
UNWRITTEN = "this part is not written yet"


def strip(text: str, name: str = "source") -> str:
    r"""The text without its solutions, which are between two markers.

    Within a function a hole raises NotImplementedError; elsewhere it is a comment.

    Raises
    ------
    ValueError
        If a marker has no partner, or there are no markers.

    Examples
    --------
    >>> print(strip("def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION"))
    def half(x):
        # YOUR CODE HERE
        raise NotImplementedError("this part is not written yet")
    """
    lines: list[str] = []
    opened = 0
    for number, line in enumerate(text.splitlines(), 1):
        mark = line.strip()
        if mark == BEGIN:
            if opened:
                raise ValueError(f"{name}, line {number}: {BEGIN} within that of line {opened}")
            opened = number
            lines += hole(line[: len(line) - len(line.lstrip())])
        elif mark == END:
            if not opened:
                raise ValueError(f"{name}, line {number}: {END} without {BEGIN}")
            opened = 0
        elif not opened:
            lines.append(line)
    if opened:
        raise ValueError(f"{name}, line {opened}: {BEGIN} without {END}")
    if HOLE not in {line.strip() for line in lines}:
        raise ValueError(f"{name}: expected a solution between {BEGIN} and {END}, found none")
    return "\n".join(lines) + "\n" * text.endswith("\n")


def hole(indent: str) -> list[str]:
    """The lines in place of a solution."""
    if not indent:
        return [HOLE]
    return [
        indent + HOLE,
        f'{indent}raise NotImplementedError("{UNWRITTEN}")',
    ]
