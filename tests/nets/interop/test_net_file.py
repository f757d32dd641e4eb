"""A net comes back from its file to the bit, and nothing that a file says is trusted."""

import inspect
import json
import os
import re
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
import safetensors
import safetensors.numpy

import layers
from layers import Dropout, Flatten, FullyConnected, Layer, ReLU, Sigmoid, Tanh
from layers.core.describe import arguments
from layers.core.params import buffers
from layers.initializers import he_normal, uniform, zeros
from nets import Graph, Sequential
from nets.interop import read_tensors, write_tensors
from nets.interop.net_file import FORMAT
from tests.layers.table import GATES, LAYERS, LOOKUPS, ROWS
from tests.nets.student import Scale

RNG = np.random.default_rng(3)
X = RNG.normal(size=(6, 4))


class Student:
    """A layer that is not part of the library."""

    def __init__(self):
        self.params = {"w": np.array([2.0])}

    def forward(self, x):
        return self.params["w"] * x

    def backward(self, dout):
        return self.params["w"] * dout, {"w": np.zeros(1)}


def student_named_relu():
    class ReLU:
        """Not the rectifier."""

        def __init__(self):
            self.params = {}

        def forward(self, x):
            return x + 1

        def backward(self, dout):
            return dout, {}

    return ReLU()


class Residual(Sequential):
    """A student's net that adds its input to its output."""

    def forward(self, x):
        return x + super().forward(x)

    def predict(self, x):
        return x + super().predict(x)


class Branches:
    """A student's layer that happens to keep others, side by side, in `layers`."""

    def __init__(self, *layers):
        self.layers = layers
        self.params = {f"{i}.{k}": p for i, lay in enumerate(layers) for k, p in lay.params.items()}

    def __iter__(self):
        return iter(self.layers)

    def forward(self, x):
        return sum(layer.forward(x) for layer in self.layers)

    def backward(self, dout):
        raise NotImplementedError


def mlp(seed=0, **options):
    first = FullyConnected(4, 5, rng=seed, **options)
    return Sequential(first, ReLU(), FullyConnected(5, 3, rng=seed + 1, **options))


def bits(net):
    return {name: (a.dtype.str, a.shape, a.tobytes()) for name, a in net.params.items()}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.safetensors"


def saved(net, path):
    """The net after a way through a file, with parameters that no constructor draws."""
    for array in net.params.values():
        array += RNG.normal(size=array.shape).astype(array.dtype)
    net.save(path)
    return Sequential.load(path)


NETS = {
    "mlp": mlp,
    "empty": Sequential,
    "no parameters": lambda: Sequential(ReLU(), Sequential(), Flatten()),
    "nested": lambda: Sequential(Tanh(), Sequential(Sequential(mlp()), Sigmoid())),
    "float32": lambda: mlp(dtype=np.float32),
    "cast": lambda: mlp().astype("float32"),
    "mixed": lambda: Sequential(FullyConnected(4, 5, dtype="f4"), FullyConnected(5, 3)),
    "no bias": lambda: mlp(bias=False),
    "dropout": lambda: Sequential(FullyConnected(4, 5), Dropout(0.125, rng=7), Dropout(0.0)),
    "named init": lambda: mlp(weight_init="he_normal"),
    "all": lambda: mlp(weight_init="zeros", bias=False, dtype=np.float32),
}


@pytest.mark.parametrize("kind", NETS)
def test_a_net_comes_back_to_the_bit(kind, path):
    net = NETS[kind]()
    again = saved(net, path)
    assert type(again) is Sequential
    assert repr(again) == repr(net)
    assert list(again.params) == list(net.params)
    assert bits(again) == bits(net)


@pytest.mark.parametrize("row", LAYERS + GATES + LOOKUPS, ids=lambda row: row.name)
def test_every_layer_comes_back_with_its_arguments(row, path):
    net = Sequential(row.make())
    again = saved(net, path)
    assert repr(again) == repr(net)
    assert bits(again) == bits(net)


