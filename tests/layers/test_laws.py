"""The laws of layers, each over all rows of the table."""

import copy
import inspect
import math
import pickle
import re

import numpy as np
import pytest

import layers
from layers import MSE, BinaryCE, Layer, assert_gradients
from layers.core.params import buffers
from tests.layers.layouts import LAYOUTS
from tests.layers.table import (
    GATES,
    LAYERS,
    LOOKUPS,
    LOSSES,
    ROWS,
    call,
    dout_for,
    each,
    flat,
    gradients,
)


def over(rows):
    return pytest.mark.parametrize("row", rows, ids=[row.name for row in rows])


def one_each(rows):
    """The first row of each class: enough where what is checked is code that layers share."""
    return list({type(row.make()): row for row in reversed(rows)}.values())[::-1]


def arrays(layer):
    """The parameters and buffers, which set the dtype of a layer that has any."""
    return {**layer.params, **buffers(layer)}


def with_first(inputs, x):
    return (x, *inputs[1:])


def equal(found, expected):
    """Two dicts of arrays are the same to the last bit."""
    return found.keys() == expected.keys() and all(
        np.array_equal(found[name], expected[name]) for name in expected
    )


def cast(row, inputs, dtype):
    """The inputs that have a gradient in another dtype; of a loss, that is only the first."""
    moved = inputs[:1] if row.loss else inputs
    rest = inputs[len(moved) :]
    return (*(x.astype(dtype) if x.dtype.kind == "f" else x for x in moved), *rest)


def examples(inputs, which):
    """Some of the examples of a batch."""
    return [x[which] for x in inputs]


def test_every_public_layer_is_in_the_table():
    public = {
        name
        for name in layers.__all__
        if inspect.isclass(found := getattr(layers, name)) and issubclass(found, Layer)
    }
    assert public - {"Layer"} == {type(row.make()).__name__ for row in ROWS}


def test_row_names_are_unique():
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)


@over(ROWS)
def test_the_gradient_is_correct(row):
    assert_gradients(row.make(), *row.inputs(0), rng=0)


@over(ROWS)
def test_gradients_are_fresh_and_have_the_keys_and_shapes_of_the_params(row):
    layer, inputs, _, dout = call(row)
    dx, grads = layer.backward(dout)
    have_one = inputs[:1] if row.loss else [x for x in inputs if x.dtype.kind == "f"]
    dxs = [] if dx is None else flat(dx)
    assert [gradient.shape for gradient in dxs] == [x.shape for x in have_one]
    assert isinstance(dx, tuple) == (len(have_one) > 1)
    assert type(grads) is dict
    assert list(grads) == list(layer.params)
    for name, array in layer.params.items():
        assert grads[name].shape == array.shape
        assert grads[name].dtype == array.dtype
    for array in arrays(layer).values():
        assert not any(np.shares_memory(array, gradient) for gradient in [*dxs, *grads.values()])
    grads["junk"] = np.zeros(1)
    assert "junk" not in layer.backward(dout)[1]


@over(ROWS)
def test_no_array_is_written_to(row):
    """Neither what a layer was given, nor its parameters, nor what it has returned."""
    layer, inputs, y, dout = call(row)
    seen = [*inputs, *flat(dout), *layer.params.values(), *flat(y), *flat(layer.predict(*inputs))]
    seen = [np.asarray(array) for array in [*seen, *gradients(layer, dout).values()]]
    before = [array.tobytes() for array in seen]
    layer.backward(each(np.negative, dout))
    layer.forward(*row.inputs(1))
    layer.backward(dout)
    layer.predict(*row.inputs(2))
    layer.forward(*inputs)
    layer.backward(dout)
    assert [array.tobytes() for array in seen] == before


@over([row for row in ROWS if buffers(row.make())])
def test_only_forward_writes_into_buffers(row):
    layer, inputs, _, dout = call(row)
    before = copy.deepcopy(layer.buffers)
    layer.backward(dout)
    layer.predict(*inputs)
    assert equal(layer.buffers, before)
    layer.forward(*inputs)
    assert row.differs != equal(layer.buffers, before)
    assert_gradients(layer, *inputs)
    layer.buffers = before
    assert equal(layer.buffers, before)


