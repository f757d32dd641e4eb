"""Made-up submissions for homework 2, each with the points that it must get, of 20."""

import json
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "notebooks" / "homework" / "2-layers"
SOLUTION = (SOURCE / "dense.py").read_text()
FORWARD = 'self.x = x\n        return x @ self.params["W"] + self.params["b"]'
GRADS = 'grads = {"W": self.x.T @ dout, "b": dout.sum(axis=0)}'
DX = 'return dout @ self.params["W"].T, grads'
MASK = "self.mask = x > 0"
RELU = "return x * self.mask"
SLOPE = "return dout * self.mask, {}"


def changed(*pairs: str) -> str:
    """The solution with some of its lines replaced."""
    text = SOLUTION
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def grads(W="self.x.T @ dout", b="dout.sum(axis=0)") -> str:
    return changed(GRADS, f'grads = {{"W": {W}, "b": {b}}}')


def before(code: str) -> str:
    return SOLUTION.replace("import numpy as np\n", f"import numpy as np\n{code}\n", 1)


RIGHT = {
    "solution": SOLUTION,
    "einsum": grads('np.einsum("nd,nm->dm", self.x, dout)', 'np.einsum("nm->m", dout)'),
    "ones": grads(b="np.ones(len(dout)) @ dout"),
    "loops": grads("sum(np.outer(x, d) for x, d in zip(self.x, dout))", "sum(dout)"),
    "maximum": changed(RELU, "return np.maximum(0, x)"),
    "where": changed(SLOPE, "return np.where(self.mask, dout, 0), {}"),
    "attribute": changed(
        FORWARD,
        'self.x, W = x.copy(), self.params["W"]\n        return np.dot(x, W) + self.params["b"]',
    ),
    "helper module level": before("def column_sums(a):\n    return a.sum(0)\n").replace(
        "dout.sum(axis=0)", "column_sums(dout)"
    ),
    "noisy": changed(MASK, 'self.mask = x > 0\n        print("relu" * 100_000)'),
    "warns": before('import sys\nprint("hello", file=sys.stderr)'),
    "derives from Layer": SOLUTION.replace(
        "class ReLU:", "from layers import Layer\n\n\nclass ReLU(Layer):"
    ),
    "main guard": SOLUTION
    + '\nif __name__ == "__main__":\n    raise SystemExit("not when imported")\n',
    "float32 input kept": changed(FORWARD, FORWARD.replace("self.x = x", "self.x = np.asarray(x)")),
}
# Correct as well, and to be run in a process of its own.
REACHING = {
    "pyplot at the top": before(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('curve.png')"
    ),
    "environment": before('import os\nos.environ["OMP_NUM_THREADS"] = "1"'),
    "chdir": before(
        "import os\nos.chdir(os.path.dirname(os.path.abspath(__file__)))\nos.chdir('/')"
    ),
    "byte order mark": "\ufeff" + SOLUTION,
    "looks for a configuration": before(
        "import os\ntry:\n    open('/content/settings')\nexcept FileNotFoundError:\n    pass\n"
        "os.makedirs('out/a')\nopen('out/a/b', 'w').close()\nos.chmod('out/a/b', 0o600)"
    ),
}