@pytest.mark.parametrize("kind", ["mlp", "nested", "float32", "no bias"])
def test_a_net_that_comes_back_computes_and_learns_as_before(kind, path):
    net = NETS[kind]()
    again = saved(net, path)
    assert again.predict(X).tobytes() == net.predict(X).tobytes()
    dout = np.ones_like(net.forward(X))
    again.forward(X)
    dx, grads = net.backward(dout)
    same, other = again.backward(dout)
    assert dx.tobytes() == same.tobytes()
    assert {k: g.tobytes() for k, g in grads.items()} == {k: g.tobytes() for k, g in other.items()}


def test_parameters_that_come_back_belong_to_the_layers(path):
    again = saved(mlp(), path)
    assert again.params["0.W"] is again[0].params["W"]
    again.params["0.W"][...] = 0
    again.params["0.b"] = np.zeros(5)
    assert not again[0].forward(X).any()


@pytest.mark.parametrize("value", [np.nan, -0.0, np.inf, 5e-324])
def test_strange_numbers_come_back(value, path):
    net = mlp()
    net.params["0.W"][0, 0] = value
    net.save(path)
    assert bits(Sequential.load(path)) == bits(net)


@pytest.mark.parametrize("init", [he_normal, uniform(0.5), zeros, uniform(np.float32(0.5))])
def test_an_initializer_of_the_library_comes_back(init, path):
    net = mlp(weight_init=init)
    again = saved(net, path)
    assert bits(again) == bits(net)
    assert again[0].weight_init == init
    if init != uniform(np.float32(0.5)):
        assert repr(again) == repr(net)


def test_a_user_defined_initializer_is_left_out_and_the_weights_come_back(path):
    net = mlp(weight_init=lambda shape, rng: np.ones(shape))
    again = saved(net, path)
    assert bits(again) == bits(net)
    assert repr(again[0]) == "FullyConnected(4, 5)"


# Arguments of all kinds.


class Options(Layer):
    """A layer of the library, for a test, with parameters whose shape depends on a tuple."""

    def __init__(self, size, *, pads=None, steps=(1, 1), name="a", scale=1.0, dtype=None, rng=None):
        self.size, self.pads, self.steps, self.name, self.scale = size, pads, steps, name, scale
        self.params = {"W": np.zeros(size, dtype)}

    @classmethod
    def param_shapes(cls, size, **_):
        return {"W": tuple(size)}

    @property
    def dtype(self):
        return self.params["W"].dtype

    def forward(self, x):
        return x

    def backward(self, dout):
        return dout, {"W": np.zeros(self.size)}


@pytest.fixture
def of_the_library(monkeypatch):
    def add(kind):
        monkeypatch.setattr(layers, kind.__name__, kind, raising=False)
        monkeypatch.setattr(layers, "__all__", [*layers.__all__, kind.__name__])

    return add


PLAIN = [
    *(None, True, False, 0, -3, 2**70, 0.1, -0.0, 1e308, np.inf, -np.inf, "", "é\n\0\ud800", "inf"),
    *((), [], (3,), [3], (1, (2, [None, (True, "x")])), [[], [()]], ("nan", 0.5, -np.inf)),
    *(np.int64(3), np.float32(0.5), np.bool_(True), np.str_("a"), [np.int8(3)], (np.float64(2.0),)),
]


def same(one, other):
    """Equal, and of equal types, down to the last tuple."""
    return repr(one) == repr(other)


def test_arguments_come_back_with_their_types(path, of_the_library):
    of_the_library(Options)
    for value in PLAIN:
        net = Sequential(Options((2, 3), pads=value, steps=[value], dtype="float32"))
        again = saved(net, path)
        found, expected = again[0], net[0]
        if not isinstance(value, np.generic) and "np." not in repr(value):
            assert same(found.pads, expected.pads)
            assert same(found.steps, expected.steps)
            assert repr(again) == repr(net)
        assert found.pads == expected.pads
        assert found.steps == expected.steps
        assert found.params["W"].dtype == np.float32
        assert bits(again) == bits(net)