@over(ROWS)
def test_backward_is_repeatable_and_linear(row):
    layer, _, y, dout = call(row)
    once = gradients(layer, dout)
    twice = gradients(layer, each(lambda part: 2 * part, dout))
    assert equal(twice, {name: 2 * gradient for name, gradient in once.items()})
    assert equal(gradients(layer, dout), once)
    other = dout_for(y, seed=8)
    second = gradients(layer, other)
    for name, gradient in gradients(layer, each(np.add, dout, other)).items():
        eps = np.finfo(gradient.dtype).eps
        np.testing.assert_allclose(gradient, once[name] + second[name], rtol=0, atol=100 * eps)


@over(one_each(ROWS))
def test_only_the_last_forward_counts_for_backward(row):
    """Neither an earlier one, nor a predict in between."""
    used, fresh, inputs = row.make(), row.make(), row.inputs()
    used.params = fresh.params
    y = fresh.forward(*inputs)
    if not row.random:
        used.forward(*row.inputs(1))
    used.forward(*inputs)
    predicted = used.predict(*row.inputs(1))
    assert equal(gradients(used, dout_for(y)), gradients(fresh, dout_for(y)))
    if not (row.random or row.differs):
        np.testing.assert_array_equal(predicted, fresh.forward(*row.inputs(1)))


@over([row for row in LAYERS + GATES + LOOKUPS if row.batch and not row.random])
def test_a_batch_is_its_rows_stacked(row):
    """Outputs and dx are those of the rows; the parameters' gradients are their sum."""
    layer, inputs, y, dout = call(row)
    batch = gradients(layer, dout)
    outputs, returned = [], []
    for i in range(len(inputs[0])):
        outputs.append(layer.forward(*examples(inputs, slice(i, i + 1))))
        returned.append(gradients(layer, each(lambda part, i=i: part[i : i + 1], dout)))
    tolerance = {"rtol": 0, "atol": 100 * np.finfo(flat(y)[0].dtype).eps}
    stacked = each(lambda *parts: np.concatenate(parts), *outputs)
    np.testing.assert_allclose(y, stacked, **tolerance)
    for name, gradient in batch.items():
        rows = [row[name] for row in returned]
        expected = np.sum(rows, axis=0) if name in layer.params else np.concatenate(rows)
        np.testing.assert_allclose(gradient, expected, **tolerance)


@over(LOSSES)
def test_a_loss_is_the_mean_over_its_examples(row):
    loss, (y, t, *weight), value, _ = call(row)
    weights = weight[0] if weight else np.ones(len(y))
    shares = weights.reshape(len(y), -1).sum(axis=1) / weights.sum()
    dy, _ = loss.backward()
    singles = []
    for i, share in enumerate(shares):
        singles.append(loss.forward(*(array[i : i + 1] for array in (y, t, *weight))))
        single, _ = loss.backward()
        np.testing.assert_allclose(dy[i], share * single[0], rtol=1e-13)
    assert value == pytest.approx(np.dot(shares, singles), rel=1e-13)


@over(one_each(LOSSES))
def test_a_loss_is_a_float_and_dout_is_1_by_default(row):
    loss, _, value, _ = call(row)
    assert type(value) is float
    assert equal(gradients(loss, 1), gradients(loss, 1.0))
    dx, _ = loss.backward()
    np.testing.assert_array_equal(dx, gradients(loss, 1.0)["x"])
    np.testing.assert_array_equal(dx, gradients(loss, np.array(1.0))["x"])


