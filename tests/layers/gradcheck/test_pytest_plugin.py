import re
from importlib import metadata
from pathlib import Path

import pytest

import layers as library

PLUGIN = "handgrad_pytest"
FOLDER = Path(library.__file__).parents[1]
INSTALLED = any(point.value == PLUGIN for point in metadata.entry_points(group="pytest11"))
FOUND = () if INSTALLED else ("-p", PLUGIN)
LAYERS = """
import numpy as np
import pytest

class Double:
    params = {}

    def forward(self, x):
        return 2 * x

    def backward(self, dout):
        return 2 * dout, {}

class Triple(Double):
    def backward(self, dout):
        return 3 * dout, {}

X = np.array([[1.0, -2.0]])
"""
MARKED = """
@pytest.mark.gradcheck(input=(7, 5))
class Marked(Double):
    pass

@pytest.mark.gradcheck(input=(7, 5))
class MarkedWrong(Triple):
    pass
"""


@pytest.fixture(autouse=True)
def findable(monkeypatch):
    """The plugin can be imported as it can where it is installed."""
    monkeypatch.syspath_prepend(FOLDER)
    monkeypatch.setenv("PYTHONPATH", str(FOLDER))


@pytest.fixture
def run(pytester):
    def run(text, *options):
        pytester.makepyfile(test_layers=LAYERS + text)
        return pytester.runpytest_inprocess(*FOUND, "-p", "no:cacheprovider", *options)

    return run


def test_the_fixture_gives_a_report(run):
    result = run(
        """
def test_correct(gradcheck):
    assert gradcheck(Double(), X)

def test_wrong(gradcheck):
    report = gradcheck(Triple(), X)
    assert [finding.mistake for finding in report.findings] == ["constant-factor"]
"""
    )
    result.assert_outcomes(passed=2)
    assert str(result.stderr) == ""