def test_nan_comes_back(path, of_the_library):
    of_the_library(Options)
    assert repr(saved(Sequential(Options((2,), pads=(np.nan,))), path)[0].pads) == "(nan,)"


def nested_without_end():
    found = []
    found.append(found)
    return found


NOT_PLAIN = {
    "a function": len,
    "a lambda": lambda x: x,
    "a class": Options,
    "an array": np.zeros(2),
    "an array in a list": [np.zeros(2)],
    "an object": object(),
    "a dict": {"a": 1},
    "a set": {1},
    "bytes": b"abc",
    "a complex number": 1j,
    "a generator": np.random.default_rng(0),
    "a range": range(3),
    "a named tuple": re.match("a", "a"),
    "itself": nested_without_end(),
    "many digits": 10**5000,
}


@pytest.mark.parametrize("value", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_is_not_plain_is_refused_before_the_file_is_touched(value, path, of_the_library):
    of_the_library(Options)
    path.write_bytes(b"old")
    net = Sequential(ReLU(), Sequential(Options((2,), pads=value)))
    with pytest.raises(TypeError, match=r"^layer 1.0 \(Options\): cannot save the argument pads"):
        net.save(path)
    graph = Graph("x", "a", {"a": (Options((2,), steps=(value,)), "x")})
    with pytest.raises(
        TypeError, match=r"^layer a \(Options\): cannot save the argument steps"
    ) as caught:
        graph.save(path)
    assert len(str(caught.value)) < 400
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == [path.name]


def test_an_argument_that_the_layer_does_not_keep_is_refused(path, of_the_library):
    class Forgets(Layer):
        def __init__(self, size=3):
            self._size = size

    of_the_library(Forgets)
    with pytest.raises(TypeError, match=r"argument size, because the layer does not keep it"):
        Sequential(Forgets(5)).save(path)
    assert not path.exists()


# Every layer says what memory its arguments take.


def test_the_shapes_that_a_layer_tells_are_those_that_it_has():
    for row in ROWS:
        layer = row.make()
        bound = inspect.signature(type(layer).__init__).bind(
            layer, **{name: value for name, value, _ in arguments(layer)}
        )
        bound.apply_defaults()
        told = layer.param_shapes(**{k: v for k, v in bound.arguments.items() if k != "self"})
        assert told == {k: a.shape for k, a in {**layer.params, **buffers(layer)}.items()}, row.name


def test_every_public_layer_with_parameters_tells_its_shapes():
    """A row of the table for each class, so that the law above sees it."""
    public = {name for name in layers.__all__ if isinstance(getattr(layers, name), type)}
    kinds = {name for name in public if issubclass(getattr(layers, name), Layer)} - {"Layer"}
    assert kinds == {type(row.make()).__name__ for row in ROWS}


def test_saving_again_replaces_the_file(path):
    mlp(0).save(path)
    other = mlp(5)
    other.save(str(path))
    assert bits(Sequential.load(str(path))) == bits(other)
    assert os.listdir(path.parent) == [path.name]


def test_the_file_is_what_the_safetensors_package_reads(path):
    net = NETS["nested"]()
    net.save(path)
    theirs = safetensors.numpy.load_file(path)
    assert theirs.keys() == net.params.keys()
    for name, array in net.params.items():
        assert theirs[name].dtype == array.dtype
        assert np.array_equal(theirs[name], array)
    with safetensors.safe_open(path, "np") as file:
        metadata = file.metadata()
    assert metadata["format"] == "handgrad 1" == FORMAT
    assert json.loads(metadata["layers"])[0] == {"layer": "Tanh", "arguments": {}}


def test_what_the_safetensors_package_writes_is_taken_over(path):
    net, other = mlp(0), mlp(9)
    safetensors.numpy.save_file({k: a.copy() for k, a in other.params.items()}, path)
    net.load_params(path)
    assert bits(net) == bits(other)


# Parameters alone.


def test_load_params_writes_into_the_memory_that_is_there(path):
    mlp(9).save(path)
    net = mlp(0)
    held = net[0].params["W"]
    net.load_params(path)
    assert net.params["0.W"] is held
    assert bits(net) == bits(mlp(9))


def test_load_params_rounds_to_the_dtype_of_the_net(path):
    wide = mlp(9)
    wide.save(path)
    net = mlp(0, dtype=np.float32)
    net.load_params(path)
    assert bits(net) == bits(wide.astype(np.float32))


UNFIT = {
    "a layer less": (lambda: mlp()[:1], "expected the parameters '0.W', '0.b', '2.W', '2.b'"),
    "no bias": (lambda: mlp(bias=False), "got '0.W', '2.W'"),
    "a name more": (
        lambda: Sequential(*mlp(), FullyConnected(3, 1)),
        "got '0.W', '0.b', '2.W', '2.b', '3.W', '3.b'",
    ),
    "the last shape": (
        lambda: Sequential(FullyConnected(4, 5), ReLU(), FullyConnected(5, 2)),
        "parameter '2.W': expected an array of shape (5, 3), got (5, 2)",
    ),
}


@pytest.mark.parametrize("kind", UNFIT)
def test_load_params_of_another_net_changes_nothing(kind, path):
    make, sentence = UNFIT[kind]
    make().save(path)
    net = mlp(3)
    before = bits(net)
    with pytest.raises(ValueError, match=re.escape(f"{path}: does not fit this net: ")) as caught:
        net.load_params(path)
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert bits(net) == before


def test_load_params_that_cannot_be_cast_changes_nothing(path):
    student = Student()
    student.params["steps"] = np.array([3])
    net = Sequential(student)
    write_tensors(path, {"0.w": np.array([7.0]), "0.steps": np.array([1.5])})
    before = bits(net)
    with pytest.raises(ValueError, match="does not fit this net"):
        net.load_params(path)
    assert bits(net) == before


# Layers of one's own.


def test_a_name_of_a_parameter_and_a_buffer_is_refused(path):
    layer = Scale()
    layer.buffers = {"w": np.zeros(1)}
    for verb in (Sequential(layer).save, Sequential(layer).load_params):
        Sequential(Scale()).save(path)
        with pytest.raises(
            ValueError, match=r"other names than the parameters, got '0\.w' in both"
        ):
            verb(path)


def test_a_students_layer_is_saved_and_load_points_to_load_params(path):
    net = Sequential(FullyConnected(4, 4, rng=0), Sequential(ReLU(), Student()))
    net.save(path)
    with pytest.raises(ValueError, match=re.escape(str(path))) as caught:
        Sequential.load(path)
    assert (
        "the net cannot be rebuilt: layer 1.1 is a tests.nets.interop.test_net_file.Student, "
        in (str(caught.value))
    )
    assert "build the net yourself and call net.load_params(path)" in str(caught.value)

    built = Sequential(FullyConnected(4, 4), Sequential(ReLU(), Student()))
    built[1][1].params["w"][...] = 0
    built.load_params(path)
    assert bits(built) == bits(net)


def test_a_students_class_of_the_same_name_is_not_taken_for_ours(path):
    net = Sequential(student_named_relu())
    assert type(net[0]).__name__ == "ReLU"
    net.save(path)
    match = "layer 0 is a .*student_named_relu.<locals>.ReLU, which is not part of handgrad"
    with pytest.raises(ValueError, match=match):
        Sequential.load(path)


def test_a_class_derived_from_ours_is_not_taken_for_ours(path):
    class Shifted(FullyConnected):
        def forward(self, x):
            return super().forward(x) + 1

    Sequential(Shifted(4, 5)).save(path)
    with pytest.raises(ValueError, match=r"layer 0 is a .*Shifted, which is not part of handgrad"):
        Sequential.load(path)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Sequential(Residual(FullyConnected(4, 4, rng=0))),
        lambda: Residual(FullyConnected(4, 4, rng=0)),
        lambda: Sequential(Branches(FullyConnected(4, 4, rng=0), FullyConnected(4, 4, rng=1))),
    ],
    ids=["inside", "outside", "no net at all"],
)
def test_a_students_net_does_not_come_back_as_a_sequential(make, path):
    make().save(path)
    with pytest.raises(ValueError, match="which is not part of handgrad"):
        Sequential.load(path)