@over(ROWS)
def test_float32_stays_float32_and_agrees_with_float64(row):
    layer, inputs = row.make().astype(np.float64), cast(row, row.inputs(), np.float32)
    short = layer.astype(np.float32)
    exact, y = layer.forward(*cast(row, inputs, np.float64)), short.forward(*inputs)
    dout = dout_for(exact)
    expected, returned = gradients(layer, dout), gradients(short, dout)
    single = [*arrays(short).values(), *returned.values()]
    single += [] if row.loss else [*flat(y), *flat(short.predict(*inputs))]
    assert {array.dtype for array in single} <= {np.dtype(np.float32)}
    np.testing.assert_allclose(y, exact, rtol=1e-5, atol=1e-6)
    for name, gradient in returned.items():
        np.testing.assert_allclose(gradient, expected[name], rtol=1e-5, atol=1e-6)


@over(one_each([row for row in LAYERS + LOOKUPS if arrays(row.make())]))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_parameters_set_the_dtype_whatever_the_input(row, dtype):
    layer, (x,) = row.make().astype(dtype), row.inputs()
    numbers = (x, x.astype(np.float32), np.rint(x).astype(int), x > 0)
    for given in numbers if x.dtype.kind == "f" else (x.astype(np.int8), x.astype(np.uint64)):
        y = layer.forward(given)
        assert y.dtype == layer.predict(given).dtype == dtype
        assert {g.dtype for g in gradients(layer, dout_for(y)).values()} == {np.dtype(dtype)}


@over(one_each([row for row in LAYERS + GATES if not arrays(row.make())]))
def test_without_parameters_floats_keep_their_dtype_and_integers_become_float64(row):
    for kind in (np.float32, np.longdouble, int, np.uint8, bool):
        expected = np.dtype(kind) if np.dtype(kind).kind == "f" else np.dtype(np.float64)
        layer, inputs = row.make(), row.inputs()
        if np.dtype(kind).kind != "f":
            inputs = [np.rint(np.abs(3 * x)) for x in inputs]
        given = [x.astype(kind) for x in inputs]
        y, predicted = layer.forward(*given), layer.predict(*given)
        returned = gradients(layer, each(lambda part: np.ones(part.shape, int), y))
        found = [*flat(y), *flat(predicted), *returned.values()]
        assert {array.dtype for array in found} == {expected}
        if kind is int:
            np.testing.assert_array_equal(predicted, layer.predict(*inputs))


@over(one_each(LOSSES))
def test_a_loss_takes_integer_scores(row):
    loss, inputs = row.make(), row.inputs()
    whole = np.rint(inputs[0])
    assert loss.forward(*with_first(inputs, whole.astype(int))) == loss.forward(
        *with_first(inputs, whole)
    )
    assert loss.backward()[0].dtype == np.float64


def laid_out(layout, value):
    """A value in another layout, and the plain array of the same numbers; floats stay floats."""
    if isinstance(value, tuple):
        return tuple(zip(*[laid_out(layout, part) for part in value], strict=True))
    if not isinstance(value, np.ndarray):
        return value, value
    other = layout(value)
    return other, np.array(other, value.dtype, order="C")


def passes(layer, inputs, dout):
    """All that a layer computes, by name."""
    predicted, y = layer.predict(*inputs), layer.forward(*inputs)
    named = {**gradients(layer, dout), "y": y, "predict": predicted}
    return {name: [np.asarray(part) for part in flat(value)] for name, value in named.items()}


@over(one_each([row for row in ROWS if not row.random]))
def test_any_layout_in_memory_gives_the_same(row):
    """So all laws hold in all layouts: of every input, of dout, and of all of them at once."""
    inputs = row.inputs()
    arguments = (*inputs, dout_for(row.make().forward(*inputs)))
    one_by_one = [[i] for i in range(len(arguments))]
    for name, layout in LAYOUTS.items():
        pairs = [laid_out(layout, argument) for argument in arguments]
        for places in (*one_by_one, range(len(arguments))):
            odd, even = list(arguments), list(arguments)
            for i in places:
                odd[i], even[i] = pairs[i]
            found = passes(row.make(), odd[:-1], odd[-1])
            for part, expected in passes(row.make(), even[:-1], even[-1]).items():
                for one, other in zip(found[part], expected, strict=True):
                    place = f"{part}, arguments {list(places)} in layout {name!r}"
                    np.testing.assert_allclose(one, other, 1e-14, 1e-14, err_msg=place)
                    if name != "list":
                        assert one.dtype == other.dtype, place