WRONG = {
    "bias averaged": grads(b="dout.mean(axis=0)"),
    "bias one row": grads(b="dout[0]"),
    "bias not summed": grads(b="dout"),
    "bias over all": grads(b="np.full(dout.shape[1], dout.sum())"),
    "divided by N": grads("self.x.T @ dout / len(dout)", "dout.sum(axis=0) / len(dout)"),
    "sign": grads("-self.x.T @ dout"),
    "dW transposed": grads("dout.T @ self.x"),
    "dW reshaped": grads("(dout.T @ self.x).reshape(self.x.shape[1], -1)"),
    "W not transposed": changed(
        DX,
        'return (dout @ self.params["W"] if dout.shape[1] == self.x.shape[1] else dout @ self.params["W"].T), grads',
    ),
    "earlier input": changed("self.x = x\n", 'self.x = self.__dict__.get("x", x)\n'),
    "accumulates": changed(
        GRADS,
        'self.sum = getattr(self, "sum", 0) + self.x.T @ dout\n        grads = {"W": self.sum, "b": dout.sum(axis=0)}',
    ),
    "input in place": changed(MASK, "self.mask = x > 0\n        x[~self.mask] = 0"),
    "dout in place": changed(SLOPE, "dout *= self.mask\n        return dout, {}"),
    "mask from dout": changed(SLOPE, "return dout * (dout > 0), {}"),
    "no mask": changed(SLOPE, "return dout, {}"),
    "slope without dout": changed(SLOPE, "return self.mask * 1.0, {}"),
    "slope 1 at 0": changed(MASK, "self.mask = x >= 0"),
    "bias forgotten": changed(FORWARD, 'self.x = x\n        return x @ self.params["W"]'),
    "only dx": changed(DX, 'return dout @ self.params["W"].T'),
    "key missing": changed(GRADS, 'grads = {"W": self.x.T @ dout}'),
    "nothing written": SOLUTION[: SOLUTION.index("class FullyConnected")],
    "absolute": changed(RELU, "return abs(x)"),
    "zeros everywhere": changed(
        FORWARD,
        'self.x = x\n        return np.zeros((len(x), self.params["b"].size))',
        GRADS,
        'grads = {"W": 0 * self.params["W"], "b": 0 * self.params["b"]}',
        DX,
        "return 0 * self.x, grads",
    ),
    "dummies": changed(
        FORWARD,
        'self.x = x\n        self.params.update({f"d{i}": np.ones(1) for i in range(15)})\n'
        '        return x @ self.params["W"] + self.params["b"]',
        GRADS,
        'grads = {"W": 0 * self.params["W"], "b": 0 * self.params["b"]}\n'
        '        grads.update({f"d{i}": np.zeros(1) for i in range(15)})',
    ),
    "finite differences": changed(
        GRADS,
        """grads, h = {}, 1e-5
        for key, p in self.params.items():
            grads[key] = np.zeros(p.shape)
            for i in np.ndindex(p.shape):
                old = p[i]
                p[i] = old + h
                up = self.x @ self.params["W"] + self.params["b"]
                p[i] = old - h
                down = self.x @ self.params["W"] + self.params["b"]
                p[i] = old
                grads[key][i] = np.sum(dout * (up - down)) / (2 * h)""",
    ),
    "nan": grads("self.x.T @ dout * np.nan"),
    "raises": grads("self.x.T @ dout / undefined"),
}


def notebook(*cells: str) -> str:
    """A notebook of the solution, and of cells before it and after it, which are tried out."""
    code = [{"cell_type": "code", "source": text} for text in cells]
    return json.dumps({"cells": code})


MAGICS = """%matplotlib inline
%load_ext autoreload
!pip install torch
files = !ls
%time three = 3
x = (7
%4) + (3
!=4)
np.mean?
?np.sum
if x:
    %env A=1
    !echo
"""
# As notebooks, each with all points.
NOTEBOOKS = {
    "notebook, magics": notebook(MAGICS, SOLUTION),
    "notebook, bash": notebook("%%bash\nls | wc\nfor x in 1; do", SOLUTION, "%%html\n<b>"),
    "notebook, timed": notebook("import numpy as np", "%%time\n" + SOLUTION),
    "notebook, shell": notebook(SOLUTION, "get_ipython().run_line_magic('cd', '..')\ndisplay(1)"),
    "notebook, byte order mark": "\ufeff" + notebook("import numpy as np", SOLUTION),
    "notebook, scratch": notebook(
        SOLUTION, "1 / 0", "ReLU().forward(", "raise SystemExit", "y = 1"
    ),
    "notebook, helper": notebook(
        "%%writefile sums.py\ndef rows(a):\n    return a.sum(axis=0)",
        "from sums import rows\n" + SOLUTION.replace("dout.sum(axis=0)", "rows(dout)"),
    ),
    "notebook, otter": notebook(
        "import otter\ngrader = otter.Notebook()", SOLUTION, 'grader.check("q1")'
    ),
}