def test_an_attribute_called_layers_does_not_hinder_saving(path):
    student = Student()
    student.layers = 3
    Sequential(student).save(path)
    assert list(read_tensors(path)[0]) == ["0.w"]


# Files that are missing, foreign or damaged.


def test_a_missing_file(tmp_path):
    missing = tmp_path / "missing"
    for load in (Sequential.load, mlp().load_params):
        with pytest.raises(FileNotFoundError, match="missing"):
            load(missing)


FOREIGN = {
    "empty": b"",
    "text": b"hello, this is not a net",
    "npz": b"PK\x03\x04" + bytes(40),
    "pickle": b"\x80\x04\x95" + bytes(40),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_file_is_named(kind, path):
    path.write_bytes(FOREIGN[kind])
    net = mlp()
    before = bits(net)
    for load in (Sequential.load, net.load_params):
        with pytest.raises(ValueError, match=re.escape(str(path))):
            load(path)
    assert bits(net) == before


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}, {"format": "handgrad 2"}])
def test_tensors_without_a_description_point_to_load_params(metadata, path):
    write_tensors(path, mlp().params, metadata)
    sentence = f"{path}: expected a net that handgrad saved, got a safetensors file without its"
    with pytest.raises(ValueError, match=re.escape(sentence)) as caught:
        Sequential.load(path)
    assert "build the net and call net.load_params(path)" in str(caught.value)