@over([row for row in ROWS if row.random])
def test_any_layout_in_memory_draws_the_same(row):
    """As above, with a fresh layer each time, whose random numbers start anew."""
    inputs = row.inputs()
    arguments = (*inputs, dout_for(row.make().forward(*inputs)))
    for name, layout in LAYOUTS.items():
        odd, even = zip(*[laid_out(layout, argument) for argument in arguments], strict=True)
        found = passes(row.make(), odd[:-1], odd[-1])
        for part, expected in passes(row.make(), even[:-1], even[-1]).items():
            np.testing.assert_array_equal(found[part], expected, err_msg=f"{part}, {name}")


@over(ROWS)
def test_repr_is_readable_and_makes_an_equal_layer(row):
    layer = row.make()
    text = repr(layer)
    assert text.startswith(f"{type(layer).__name__}(")
    assert " at 0x" not in text
    assert len(text) < 80
    made = eval(text, {name: getattr(layers, name) for name in layers.__all__})
    assert repr(made) == text
    assert {name: a.shape for name, a in made.params.items()} == {
        name: a.shape for name, a in layer.params.items()
    }
    assert [a.dtype for a in made.params.values()] == [a.dtype for a in layer.params.values()]


@over(one_each(ROWS))
def test_backward_before_forward_is_a_sentence_and_predict_keeps_nothing(row):
    layer = row.make()
    y = layer.predict(*row.inputs())
    message = rf"^{re.escape(layer.label)}: backward was called before forward; call forward"
    with pytest.raises(RuntimeError, match=message):
        layer.backward(dout_for(y))


@over(one_each(ROWS))
def test_copies_are_independent_and_have_not_run(row):
    for duplicate in (
        copy.deepcopy,
        lambda layer: pickle.loads(pickle.dumps(layer)),
        lambda layer: layer.astype(np.float64),
    ):
        layer, inputs, _, dout = call(row)
        before = gradients(layer, dout)
        other = duplicate(layer)
        with pytest.raises(RuntimeError, match="before forward"):
            other.backward(dout)
        assert type(other) is type(layer)
        assert repr(other) == repr(layer)
        assert type(other.params) is type(layer.params)
        assert equal(arrays(other), arrays(layer))
        np.testing.assert_array_equal(other.predict(*inputs), layer.predict(*inputs))
        np.testing.assert_array_equal(other.forward(*inputs), layer.forward(*inputs))
        for array in arrays(other).values():
            array += 1
        if not row.random:
            assert equal(gradients(layer, dout), before)


@over([row for row in ROWS if row.make().params])
def test_params_are_live(row):
    layer, inputs = row.make(), row.inputs()
    before = layer.predict(*inputs)
    for array in layer.params.values():
        array += 0.5
    moved = layer.predict(*inputs)
    assert not np.isclose(moved, before).any()
    for name, array in layer.params.items():
        layer.params[name] = array - 0.5
    np.testing.assert_allclose(layer.predict(*inputs), before, rtol=1e-4)


@over(one_each(ROWS))
def test_what_is_not_real_numbers_or_has_a_mask_is_refused_by_name(row):
    """NumPy would drop the mask, and what it hides would count."""
    layer, inputs = row.make(), row.inputs()
    expected = rf"^{re.escape(layer.label)}: expected "
    masked = rf"{expected}\w+ without a mask, got a masked array; leave"

    def refused(call, message):
        with pytest.raises((TypeError, ValueError), match=message):
            call()

    unreal = ("abc", np.array([1j, 2.0]), None)
    for position, x in enumerate(inputs):
        for value, message in [*((wrong, expected) for wrong in unreal), (np.ma.array(x), masked)]:
            bad = (*inputs[:position], value, *inputs[position + 1 :])
            refused(lambda bad=bad: layer.forward(*bad), message)
            refused(lambda bad=bad: layer.predict(*bad), message)
    with pytest.raises(RuntimeError, match="before forward"):
        layer.backward(1.0)
    dout = dout_for(layer.forward(*inputs))
    for wrong in unreal:
        refused(lambda wrong=wrong: layer.backward(wrong), f"{expected}dout to be ")
    refused(lambda: layer.backward(each(lambda part: [np.ma.array(part)], dout)), masked)