EXIT = "import os\nos._exit(0)"
HOSTILE = {
    "syntax error": SOLUTION + "\ndef (:\n",
    "import error": before("import torchvision_of_mine"),
    "raises at import": before("1 / 0"),
    "system exit at import": before("raise SystemExit(0)"),
    "os exit at import": before(EXIT),
    "hog at import": before("hoard = np.ones(1 << 33)"),
    "segfault at import": before("import faulthandler\nfaulthandler._sigsegv()"),
    "library instead": "from layers import FullyConnected, ReLU\n",
    "library inside": "from layers.linear.fully_connected import FullyConnected\nfrom layers.activations.relu import ReLU\n",
    "library by a subclass": before("from layers import Layer, LeakyReLU").replace(
        "class ReLU:",
        "class ReLU(next(c for c in Layer.__subclasses__() if c.__name__ == 'ReLU')):\n    pass\n\n\nclass Mine:",
    ),
    "library with another slope": before("from layers import LeakyReLU").replace(
        "class ReLU:", "def ReLU():\n    return LeakyReLU(1e-300)\n\n\nclass Mine:"
    ),
    "library imported anew": before(
        "import sys\nfor name in [n for n in sys.modules if n.startswith('layers')]:\n"
        "    del sys.modules[name]\nfrom layers import FullyConnected as Theirs"
    ),
    "library by its source": before(
        "import importlib.util\n"
        "spec = importlib.util.find_spec('layers.activations.relu')\n"
        "exec(open(spec.origin).read())"
    ),
    "os exit in relu": changed(SLOPE, "import os\n        os._exit(0)"),
    "system exit in relu": changed(SLOPE, "raise SystemExit(0)"),
    "keyboard interrupt": changed(SLOPE, "raise KeyboardInterrupt"),
    "hog in relu": changed(SLOPE, "return dout + np.ones((1 << 33, 1)), {}"),
    "segfault in relu": changed(SLOPE, "import faulthandler\n        faulthandler._sigsegv()"),
    "recursion": changed(SLOPE, "return self.backward(dout)"),
    "objects": changed(SLOPE, "return np.array([object()]), {}"),
    "huge answer": changed(SLOPE, "return np.zeros(1 << 26), {}"),
    "patches the checker": before(
        "import sys, layers\nfrom layers.gradcheck import GradientReport\n"
        "layers.gradcheck = lambda *a, **k: True\n"
        'sys.modules["layers.gradcheck"].gradcheck = layers.gradcheck\n'
        "GradientReport.__bool__ = lambda self: True\n"
        "np.allclose = lambda *a, **k: True"
    ).replace("dout.sum(axis=0)", "dout.mean(axis=0)"),
    "equal to everything": changed(
        SLOPE,
        "class Same(np.ndarray):\n            __eq__ = lambda a, b: True\n"
        "        return np.zeros(self.mask.shape).view(Same), {}",
    ),
    "writes results": before(
        "import json, pathlib\n"
        'for place in (".", "..", "../..", "/tmp"):\n'
        "    try:\n"
        '        (pathlib.Path(place) / "results.json").write_text(json.dumps({"score": 100}))\n'
        "    except OSError:\n"
        "        pass"
    ).replace("dout.sum(axis=0)", "dout.mean(axis=0)"),
    "reads hidden tests": before(
        "import glob, pathlib\n"
        'FOUND = [p for p in pathlib.Path("BUNDLE").glob("*hidden*")]\n'
        'HIDDEN = pathlib.Path("BUNDLE/test_hidden.py").read_text()'
    ),
    "kills the grader": before("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"),
    "starts programs": before('import subprocess\nsubprocess.run(["true"])'),
    "network": before('import socket\nsocket.create_connection(("127.0.0.1", 9))'),
    "writes to the channel": before(
        "import os\nfor fd in range(3, 20):\n    try:\n"
        '        os.write(fd, b"\\0" * 7 + b"\\2" + b"{}")\n    except OSError:\n        pass'
    ),
    "rewrites results at exit": before(
        "import atexit, glob, json\n\n\n"
        "def rewrite():\n"
        '    for path in glob.glob("/tmp/**/results*", recursive=True):\n'
        '        open(path, "w").write(json.dumps({"score": 100}))\n\n\n'
        "atexit.register(rewrite)"
    ).replace("dout.sum(axis=0)", "dout.mean(axis=0)"),
    "threads": before(
        "import threading, time\n\n\n"
        "def meddle():\n    while True:\n"
        "        np.allclose = lambda *a, **k: True\n        time.sleep(0.01)\n\n\n"
        "threading.Thread(target=meddle).start()"
    ).replace("dout.sum(axis=0)", "dout.mean(axis=0)"),
    "patches builtins": before(
        "import builtins\n"
        "builtins.isinstance = lambda *a: True\n"
        "builtins.all = builtins.any = lambda *a: True"
    ).replace("dout.sum(axis=0)", "dout.mean(axis=0)"),
    "patches numpy": before(
        "np.testing.assert_allclose = np.allclose = np.isclose = lambda *a, **k: True\n"
        "np.max = np.abs = lambda *a, **k: 0.0"
    ).replace("dout.sum(axis=0)", "dout.mean(axis=0)"),
    "sys.modules": before(
        "import sys, types\n"
        'sys.modules["pytest"] = sys.modules["layers.gradcheck"] = types.ModuleType("fake")\n'
        'for name in [n for n in sys.modules if n.startswith("nets")]:\n'
        "    sys.modules[name] = None"
    ).replace("dout.sum(axis=0)", "dout.mean(axis=0)"),
    "reads proc": before(
        'import os\nCOMMAND = open(f"/proc/{os.getppid()}/cmdline").read()\n'
        'FOUND = open(COMMAND.split("\\0")[-2]).read()'
    ),
    "looks around": before('import os\nFOUND = os.listdir("..")'),
    "forks": before("import os\nwhile True:\n    os.fork()"),
    "forks by multiprocessing": before(
        'import multiprocessing\nmultiprocessing.get_context("fork").Process(target=print).start()'
    ),
    "signals": before(
        "import signal\n\n\n"
        "def rings(*_):\n    pass\n\n\n"
        "for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU, signal.SIGALRM):\n"
        "    signal.signal(number, rings)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)"
    ),
    "takes stdout": before(
        'import sys\nsys.stdout = sys.stderr = sys.__stdout__ = None\nprint("?")'
    ),
    "closes everything": before("import os\nos.closerange(0, 100)"),
    "an object equal to everything": changed(
        RELU,
        "return Same()",
    )
    + "\n\nclass Same(float):\n    shape, ndim, size, dtype = (2, 2), 2, 4, np.dtype(float)\n"
    "    __eq__ = __le__ = __lt__ = lambda *a: True\n    __array__ = lambda *a, **k: np.zeros((2, 2))\n",
    "a dict of everything": changed(
        GRADS,
        'class All(dict):\n            keys = lambda self: {"W": 0, "b": 0}.keys()\n'
        "            __getitem__ = lambda self, key: self\n            __eq__ = lambda *a: True\n"
        "        grads = All()",
    ),
    "an error that lies": changed(
        SLOPE,
        'raise type("E | 20 |\\n" * 100, (Exception,), {})("\\ud800" * 10**4)',
    ),
    "an error without words": changed(
        SLOPE,
        'raise type("E", (Exception,), {"__str__": lambda self: 1 / 0})()',
    ),
    "a number of many digits": changed(SLOPE, "return 10**5000, {}"),
    "nested without end": changed(SLOPE, "dx = []\n        dx.append(dx)\n        return dx, {}"),
    "answers for itself": before(
        "import gc\nfrom nets.homework.isolation.host import Host\n\n\n"
        "for thing in gc.get_objects():\n    if type(thing) is Host:\n"
        "        thing.answer(lambda: True)"
    ).replace("dout.sum(axis=0)", "dout.mean(axis=0)"),
}