def test_a_file_that_was_cut_short_is_named(path):
    mlp().save(path)
    whole = path.read_bytes()
    for length in [*range(0, len(whole) - 1, 7), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=re.escape(str(path))):
            Sequential.load(path)


def test_a_flipped_byte_gives_another_net_or_names_the_file(path):
    Sequential(FullyConnected(2, 1, rng=0), Dropout(0.5)).save(path)
    whole = path.read_bytes()
    refused = 0
    for position in range(len(whole)):
        for flip in (1, 4, 8, 128):
            damaged = bytearray(whole)
            damaged[position] ^= flip
            path.write_bytes(damaged)
            try:
                net = Sequential.load(path)
            except ValueError as error:
                assert str(path) in str(error)  # noqa: PT017, most flips raise and some do not
                refused += 1
            else:
                assert type(net) is Sequential
    assert refused > len(whole)


# Descriptions that lie.


def described(path, layers, tensors=None):
    text = layers if isinstance(layers, str) else json.dumps(layers)
    write_tensors(path, tensors or {}, {"format": FORMAT, "layers": text})
    return path


def full(**arguments):
    return {"layer": "FullyConnected", "arguments": {"in_features": 2, **arguments}}


W = {"0.W": np.ones((2, 3)), "0.b": np.ones(3)}
DEEP = 40_000

