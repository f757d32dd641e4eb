"""The command, called as a user calls it."""

import inspect
import re
import subprocess
import sys

import numpy as np
import pytest

import optimizers
from nets import Sequential, datasets, fit
from nets.cli.tasks import numbers
from nets.cli.train_options import RULES
from optimizers import Optimizer

RIGHT = """
import numpy as np


class Double:
    params = {}

    def forward(self, x):
        return 2 * x

    def backward(self, dout):
        return 2 * dout, {}
"""
WRONG = """
from layers import Layer


class Triple(Layer):
    def forward(self, x):
        return 3 * x

    def backward(self, dout):
        return 2 * dout, {}
"""
DENSE = """
import numpy as np


class Dense:
    def __init__(self, {arguments}):
        self.params = {{"W": np.ones((4, 3))}}

    def forward(self, x):
        self.x = x
        return x @ self.params["W"]

    def backward(self, dout):
        return dout @ self.params["W"].T, {{"W": self.x.T @ dout}}
"""
LOSS = """
import numpy as np


class Absolute:
    params = {}

    def forward(self, y, t):
        assert t.dtype.kind == "f"
        self.sign, self.n = np.sign(y - t), y.size
        return float(np.abs(y - t).mean())

    def backward(self, dout=1.0):
        return dout * self.sign / self.n, {}
"""


@pytest.fixture
def file(tmp_path):
    """Write a file and give its path."""

    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