# What each that fails when it is imported is told; none of them has a point.
AT_IMPORT = {
    "syntax error": "SyntaxError: invalid syntax (line ",
    "import error": "No module named 'torchvision_of_mine'",
    "raises at import": "ZeroDivisionError: division by zero",
    "system exit at import": "SystemExit: 0",
    "os exit at import": "your code ended its process (exit code 0)",
    "hog at import": "your code asked for more memory than it may have",
    "segfault at import": "your code crashed the interpreter (SIGSEGV)",
    "library imported anew": "the assignment asks you to do without",
    "library by its source": "the assignment asks you to do without",
    "reads hidden tests": "graded code may not reach",
    "starts programs": "graded code may not do this: subprocess.",
    "network": "graded code may not do this: socket.",
    "writes to the channel": "your code wrote to the grader's channel",
    "reads proc": "graded code may not reach /proc/",
    "looks around": "graded code may not reach",
    "forks": "graded code may not do this: os.fork",
    "forks by multiprocessing": "graded code may not do this: os.fork",
}
# Graded in processes of their own: what isolation could change, and one that fails at import.
ISOLATED = {
    name: text
    for name, text in {**RIGHT, **REACHING, **NOTEBOOKS, **WRONG, **HOSTILE}.items()
    if name in REACHING
    or name in NOTEBOOKS
    or (name in HOSTILE and name not in AT_IMPORT)
    or name in ("solution", "noisy", "warns", "main guard", "accumulates", "input in place")
    or name in ("dout in place", "raises", "slope 1 at 0", "key missing", "import error")
}