@over(one_each(ROWS))
def test_float16_is_refused_unless_it_is_cast_to_the_parameters(row):
    layer, inputs = row.make(), row.inputs()
    short = cast(row, inputs, np.float16)
    if arrays(layer):
        y = layer.forward(*short)
        assert y.dtype == layer.dtype
    else:
        message = (
            rf"^{re.escape(layer.label)}: expected \w+ in float32 or float64, got float16, in wh"
        )
        for verb in (layer.forward, layer.predict):
            with pytest.raises(TypeError, match=message):
                verb(*short)
        y = layer.forward(*inputs)
    if not row.loss:
        message = rf"^{re.escape(layer.label)}: expected dout in float32 or float64, got float16"
        with pytest.raises(TypeError, match=message):
            layer.backward(each(lambda part: part.astype(np.float16), dout_for(y)))
    with pytest.raises(TypeError, match=r"^dtype: expected float32 or float64, got float16, in w"):
        layer.astype(np.float16)


@over(one_each(ROWS))
def test_a_finite_dout_that_float32_cannot_hold_is_refused(row):
    layer = row.make().astype(np.float32)
    y = layer.forward(*cast(row, row.inputs(), np.float32))
    dout = each(lambda part: np.full(np.shape(part), -1e300), y)
    with pytest.raises(ValueError, match=r"expected dout of numbers that float32 can hold, got 1e"):
        layer.backward(dout)


@over([row for row in LOSSES if len(row.inputs()[0]) > 1 and "weighted" not in row.name])
def test_an_example_of_weight_0_counts_for_nothing(row):
    """Neither its scores nor its target, whatever they are, and without a warning."""
    loss, (y, t, *_) = row.make(), row.inputs()
    places = t.shape if t.shape == y.shape[:-1] else y.shape[:1]
    weight = np.arange(math.prod(places)).reshape(places) % 3 + 0.5
    weight[np.isin(np.arange(weight.size), [0, 2]).reshape(places)] = 0
    kept = weight > 0
    for value, dtype in ((np.nan, "f8"), (-np.inf, "f8"), (1e300, "f8"), (np.nan, "f4")):
        good_y, bad_y = y.astype(dtype), y.astype(dtype)
        bad_y[~kept] = value
        bad_t = t.astype(np.result_type(t, np.float64)) if t.shape == y.shape else t.copy()
        bad_t[~kept] = value if t.shape == y.shape else t.max()
        expected = loss.forward(good_y[kept], t[kept], weight[kept])
        gradient, _ = loss.backward(3.0)
        assert loss.forward(bad_y, bad_t, weight) == pytest.approx(expected, rel=1e-6)
        found, _ = loss.backward(3.0)
        assert not found[~kept].any()
        np.testing.assert_allclose(found[kept], gradient, rtol=1e-6)


@over(one_each(LOSSES))
def test_a_nan_that_counts_is_never_set_aside(row):
    loss, (y, t, *_) = row.make(), row.inputs()
    y[0] = np.nan
    assert np.isnan(loss.forward(y, t, np.ones(len(y))))


@over(one_each([row for row in LOSSES if not row.name.startswith("MSE")]))
def test_finite_scores_never_give_nan(row):
    loss, (y, *rest) = row.make(), row.inputs()
    for dtype, scale in ((np.float32, 3e38), (np.float64, 3e38), (np.float64, 1.7e308)):
        extreme = np.sign(y) * scale
        extreme = np.maximum(np.sign(y), 0) if isinstance(loss, BinaryCE) else extreme
        assert not np.isnan(loss.forward(extreme.astype(dtype), *rest))
        assert not np.isnan(loss.backward()[0]).any() or isinstance(loss, BinaryCE)