HOSTILE = {
    "a module's function": ({"layer": "os.system", "arguments": {"command": "exit"}}, "os.system"),
    "a builtin": ({"layer": "eval", "arguments": {}}, "layer 0 is a eval, which is not part of"),
    "a class outside": ({"layer": "Sequential", "arguments": {}}, "is a Sequential, which is not"),
    "no layer": ({"layer": "Params", "arguments": {}}, "layer 0 is a Params, which is not part of"),
    "a function": ({"layer": "gradcheck", "arguments": {}}, "is a gradcheck, which is not part"),
    "a submodule": ({"layer": "base", "arguments": {}}, "is a base, which is not part of"),
    "an inner name": ({"layer": "__all__", "arguments": {}}, "is a __all__, which is not part of"),
    "a name's attribute": ({"layer": "ReLU.forward", "arguments": {}}, "is a ReLU.forward, which"),
    "no name": ({"layer": None, "arguments": {}}, "layer 0 is a None, which is not part of"),
    "a list for a name": ({"layer": ["ReLU"], "arguments": {}}, "which is not part of handgrad"),
    "another's argument": (full(out_features=3, p=0.5), "unexpected keyword argument 'p'"),
    "a dunder argument": (full(out_features=3, __class__=1), "unexpected keyword argument"),
    "no arguments": ({"layer": "ReLU"}, "arguments"),
    "no layer at all": ({"arguments": {}}, "layer"),
    "a list of arguments": (
        {"layer": "Dropout", "arguments": [0.5]},
        "layer 0 (Dropout): expected a dict, got list",
    ),
    "a foreign object": (full(out_features={"tuple": 3}), "an object with ['tuple'], which is no"),
    "a foreign key": (full(out_features={"eval": "3"}), "an object with ['eval'], which is no"),
    "two keys": (full(out_features={"tuple": [], "float": "nan"}), "which is not an argument"),
    "a foreign number": (full(out_features={"float": "0x3"}), "which is not an argument"),
    "a foreign initializer": (
        full(weight_init={"initializer": "eval"}),
        "which is not an argument",
    ),
    "a tuple of sizes": (
        full(out_features={"tuple": [3]}),
        "expected a tensor W of shape (2, (3,))",
    ),
    "a long name": ({"layer": "A" * 10**6, "arguments": {}}, "layer 0 is a AAA"),
    "arguments missing": (
        {"layer": "Dropout", "arguments": {}},
        "layer 0 (Dropout): missing a required arg",
    ),
    "probability": ({"layer": "Dropout", "arguments": {"p": 1.5}}, "expected p, the probability"),
    "huge probability": ({"layer": "Dropout", "arguments": {"p": 10**400}}, "expected p, the"),
    "seed": ({"layer": "Dropout", "arguments": {"p": 0.5, "rng": -1}}, "expected rng to be None"),
    "weight_init": (full(out_features=3, weight_init="os.system"), "expected weight_init to be"),
    "dtype": (full(out_features=3, dtype="O"), "expected a floating dtype"),
    "a huge number": ({"layer": "ELU", "arguments": {"alpha": 10**400}}, "to be a finite number"),
    "vocabulary_size": (
        {"layer": "Embedding", "arguments": {"vocabulary_size": 4, "dim": 3}},
        "expected a tensor W of shape (4, 3), the file has one",
    ),
    "out_features": (full(out_features=4), "expected a tensor W of shape (2, 4), the file has one"),
    "a fraction": (full(out_features=3.0), "expected out_features to be a positive integer"),
    "true": ({"layer": "Dropout", "arguments": {"p": True}}, "expected p, the probability"),
    "a number": (7, "the net cannot be rebuilt"),
    "text": ("net", "the net cannot be rebuilt"),
    "null": (None, "the net cannot be rebuilt"),
    "a net of a number": ({"net": 7}, "the net cannot be rebuilt"),
}


def assert_not_rebuilt(path, sentence=""):
    with pytest.raises(ValueError, match=re.escape(str(path))) as caught:
        Sequential.load(path)
    assert "the net cannot be rebuilt" in str(caught.value)
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_wrong_description_is_refused(kind, path):
    layer, sentence = HOSTILE[kind]
    assert_not_rebuilt(described(path, [layer], W), sentence)


def test_the_base_class_is_not_a_layer_to_load(path):
    assert_not_rebuilt(described(path, [{"layer": "Layer", "arguments": {}}]), "is a Layer, which")


@pytest.mark.parametrize("kind", ["no arguments", "no layer at all"])
def test_a_description_that_lacks_a_key_gets_a_sentence(kind, path):
    assert_not_rebuilt(described(path, [HOSTILE[kind][0]], W), "layer 0")


