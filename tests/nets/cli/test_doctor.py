"""What the doctor finds, and when it advises."""

import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from layers import FullyConnected
from nets import doctor
from nets.cli import doctor as doctor_module
from nets.cli import environment
from nets.cli.main import main


@pytest.fixture(autouse=True)
def healthy(monkeypatch):
    """A machine about which there is nothing to say."""
    for name in environment.PINS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(environment, "gigaflops", lambda: 100.0)
    monkeypatch.setattr(doctor_module, "find_spec", lambda name: "there")
    monkeypatch.setattr(environment, "blas_pools", lambda: [pool()])


def pool(threads=1):
    return {
        "user_api": "blas",
        "internal_api": "openblas",
        "version": "0.3",
        "architecture": "SkylakeX",
        "num_threads": threads,
    }


def test_a_healthy_machine_needs_nothing():
    found = doctor()
    assert found.advice == []
    assert repr(found).endswith("\n\nNothing to change.")
    assert "<p>Nothing to change.</p>" in found._repr_html_()
    assert found.facts["BLAS"] == "openblas 0.3 with SkylakeX kernels"
    assert found.facts["threads"] == "1"
    assert found.facts["float32 products"] == "100 GFLOP/s"
    assert found.facts["NumPy"] == np.__version__


@pytest.mark.parametrize("error", [ImportError, SystemError, AttributeError, OSError])
def test_a_numba_that_does_not_work_is_reported(error, monkeypatch):
    def njit(**_):
        raise error("needs NumPy 1.0 or less")

    monkeypatch.setattr(environment.metadata, "version", lambda name: "0.1")
    monkeypatch.setitem(sys.modules, "numba", SimpleNamespace(njit=njit))
    assert doctor().facts["compiled loops"] == (
        f"none: numba 0.1 does not work here ({error.__name__}: needs NumPy 1.0 or less)"
    )
    monkeypatch.setitem(
        sys.modules, "numba", SimpleNamespace(njit=lambda **_: lambda function: function)
    )
    assert "switched off by NUMBA_DISABLE_JIT" in doctor().facts["compiled loops"]


def test_pinned_kernels_are_advised_against_where_the_others_are_faster(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setattr(environment, "gigaflops_without_pins", lambda: 200.0)
    assert doctor().advice == [
        "OPENBLAS_CORETYPE=Haswell keeps the processor from its best kernels: products reach "
        "100 GFLOP/s with, and 200 without. Start Python without this variable."
    ]
    assert os.environ["OPENBLAS_CORETYPE"] == "Haswell"
    monkeypatch.setenv("OPENBLAS_L2_SIZE", "512")
    assert "OPENBLAS_L2_SIZE=512 keep the processor" in doctor().advice[0]
    assert "Start Python without these variables." in doctor().advice[0]
    monkeypatch.setattr(environment, "gigaflops_without_pins", lambda: 110.0)
    assert doctor().advice == []


def test_the_comparison_runs_without_the_pins(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    seen = {}

    def run(words, env, **options):
        seen.update(env)
        return SimpleNamespace(stdout="123.5\n")

    monkeypatch.setattr(subprocess, "run", run)
    assert environment.gigaflops_without_pins() == 123.5
    assert "OPENBLAS_CORETYPE" not in seen
    assert seen.keys() >= os.environ.keys() - {"OPENBLAS_CORETYPE"}


@pytest.mark.parametrize(
    "error",
    [OSError("no process"), subprocess.TimeoutExpired("python", 60), ValueError("nan?")],
)
def test_where_no_process_can_be_started_there_is_no_comparison(monkeypatch, error):
    def run(*_, **__):
        raise error

    monkeypatch.setattr(subprocess, "run", run)
    assert environment.gigaflops_without_pins() == 0.0


def test_the_measurement_really_runs_in_a_process_of_its_own():
    code = "from nets.cli.environment import gigaflops_without_pins as g; print(g() > 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_more_threads_than_cores_are_advised_against(monkeypatch):
    monkeypatch.setattr(environment, "cores", lambda: 2)
    monkeypatch.setattr(environment, "blas_pools", lambda: [pool(threads=8)])
    assert doctor().advice == [
        "openblas uses 8 threads on 2 cores, where they wait for each other: set "
        "OMP_NUM_THREADS=2 before Python starts."
    ]


def test_cores_are_counted_where_a_process_cannot_be_asked(monkeypatch):
    assert environment.cores() >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert environment.cores() == 7


def test_what_is_missing_is_named_with_its_extra(monkeypatch):
    monkeypatch.setattr(doctor_module, "find_spec", lambda name: None)
    numba, threadpoolctl = doctor().advice
    assert numba == (
        'numba runs Adam and SGD as one loop, several times faster: pip install "handgrad[fast]".'
    )
    assert threadpoolctl.startswith("threadpoolctl lets this report see kernels and threads: pip")


def test_without_threadpoolctl_the_build_is_reported(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    facts = doctor().facts
    assert facts["BLAS"]
    assert "kernels" not in facts["BLAS"]
    assert facts["threads"] == "not known: threadpoolctl is not installed"


def test_with_threadpoolctl_the_loaded_library_is_reported(monkeypatch):
    monkeypatch.undo()
    pytest.importorskip("threadpoolctl")
    assert "kernels" in doctor().facts["BLAS"]


def test_where_numba_is_not_installed_there_are_no_compiled_loops(monkeypatch):
    def version(name):
        raise environment.metadata.PackageNotFoundError

    monkeypatch.setattr(environment.metadata, "version", version)
    assert environment.compiled_loops() == "none: numba is not installed"


@pytest.mark.parametrize(
    ("dtype", "x", "advice"),
    [
        ("float32", np.ones((2, 3)), "x is float64 and the net float32, so that every step casts"),
        ("float32", np.ones((2, 3), "f4"), None),
        ("float32", [[1.0, 2.0, 3.0]], None),
        ("float32", None, None),
        ("float64", np.ones((2, 3)), 'The net computes in float64; net.astype("float32") trains'),
    ],
)
def test_the_precision_of_net_and_data(dtype, x, advice):
    found = doctor(FullyConnected(3, 2, dtype=dtype), x).advice
    assert len(found) == (advice is not None)
    assert not advice or found[0].startswith(advice)


def test_in_jupyter_it_is_a_table():
    text = doctor(FullyConnected(3, 2))._repr_html_()
    assert "<table>" in text
    assert "astype(&quot;float32&quot;)" in text


def test_a_product_is_measured(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(environment, "SIDE", 8)
    assert 0 < environment.gigaflops(0.0) < 1e5


def test_the_command_prints_it(capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "float32 products  100 GFLOP/s" in out