class TestTrain:
    @pytest.mark.slow
    def test_digits_are_read(self, run, tmp_path):
        code, out, err = run("train", "--out", tmp_path / "out")
        assert (code, err) == (0, "")
        assert float(re.search(r"test accuracy +([\d.]+) %", out)[1]) >= 97
        assert (tmp_path / "out" / "test-images.png").stat().st_size > 10_000

    def test_everything_is_written(self, run, tmp_path):
        code, out, err = run("train", "--epochs", 1, "--out", tmp_path / "out")
        assert (code, err) == (0, "")
        assert "gradient check of Sequential of 3 layers: correct" in out
        written = re.findall(r"wrote (.+)", out)
        names = [
            "weights.safetensors",
            "run.json",
            "classes.json",
            "history.csv",
            "curves.png",
            "test-images.png",
        ]
        assert written == [str(tmp_path / "out" / name) for name in names]
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)

    def test_the_weights_it_writes_give_the_accuracy_it_prints(self, run, tmp_path):
        _, out, _ = run("train", "--epochs", 3, "--out", tmp_path)
        net, data = Sequential.load(tmp_path / "weights.safetensors"), numbers.BUNDLED["digits"]()
        right = int((net.predict(data.x_test).argmax(axis=1) == data.y_test).sum())
        assert f"{right} of 60" in out

    def test_the_same_seed_gives_the_same_run(self, run, tmp_path):
        for name in ("one", "two"):
            run("train", "--epochs", 2, "--seed", 5, "--out", tmp_path / name)
        one, two = ((tmp_path / n / "weights.safetensors").read_bytes() for n in ("one", "two"))
        assert one == two

    @pytest.mark.parametrize(
        "options",
        [
            ("--hidden", "0"),
            ("--hidden", "32,16", "--activation", "tanh", "--dropout", "0.2"),
            ("--optimizer", "sgd", "--momentum", "0"),
            ("--optimizer", "adamw", "--learning-rate", "0.01", "--batch-size", "100"),
            ("--activation", "sigmoid"),
        ],
    )
    def test_options(self, run, tmp_path, options):
        code, out, _ = run("train", "--epochs", 2, "--out", tmp_path, *options)
        assert code == 0
        assert "gradient check of Sequential" in out

    @pytest.mark.parametrize("net", ["conv", "resnet"])
    def test_images_are_read_by_nets_of_convolutions(self, run, tmp_path, net, monkeypatch):
        monkeypatch.setattr(numbers, "CHANNELS", (4,))
        monkeypatch.setattr(numbers, "RESIDUAL", (4,))
        code, out, err = run("train", "--net", net, "--epochs", 1, "--out", tmp_path / "out")
        assert (code, err) == (0, "")
        assert "on a small net of these layers" in out
        assert re.search("gradient check of Sequential of .* layers: correct", out)
        assert "wrote " + str(tmp_path / "out" / "filters.png") in out
        net = Sequential.load(tmp_path / "out" / "weights.safetensors")
        data = numbers.BUNDLED["digits"]()
        scores = net.predict(data.x_test.reshape(-1, 1, 8, 8))
        assert f"{int((scores.argmax(axis=1) == data.y_test).sum())} of 60" in out

    def test_photographs_are_mirrored_and_shifted_in_training(self, run, tmp_path, monkeypatch):
        monkeypatch.setattr(numbers, "CHANNELS", (4,))
        rng = np.random.default_rng(0)
        x, y = rng.random((40, 3, 8, 8)).astype(np.float32), np.arange(40) % 2
        data = datasets.Dataset("cifar10", x, y, x[:9], y[:9], (3, 8, 8), ("cat", "dog"))
        monkeypatch.setitem(numbers.BUNDLED, "cifar10", lambda: data)
        seen = []

        def noted(*parts, **given):
            seen.append(given)
            return fit(*parts, **given)

        monkeypatch.setattr("nets.cli.train.fit", noted)
        for net in ("conv", "mlp"):
            options = ("--data", "cifar10", "--epochs", 1, "--net", net, "--out", tmp_path / net)
            code, out, _ = run("train", *options)
            assert code == 0
            assert ("images are mirrored and shifted by up to 4 pixels" in out) == (net == "conv")
        image_net, perceptron = seen
        assert perceptron["augment"] is None
        assert image_net["augment"](x).shape == x.shape
        assert not np.array_equal(image_net["augment"](x), x)
        assert image_net["validation"][0].shape == (4, 3, 8, 8)

    def test_own_images_of_any_scale(self, run, tmp_path):
        rng = np.random.default_rng(0)
        x, y = rng.integers(256, size=(60, 8, 8)), np.arange(60) % 2
        x[y == 1] //= 4
        np.savez(tmp_path / "own.npz", x=x, y=y)
        options = ("--net", "conv", "--epochs", 25, "--out", tmp_path / "out")
        code, out, _ = run("train", "--data", tmp_path / "own.npz", *options)
        assert code == 0
        assert "each number is divided by the largest, 255" in out
        assert float(re.search(r"test accuracy +([\d.]+) %", out)[1]) > 90
        code, _, err = run("predict", tmp_path / "out", tmp_path / "own.npz")
        assert code == 0
        assert float(re.search(r"accuracy ([\d.]+) %", err)[1]) > 90

    @pytest.mark.slow
    @pytest.mark.parametrize("rule", RULES)
    def test_every_rule_reads_the_digits(self, run, tmp_path, rule):
        code, out, _ = run("train", "--epochs", 8, "--optimizer", rule, "--out", tmp_path)
        assert code == 0
        assert float(re.search(r"test accuracy +([\d.]+) %", out)[1]) >= 96

    def test_there_is_every_rule_under_its_name(self):
        rules = {name: rule for name, rule in vars(optimizers).items() if inspect.isclass(rule)}
        named = {name.lower(): rule for name, rule in rules.items() if issubclass(rule, Optimizer)}
        wrappers = {"optimizer", "clipped"}
        assert {name: rule for name, (rule, _) in RULES.items()} == {
            name: rule for name, rule in named.items() if name not in wrappers
        }

    @pytest.mark.parametrize("words", [False, True])
    def test_a_table_in_any_unit(self, run, file, tmp_path, words):
        rng = np.random.default_rng(0)
        labels = rng.integers(0, 3, 200)
        x = rng.normal(size=(200, 2)) + 4 * labels[:, None]
        names = ["ash", "birch", "cedar"] if words else ["0", "1", "2"]
        lines = [
            f"{1e3 + 1e2 * a},{1e-4 * b},{names[k]}" for (a, b), k in zip(x, labels, strict=True)
        ]
        path = file("\n".join(["height,width,species", *lines]), "trees.csv")
        code, out, _ = run(
            "train", "--data", path, "--learning-rate", 0.02, "--out", tmp_path / "out"
        )
        assert code == 0
        assert float(re.search(r"test accuracy +([\d.]+) %", out)[1]) > 90
        net = Sequential.load(tmp_path / "out" / "weights.safetensors")
        raw = datasets.from_file(path)
        right = int((net.predict(raw.x_test).argmax(axis=1) == raw.y_test).sum())
        assert f"{right} of 40" in out

    def test_a_table_has_no_images_for_a_convolution(self, run, file, tmp_path):
        path = file("\n".join(["1,2,a", "3,4,b"] * 9), "numbers.csv")
        code, _, err = run("train", "--data", path, "--net", "conv", "--out", tmp_path / "out")
        assert code == 2
        assert (
            "--net conv: expected images, got numbers: 15 training and 3 test examples of 2" in err
        )

    def test_without_matplotlib_there_are_no_pictures_and_a_reason(
        self, run, tmp_path, monkeypatch
    ):
        monkeypatch.undo()
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
        code, out, _ = run("train", "--epochs", 1, "--hidden", 4, "--out", tmp_path)
        assert code == 0
        assert 'no picture of the curves: pictures need matplotlib: pip install "handgrad' in out

    def test_a_net_with_wrong_gradients_is_not_trained(self, run, tmp_path, monkeypatch):
        from layers import ReLU

        monkeypatch.setattr(ReLU, "backward", lambda self, dout: (dout, {}))
        code, out, _ = run("train", "--hidden", 3, "--out", tmp_path / "out")
        assert code == 1
        assert "WRONG" in out
        assert list((tmp_path / "out").iterdir()) == []

    def test_a_run_that_diverges_says_why(self, run, tmp_path):
        options = ("--optimizer", "sgd", "--learning-rate", "1e30", "--out", tmp_path)
        code, _, err = run("train", *options)
        assert code == 1
        assert re.search(r"the loss became .* at epoch 1, step \d+", err)
        assert "learning rate" in err

    def test_an_interrupt_is_quiet(self, run, monkeypatch):
        def interrupt(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr("nets.cli.train.fit", interrupt)
        assert run("train")[::2] == (130, "handgrad: stopped; nothing was written\n")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--data", "nowhere.csv"), "nowhere.csv: there is no such file"),
            (("--data", "mnist.txt"), "mnist.txt: there is no such file"),
            (("--hidden", "12,x"), "expected positive integers, such as 128,64, got '12,x'"),
            (("--hidden", "12,-3"), "expected positive integers"),
            (("--epochs", "0"), "expected a positive integer, got '0'"),
            (("--batch-size", "2.5"), "expected a positive integer"),
            (("--learning-rate", "-1"), "expected a positive number"),
            (("--learning-rate", "nan"), "expected a positive number"),
            (("--dropout", "1"), "expected a number from 0 to below 1"),
            (("--seed", "-4"), "expected an integer of 0 or more"),
            (("--optimizer", "magic"), "invalid choice: 'magic'"),
            (("--colour", "red"), "unrecognized arguments"),
            (
                ("--net", "conv", "--hidden", "3"),
                "--hidden belongs to --net mlp, and this is --net",
            ),
            (
                ("--net", "lenet", "--dropout", "0.1"),
                "--dropout belongs to --net mlp and --net conv",
            ),
            (("--net", "vgg"), "invalid choice: 'vgg'"),
            (
                ("--net", "conv", "--task", "lm"),
                "--net belongs to --task numbers, and this is --task",
            ),
            (("--net", "lenet"), "lenet: expected images of at least 12 x 12 pixels"),
        ],
    )
    def test_bad_arguments_are_a_sentence_and_exit_code_2(self, run, arguments, message):
        code, _, err = run("train", *arguments)
        assert code == 2
        assert message in err
        assert "Traceback" not in err

    def test_a_folder_that_cannot_be_made_is_a_sentence(self, run, file):
        path = file("in the way", "taken")
        code, _, err = run("train", "--epochs", "1", "--out", path)
        assert code == 2
        assert str(path) in err

    def test_mnist_without_a_network_says_where_to_put_the_files(self, run, monkeypatch, tmp_path):
        def refuse(*_, **__):
            raise OSError("no network")

        monkeypatch.delenv("HANDGRAD_DATA", raising=False)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        monkeypatch.setattr("urllib.request.urlopen", refuse)
        code, _, err = run("train", "--data", "mnist")
        assert code == 2
        assert "train-images-idx3-ubyte" in err
        assert str(tmp_path) in err


