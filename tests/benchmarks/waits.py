"""What users wait for beside training, as whole commands: `python -m tests.benchmarks.waits`.

A command is started anew each time, in turn with those that do the same in other libraries.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from nets.homework import build
from tests.benchmarks.machine import description, without_pins
from tests.benchmarks.timing import PAUSE, Timing

ROOT = Path(__file__).parents[2]
HOMEWORK = ROOT / "notebooks" / "homework" / "2-layers"
Command = tuple[list[str], Path]  # the words, and the folder to run them in

NET_HERE = """
import numpy as np
from layers import FullyConnected, ReLU, SoftmaxCE, gradcheck
from nets import Sequential
net = Sequential(FullyConnected(20, 32), ReLU(), FullyConnected(32, 10))
x, labels = np.random.default_rng(0).normal(size=(8, 20)), np.arange(8)
assert gradcheck(net, x, loss=(SoftmaxCE(), labels))
"""
NET_IN_PYTORCH = """
import torch
net = torch.nn.Sequential(torch.nn.Linear(20, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
net, x, labels = net.double(), torch.randn(8, 20).double().requires_grad_(), torch.arange(8)
names = [name for name, _ in net.named_parameters()]
def value(x, *params):
    scores = torch.func.functional_call(net, dict(zip(names, params)), (x,))
    return torch.nn.functional.cross_entropy(scores, labels)
params = [p.detach().requires_grad_() for p in net.parameters()]
assert torch.autograd.gradcheck(value, (x, *params))
"""
FILE_IN_PYTORCH = """
import torch
x = torch.randn(5, 4).double().requires_grad_()
W, b = torch.randn(3, 4).double().requires_grad_(), torch.randn(3).double().requires_grad_()
assert torch.autograd.gradcheck(torch.nn.functional.linear, (x, W, b))
assert torch.autograd.gradcheck(torch.relu, (x,))
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Time every command, and print one row for each."""
    options = _options(arguments)
    print(description(), flush=True)
    print("\n| command | seconds | spread |\n|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for title, pair, calls in _waits(Path(folder), options):
            if title in options.rows:
                for name, timing in in_turn(pair, options.rounds).items():
                    per = timing.median / calls.get(name, 1)
                    print(f"| {name} | {per:.2f} | ±{100 * timing.spread:.0f} % |", flush=True)


def in_turn(commands: dict[str, Command], rounds: int) -> dict[str, Timing]:
    """Run the commands one after the other, the first time untimed."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    figures: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, (words, folder) in commands.items():
            time.sleep(PAUSE)
            began = time.perf_counter()
            done = subprocess.run(words, cwd=folder, env=env, capture_output=True, check=False)
            elapsed = time.perf_counter() - began
            if done.returncode:
                raise RuntimeError(f"{name}: {done.stdout.decode()}{done.stderr.decode()}")
            if number:
                figures[name].append(elapsed)
    return {name: Timing(tuple(values)) for name, values in figures.items()}


def _waits(folder: Path, options: argparse.Namespace):
    """The title of each row, its commands, and how many things a command does."""
    python = partial(_python, peers=options.peers)
    yield "import", python({
        "import NumPy": "import numpy",
        "import layers, nets, optimizers": "import layers, nets, optimizers",
        "import PyTorch": "import torch",
    }), {}  # fmt: skip
    shutil.copy(HOMEWORK / "dense.py", folder)
    check = {"handgrad check, two layers in a file": (_handgrad("check", "dense.py"), folder)}
    yield "check", check | python({"the same in PyTorch": FILE_IN_PYTORCH}), {}
    nets = {"check of a net 20-32-10": NET_HERE, "the same net in PyTorch": NET_IN_PYTORCH}
    yield "net", python(nets), {}
    yield "grade", *_grading(folder, options.submissions, options.peers)


def _python(codes: dict[str, str], peers: bool) -> dict[str, Command]:
    return {
        name: ([sys.executable, "-c", code], ROOT)
        for name, code in codes.items()
        if "torch" not in code or (peers and importlib.util.find_spec("torch"))
    }


def _handgrad(*words: object) -> list[str]:
    return [sys.executable, "-m", "nets", *map(str, words)]


def _grading(
    folder: Path, submissions: int, peers: bool
) -> tuple[dict[str, Command], dict[str, int]]:
    """Grade a class whose submissions are all the solution; otter takes them one by one."""
    _, grader = build(HOMEWORK, folder)
    solution = (HOMEWORK / "dense.py").read_text(encoding="utf-8")
    for number in range(submissions):
        (folder / "class" / f"student{number}").mkdir(parents=True)
        (folder / "class" / f"student{number}" / "dense.py").write_text(solution, encoding="utf-8")
    words = _handgrad("grade", folder / "class", "--assignment", grader, "--out", folder / "graded")
    ours = f"handgrad grade, a submission of {submissions}"
    commands: dict[str, Command] = {ours: (words, ROOT)}
    if peers and importlib.util.find_spec("otter"):
        commands["otter run, a submission"] = (_otter(folder, solution), folder)
    return commands, {ours: submissions}


def _otter(folder: Path, solution: str) -> list[str]:
    """The command that runs one submission, once otter has assigned its notebook."""
    otter = [sys.executable, "-W", "ignore", "-m", "otter"]
    assign = [*otter, "assign", "dense.ipynb", str(folder / "assigned")]
    subprocess.run(assign, cwd=folder / "otter", check=True, capture_output=True)
    book = json.loads((folder / "assigned/student/dense.ipynb").read_text(encoding="utf-8"))
    first, *others = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    kept = [cell for cell in others if "grader." in "".join(cell["source"])]
    written = {**first, "id": "written", "source": solution.splitlines(keepends=True)}
    book["cells"] = [first, written, *kept]
    (folder / "dense.ipynb").write_text(json.dumps(book), encoding="utf-8")
    [bundle] = (folder / "assigned/autograder").glob("*.zip")
    return [*otter, "run", "-a", str(bundle), "dense.ipynb"]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    rows = ("import", "check", "net", "grade")
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.waits", description=__doc__)
    parser.add_argument("--rows", nargs="+", choices=rows, default=list(rows))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--submissions", type=int, default=200)
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    without_pins("tests.benchmarks.waits")
    main(sys.argv[1:])