@over(one_each([row for row in LOSSES if row.inputs()[1].dtype.kind == "i"] + LOOKUPS))
def test_classes_and_words_may_be_integers_of_any_width_and_byte_order(row):
    layer, inputs = row.make(), row.inputs()
    y, dout = layer.forward(*inputs), dout_for(layer.forward(*inputs))
    expected = gradients(layer, dout)
    for kind in ("b", "H", "Q", ">i8"):
        given = [x.astype(kind) if x.dtype.kind == "i" else x for x in inputs]
        np.testing.assert_array_equal(layer.forward(*given), y)
        np.testing.assert_array_equal(layer.predict(*given), y)
        assert equal(gradients(layer, dout), expected)
        if row.loss and not isinstance(layer, MSE):
            assert layer.accuracy(*given[:2]) == layer.accuracy(*inputs[:2])


@over(one_each(LAYERS + GATES + LOOKUPS))
def test_dout_of_a_wrong_shape_is_never_broadcast(row):
    layer, _, outputs, dout = call(row)
    y = flat(outputs)[0]
    wrong = [(), (*y.shape, 1), (1, *y.shape), (y.shape[0] + 1, *y.shape[1:]), y.shape[1:]]
    if y.shape[0] > 1:
        wrong += [(1, *y.shape[1:]), (0, *y.shape[1:])]
    for shape in wrong:
        message = f"{layer.label}: expected dout of shape {y.shape}, the shape of the output, got "
        bad = (np.ones(shape), *flat(dout)[1:]) if isinstance(dout, tuple) else np.ones(shape)
        with pytest.raises(ValueError, match="^" + re.escape(message + str(shape)) + "$"):
            layer.backward(bad)


@over(one_each(LOSSES))
def test_dout_of_a_loss_is_a_number(row):
    layer, (x, *_), _, _ = call(row)
    for shape in ((1,), (1, 1), (len(x),), x.shape):
        message = f"{layer.label}: expected dout to be a number, because a loss is one, got an "
        with pytest.raises(ValueError, match="^" + re.escape(f"{message}array of shape {shape}")):
            layer.backward(np.ones(shape))


@over(one_each([row for row in LAYERS + GATES + LOOKUPS if row.batch]))
def test_an_empty_batch_gives_an_empty_output(row):
    layer, inputs = row.make(), row.inputs()
    none = examples(inputs, slice(0))
    empty = layer.predict(*none)
    for part, y in zip(flat(empty), flat(layer.predict(*inputs)), strict=True):
        assert part.shape == (0, *y.shape[1:])
        assert part.dtype == y.dtype
    assert [part.shape for part in flat(layer.forward(*none))] == [e.shape for e in flat(empty)]
    dx, grads = layer.backward(empty)
    floating = [x.shape for x in none if x.dtype.kind == "f"]
    assert [part.shape for part in flat(dx) if part is not None] == floating
    for name, gradient in grads.items():
        assert gradient.shape == layer.params[name].shape
        assert not gradient.any()


@over(one_each(LOSSES))
def test_a_loss_of_an_empty_batch_is_refused(row):
    layer, inputs = row.make(), row.inputs()
    empty = [array[:0] for array in inputs]
    for verb in (layer.forward, layer.predict):
        with pytest.raises(ValueError, match=rf"^{layer.label}: expected at least one example"):
            verb(*empty)


@over(one_each(ROWS))
def test_nan_stays_visible(row):
    """A nan in an input shows in the output, and one in dout shows in the gradients."""
    layer, inputs = row.make(), row.inputs()
    y = layer.forward(*inputs)
    if inputs[0].dtype.kind == "f":
        x = inputs[0].copy()
        x[:1] = np.nan
        predicted = layer.predict(*with_first(inputs, x))
        for y in (layer.forward(*with_first(inputs, x)), predicted):
            assert np.isnan(y).any()
    if not row.loss:
        returned = gradients(layer, each(lambda part: np.full(part.shape, np.nan), y))
        assert all(np.isnan(gradient).any() for gradient in returned.values())