class TestCheck:
    def test_a_correct_class(self, run, file):
        code, out, _ = run("check", file(RIGHT))
        assert code == 0
        assert "Double(), input of shape (5, 4)" in out
        assert "1 correct, 0 wrong, 0 not checked" in out

    def test_a_wrong_class_is_exit_code_1(self, run, file):
        code, out, _ = run("check", file(RIGHT + WRONG))
        assert code == 1
        assert "gradient check of Triple: WRONG" in out
        assert "1 correct, 1 wrong, 0 not checked" in out

    def test_one_class_of_a_file(self, run, file):
        code, out, _ = run("check", f"{file(RIGHT + WRONG)}:Double", "--input", "2,3,4")
        assert code == 0
        assert "input of shape (2, 3, 4)" in out
        assert "Triple" not in out

    def test_sizes_are_read_from_the_names_of_arguments(self, run, file):
        code, out, _ = run("check", file(DENSE.format(arguments="in_features, out_features")))
        assert code == 0
        assert "Dense(4, 3)" in out

    def test_other_arguments_must_be_given(self, run, file):
        path = file(DENSE.format(arguments="units, colour"))
        code, out, _ = run("check", path)
        assert code == 2
        assert "its constructor takes units, colour" in out
        assert "--arguments <units>,<colour>" in out
        code, out, _ = run("check", path, "--arguments", "3,'red'")
        assert code == 0
        assert "Dense(3, 'red')" in out

    def test_arguments_that_the_class_refuses(self, run, file):
        path = file(DENSE.format(arguments="units"))
        code, out, _ = run("check", path, "--arguments", "1,2")
        assert code == 2
        assert "Dense(1, 2) raises TypeError" in out

    def test_losses_get_labels_or_targets(self, run, file):
        code, out, _ = run("check", file(LOSS))
        assert code == 0
        assert "1 correct" in out
        library = file("from layers import SoftmaxCE\nclass Mine(SoftmaxCE): pass", "loss.py")
        assert run("check", library)[0] == 0

    def test_a_forward_that_raises(self, run, file):
        text = RIGHT.replace("return 2 * x", "raise ValueError('only images, please')")
        code, out, _ = run("check", file(text))
        assert code == 2
        assert "Double was not checked: ValueError: only images, please" in out

    def test_a_class_without_params(self, run, file):
        code, out, _ = run("check", file(RIGHT.replace("params = {}", "pass")))
        assert code == 0
        assert "form: an object with forward and backward" in out

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("x = 1", "no class with forward and backward to check; there are: none"),
            ("import layers\nfrom layers import ReLU", "there are: none"),
            ("1 / 0", "cannot be run: ZeroDivisionError"),
            ("def (", "cannot be run: SyntaxError"),
            ("raise SystemExit(0)", "cannot be run: SystemExit"),
        ],
    )
    def test_a_file_with_nothing_to_check(self, run, file, text, message):
        code, _, err = run("check", file(text))
        assert code == 2
        assert message in err

    def test_a_missing_class(self, run, file):
        code, _, err = run("check", f"{file(RIGHT)}:Half")
        assert code == 2
        assert "no class Half with forward and backward to check; there are: Double" in err

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("nowhere.py",), "nowhere.py: there is no such file"),
            (("nowhere.py", "--input", "5,x"), "expected positive integers"),
            (("nowhere.py", "--arguments", "3,("), "expected Python values, such as 4,3"),
            ((), "the following arguments are required"),
        ],
    )
    def test_bad_arguments(self, run, arguments, message):
        code, _, err = run("check", *arguments)
        assert code == 2
        assert message in err

    def test_a_file_that_is_not_python(self, run, file):
        code, _, err = run("check", file("text", "notes.txt"))
        assert code == 2
        assert "expected a Python file" in err

    def test_a_file_may_import_its_neighbours(self, run, file):
        file("SCALE = 2\n", "neighbour.py")
        text = "from neighbour import SCALE\n" + RIGHT.replace("2 *", "SCALE *")
        assert run("check", file(text))[0] == 0