@pytest.mark.parametrize("how", ["fixture", "function"])
def test_a_failure_shows_the_line_of_the_test_and_the_report(run, how):
    source = "assert_gradients" if how == "fixture" else ""
    imported = "from layers import assert_gradients" if how == "function" else ""
    result = run(f"""
{imported}

def test_wrong({source}):
    assert_gradients(Triple(), X)
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            ">       assert_gradients(Triple(), X)",
            "E       AssertionError: gradient check of Triple: WRONG",
            "E       constant-factor: dx equals 1.500 times the numeric gradient in all 2 entries",
            "E           hint: *",
            "test_layers.py:*: AssertionError",
        ]
    )
    text = str(result.stdout)
    assert "layers/gradcheck" not in text
    assert "raise_if_failed" not in text
    assert str(result.stderr) == ""


def test_a_marked_class_is_a_test(run):
    result = run(f"{MARKED}\nclass NotMarked(MarkedWrong):\n    pass\n", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "test_layers.py::Marked PASSED*",
            "test_layers.py::MarkedWrong FAILED*",
            "*gradcheck of MarkedWrong*",
            "gradient check of MarkedWrong: WRONG",
            "x * (7, 5) * WRONG",
            "constant-factor: dx equals 1.500 times the numeric gradient in all 35 entries",
        ]
    )
    assert "Traceback" not in str(result.stdout)
    assert ">  " not in str(result.stdout)
    assert str(result.stderr) == ""


def test_a_marked_factory_a_loss_and_constructor_arguments(run):
    result = run(
        """
from layers import FullyConnected, SoftmaxCE

@pytest.mark.gradcheck(input=(7, 5))
def dense():
    return FullyConnected(5, 3, rng=0)

@pytest.mark.gradcheck(input=(7, 5), arguments=(5, 2))
class Dense(FullyConnected):
    pass

@pytest.mark.gradcheck(input=(7, 5), labels=5)
class Loss(SoftmaxCE):
    pass

@pytest.mark.gradcheck(input=(7, 5), tolerance=0.6)
class Rough(Triple):
    def forward(self, x):
        return 2 * x + 0 * abs(x)
""",
        "-v",
    )
    result.assert_outcomes(passed=4)


def test_missing_arguments_are_reported(run):
    result = run(
        """
from layers import FullyConnected

@pytest.mark.gradcheck(input=(7, 5))
class Dense(FullyConnected):
    pass
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "TypeError: Dense: missing a required argument: 'in_features'; give them in the "
            "marker: @pytest.mark.gradcheck(input=..., arguments=(...))"
        ]
    )


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("", "expected the shape of the input in the marker: *input=(7, 5))"),
        ("((2, 2))", "expected the shape of the input in the marker: *"),
        ("(input='ab')", "expected the shape of the input in the marker: *"),
        ("(input=(2, 0))", "expected the shape of the input in the marker: *"),
        ("(input=(2, 2), labels='a')", "expected labels to be the number of classes, got 'a'"),
        ("(input=(2, 2), epochs=1)", "the marker does not know epochs: gradcheck(input, *"),
    ],
)
def test_what_is_wrong_with_a_marker_is_reported(run, settings, sentence):
    result = run(f"@pytest.mark.gradcheck{settings}\nclass Marked(Double):\n    pass\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"TypeError: Marked: {sentence}".replace("[", "[[]")])


def test_a_marked_class_without_lines_of_its_own_is_checked(run):
    result = run("Made = pytest.mark.gradcheck(input=(2, 2))(type('Made', (Triple,), {}))\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["gradient check of Made: WRONG"])


def test_marked_classes_are_collected_where_they_are_written_only(run, pytester):
    pytester.makepyfile(
        test_elsewhere="from test_layers import Marked\ndef test_one():\n    assert Marked\n"
    )
    result = run("@pytest.mark.gradcheck(input=(2, 2))\nclass Marked(Double):\n    pass\n")
    result.assert_outcomes(passed=2)


def test_a_marked_test_function_stays_one(run):
    result = run(
        "@pytest.mark.gradcheck(input=(2, 2))\ndef test_mine(gradcheck):\n    assert gradcheck\n"
    )
    result.assert_outcomes(passed=1)


def test_the_seed_settles_the_random_numbers(run):
    text = """
def test_seed(gradcheck):
    report = gradcheck(Triple(), X)
    print("analytic", report.tensors[0].worst.analytic)
"""
    shown = [
        re.findall(r"analytic \S+", str(run(text, "-s", *seed).stdout))
        for seed in ([], ["--gradcheck-seed=0"], ["--gradcheck-seed", "7"])
    ]
    assert shown[0] == shown[1] != shown[2]
    result = run(
        "@pytest.mark.gradcheck(input=(2, 2))\nclass Marked(Double):\n    pass\n",
        "--gradcheck-seed=5",
    )
    result.assert_outcomes(passed=1)
    assert run("", "--gradcheck-seed=x").ret == pytest.ExitCode.USAGE_ERROR


def test_the_marker_is_known(run):
    result = run("", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.gradcheck(input, arguments=(), labels=None, *"])


@pytest.mark.slow
def test_nothing_is_warned_of_when_warnings_are_errors(pytester):
    pytester.makepyfile(
        LAYERS
        + """
@pytest.mark.gradcheck(input=(3, 2))
class Naive:
    params = {}

    def forward(self, x):
        self.e = np.exp(x)
        return self.e / self.e.sum(axis=1, keepdims=True)

    def backward(self, dout):
        return dout / 0.0, {}
"""
    )
    # In a process of its own, because pytest warns of a plugin that is imported already.
    result = pytester.runpytest_subprocess(*FOUND, "-W", "error", "--strict-markers")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["not-finite: *"])
    assert str(result.stderr) == ""


def test_the_plugin_is_an_entry_point_outside_of_the_packages():
    text = (FOLDER / "setup.cfg").read_text()
    assert f"pytest11 =\n    handgrad = {PLUGIN}\n" in text
    assert f"py_modules = {PLUGIN}\n" in text
    assert (FOLDER / f"{PLUGIN}.py").is_file()


FOREIGN = """
import sys
import pytest
from layers import Double, Triple

def test_pytest_has_loaded_nothing():
    assert "numpy" not in sys.modules
    assert sys.modules["layers"].__file__.startswith({folder!r})

def test_the_check_works(gradcheck, assert_gradients):
    from numpy import ones
    assert gradcheck(Double(), ones((2, 2)))
    with pytest.raises(AssertionError, match="constant-factor"):
        assert_gradients(Triple(), ones((2, 2)))

def test_what_a_layer_raises_is_a_finding(gradcheck):
    class Raises(Double):
        def forward(self, x):
            raise ValueError("mine")
    assert gradcheck(Raises(), [1.0]).findings[0].mistake == "forward-raises"

def test_the_names_are_still_theirs():
    import layers, nets, optimizers
    assert {{layers.__name__, nets.MINE, optimizers.MINE}} == {{"layers", "nets"}}
    assert layers.Double is Double
"""


OWN = LAYERS.replace("import numpy as np\n", "").partition("X = ")[0]
OTHERS = {"nets": "MINE = 'nets'", "optimizers": "MINE = 'nets'"}


@pytest.mark.slow
def test_a_folder_with_modules_of_these_names_keeps_them(pytester):
    pytester.makepyfile(layers=OWN, test_mine=FOREIGN.format(folder=str(pytester.path)), **OTHERS)
    started = ["-q", "-W", "error", *FOUND]
    result = pytester.runpython_c(f"import pytest, sys; sys.exit(pytest.main({started}))")
    result.assert_outcomes(passed=4)


@pytest.mark.slow
def test_a_marked_layer_beside_another_package_of_this_name_is_checked(pytester):
    pytester.mkpydir("layers")
    pytester.makepyfile(test_layers="import layers\n" + LAYERS + MARKED)
    result = pytester.runpytest_subprocess(*FOUND, "--strict-markers", "-W", "error")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["gradient check of MarkedWrong: WRONG"])


FOREIGN_MARKERS = """
import unittest

@pytest.mark.gradcheck
class TestSomething:
    def test_one(self):
        pass

@pytest.mark.gradcheck
class Something(unittest.TestCase):
    def test_two(self):
        pass

@pytest.mark.gradcheck("slow")
def test_three():
    pass
"""


def test_the_same_marker_in_another_project_means_nothing(run):
    run(FOREIGN_MARKERS).assert_outcomes(passed=3)
