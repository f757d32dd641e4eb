"""What IPython adds to Python, with and without IPython."""

import ast

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from nets.homework.isolation.ipython_syntax import python_of, transformed
from tests.nets.homework import zoo

CELLS = (
    "x = 1\n",
    "%matplotlib inline\n",
    "%%bash -e\nls\nfor x in 1; do\n",
    "\n%%time\nx = 1\n",
    "!ls *.py\n!!ls\n",
    "x = 7\ny = (x\n%4)\nz = (x\n!=4)\n%time y\n",
    "files = !ls\nn = %timeit -o x\na.b, c[0] = !ls\n",
    "np.mean?\n?np.sum\nnp.max??\n%time?\n",
    "if x:\n    %env A=1\n    !ls \\\n      -l\n",
    's = """\n%not a magic\n!nor this\n"""\n%pwd\n',
    "x = a and \\\n    b\n!ls\n",
    zoo.MAGICS,
)


@pytest.mark.parametrize("cell", CELLS)
def test_it_is_what_ipython_makes_of_it(cell):
    expected = TransformerManager().transform_cell(cell)
    assert ast.dump(ast.parse(transformed(cell))) == ast.dump(ast.parse(expected))
    assert ast.dump(ast.parse(python_of(cell))) == ast.dump(ast.parse(expected))


def test_lines_of_otter_are_left_out():
    code = 'import otter\ngrader = otter.Notebook("a")\nx = 1\ngrader.check("q1")\n'
    assert python_of(code).split() == ["x", "=", "1"]