def test_no_command_is_a_usage_error(run):
    code, _, err = run()
    assert code == 2
    assert "usage: handgrad" in err


def test_version(run):
    code, out, _ = run("--version")
    assert code == 0
    assert re.fullmatch(r"handgrad \S.*\n", out)


def test_version_of_a_tree_that_is_not_installed(run, monkeypatch):
    from importlib import metadata

    def missing(_):
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "version", missing)
    assert run("--version")[1] == "handgrad (not installed)\n"


def test_python_m_nets_is_the_command():
    words = [sys.executable, "-m", "nets", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("handgrad ")


def test_a_process_of_its_own_exits_with_the_code(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "nets", "check", str(tmp_path / "nowhere.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "there is no such file" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_input_without_axes_is_a_sentence(run, file):
    code, _, err = run("check", file(RIGHT), "--input", "0")
    assert code == 2
    assert "expected positive integers, such as 5,4, got '0'" in err


def test_a_folder_that_is_a_file_is_reported_before_the_training(run, file):
    code, out, err = run("train", "--out", file("in the way", "taken"))
    assert (code, out) == (2, "")
    assert "taken" in err


OWN_LAYERS = """
import numpy as np


class FullyConnected:
    def __init__(self, d, m):
        rng = np.random.default_rng(0)
        self.params = {"W": rng.normal(size=(d, m)) / np.sqrt(d), "b": np.zeros(m)}

    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, dout):
        dW, db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.params["W"].T, {"W": dW, "b": db}
"""


class TestOwnLayers:
    def test_a_net_of_own_classes_is_trained(self, run, file, tmp_path):
        path = file(OWN_LAYERS)
        code, out, _ = run(
            "train", "--layers", path, "--learning-rate", 0.02, "--out", tmp_path / "out"
        )
        assert code == 0
        assert f"from {path}: FullyConnected" in out
        assert float(re.search(r"test accuracy +([\d.]+) %", out)[1]) > 80

    def test_a_wrong_class_is_not_trained(self, run, file, tmp_path):
        path = file(OWN_LAYERS.replace("dout.sum", "dout.mean"))
        code, out, _ = run("train", "--layers", path, "--hidden", 3, "--out", tmp_path / "out")
        assert code == 1
        assert "WRONG" in out

    def test_a_file_without_any_is_a_sentence(self, run, file, tmp_path):
        code, _, err = run("train", "--layers", file("x = 1"), "--out", tmp_path / "out")
        assert code == 2
        assert "expected a class with one of the names FullyConnected, ReLU" in err

    def test_they_take_the_place_of_layers_in_nets_inside_and_in_the_net_that_is_checked(
        self, run, file, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(numbers, "RESIDUAL", (2, 3))
        path = file("import layers\n\n\nclass Conv2D(layers.Conv2D):\n    pass\n")
        options = ("--net", "resnet", "--epochs", 1, "--layers", path)
        code, out, _ = run("train", *options, "--out", tmp_path / "out")
        assert code == 0
        assert f"from {path}: Conv2D\n" in out
        np.savez(tmp_path / "x.npz", x=datasets.digits().x_test[:5])
        code, out, _ = run("predict", tmp_path / "out", tmp_path / "x.npz", "--layers", path)
        assert (code, len(out.splitlines())) == (0, 7)  # what was swapped, a header, and 5 rows

    def test_a_class_that_does_not_take_what_the_net_needs_is_a_sentence(self, run, file, tmp_path):
        text = (
            "class Conv2D:\n    def __init__(self, depth, kernels, size, bias=True):\n        pass"
        )
        code, _, err = run(
            "train", "--net", "conv", "--layers", file(text), "--out", tmp_path / "out"
        )
        assert code == 2
        assert "expected the class Conv2D to take padding, as the net is made with Conv2D(1," in err