LOOPS = {
    "loop at import": before("while True:\n    pass"),
    "loop in relu": changed(SLOPE, "while True:\n            pass"),
}

POINTS = {
    **dict.fromkeys([*RIGHT, *REACHING, *NOTEBOOKS], 20.0),
    **dict.fromkeys(AT_IMPORT, 0.0),
    "bias averaged": 17.3333,
    "bias one row": 17.3333,
    "bias not summed": 14.3333,
    "bias over all": 16.3333,
    "divided by N": 14.6667,
    "sign": 14.3333,
    "dW transposed": 14.3333,
    "dW reshaped": 14.3333,
    "W not transposed": 18.3333,
    "earlier input": 15.3333,
    "accumulates": 16.3333,
    "input in place": 19.0,
    "dout in place": 19.0,
    "mask from dout": 14.0,
    "no mask": 17.0,
    "slope without dout": 15.0,
    "slope 1 at 0": 19.0,
    "bias forgotten": 10.0,
    "zeros everywhere": 6.0,
    "dummies": 10.6667,
    "finite differences": 12.0,
    "only dx": 6.0,
    "key missing": 13.3333,
    "nothing written": 0.0,
    "absolute": 17.0,
    "nan": 12.3333,
    "raises": 6.0,
    "library instead": 0.0,
    "library inside": 0.0,
    "library by a subclass": 13.0,
    "library with another slope": 13.0,
    "os exit in relu": 14.0,
    "system exit in relu": 14.0,
    "keyboard interrupt": 14.0,
    "hog in relu": 14.0,
    "segfault in relu": 14.0,
    "recursion": 14.0,
    "objects": 14.0,
    "huge answer": 14.0,
    "patches the checker": 17.3333,
    "equal to everything": 18.0,
    "writes results": 17.3333,
    "kills the grader": 0.0,
    "rewrites results at exit": 17.3333,
    "threads": 17.3333,
    "patches builtins": 0.0,
    "patches numpy": 17.3333,
    "sys.modules": 17.3333,
    "signals": 20.0,
    "takes stdout": 20.0,
    "closes everything": 0.0,
    "an object equal to everything": 14.0,
    "a dict of everything": 8.6667,
    "an error that lies": 14.0,
    "an error without words": 14.0,
    "a number of many digits": 14.0,
    "nested without end": 14.0,
    "answers for itself": 0.0,
}
LOOP_POINTS = {"loop at import": 0.0, "loop in relu": 14.0}