@pytest.mark.parametrize("text", ["7", "null", "[", "", "[1]", "NaN", '{"net": []}', "[[[]]]"])
def test_a_description_of_another_form_is_refused(text, path):
    assert_not_rebuilt(described(path, text))


@pytest.mark.parametrize("text", ["{}", '""'])
def test_an_empty_description_that_is_not_a_list_is_refused(text, path):
    assert_not_rebuilt(described(path, text))


def test_a_file_without_layers_is_refused(path):
    write_tensors(path, W, {"format": FORMAT})
    assert_not_rebuilt(path, "layers")


@pytest.mark.parametrize(
    ("opening", "closing"), [('{"net": [', "]}"), ("[", "]"), ('{"layer": ', "}")]
)
def test_a_description_nested_without_limit_is_refused(opening, closing, path):
    assert_not_rebuilt(described(path, f"[{opening * DEEP}1{closing * DEEP}]"))


def test_nets_nested_deeper_than_python_calls_are_refused(path):
    assert_not_rebuilt(described(path, '[{"net": ' * 900 + "[]" + "}]" * 900))


@pytest.mark.parametrize(
    "layer",
    [
        full(in_features=10**12, out_features=10**6),
        full(in_features=10**30, out_features=1),
        full(in_features=-1, out_features=10**12),
        full(in_features=10**6, out_features=10**6, weight_init="zeros"),
        {"net": [full(in_features=10**12, out_features=3)]},
        {"layer": "FullyConnected", "arguments": {"out_features": 10**12}},
        {"layer": "Embedding", "arguments": {"vocabulary_size": 10**12, "dim": 10**6}},
        {"layer": "Embedding", "arguments": {"vocabulary_size": 10**12}},
        {"layer": "Embedding", "arguments": {"dim": 10**12}},
        {"layer": "Copy", "arguments": {"n": 10**12}},
    ],
)
def test_a_huge_size_costs_no_memory(layer, path):
    described(path, [layer], W)
    tracemalloc.start()
    try:
        assert_not_rebuilt(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


def test_the_tensors_must_be_those_of_the_layers(path):
    assert_not_rebuilt(described(path, [full(out_features=3, bias=False)], W), "got '0.W', '0.b'")
    assert_not_rebuilt(described(path, [full(out_features=3)], {"0.W": W["0.W"]}), "a tensor b of")
    short = {**W, "0.b": np.ones(2)}
    assert_not_rebuilt(described(path, [full(out_features=3)], short), "b of shape (3,), the file")
    sized = "layer 0: expected a tensor W of shape (2, 3), the file has none"
    assert_not_rebuilt(described(path, [full(out_features=3)]), sized)
    inner = [{"layer": "ReLU", "arguments": {}}, {"net": [full(out_features=3)]}]
    assert_not_rebuilt(described(path, inner, W), sized.replace("layer 0", "layer 1.0"))


def test_nothing_that_is_loaded_runs(path, tmp_path, monkeypatch):
    ran = []
    monkeypatch.setattr(os, "system", ran.append)
    trap = tmp_path / "trap"
    commands = {"command": f"touch {trap}", "source": f"open({str(trap)!r}, 'w')"}
    names = ("os.system", "system", "posix.system", "eval", "exec", "__import__", "builtins.exec")
    for name in names:
        for given in ({}, commands, [f"touch {trap}"]):
            with suppress(ValueError):
                Sequential.load(described(path, [{"layer": name, "arguments": given}]))
    assert ran == []
    assert not trap.exists()


def test_an_argument_of_a_layer_that_has_none_is_refused(path):
    assert_not_rebuilt(described(path, [{"layer": "ReLU", "arguments": {"slope": 1}}]), "argument")


def test_a_good_description_passes_the_same_checks(path):
    net = Sequential.load(described(path, [full(out_features=3, weight_init="zeros")], W))
    assert net.predict([[1.0, 2.0]]).tolist() == [[4.0, 4.0, 4.0]]
