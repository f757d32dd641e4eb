import threading
import tracemalloc

import numpy as np
import pytest

from layers import FullyConnected, Mean, SoftmaxCE
from layers.core import sums

SIZES = [1, 2, sums.KEPT - 1, sums.KEPT, sums.KEPT + 1]


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_sums_and_means_are_those_of_numpy(n, dtype):
    x = np.random.default_rng(0).random((n, 3)).astype(dtype)
    rtol = 100 * np.finfo(dtype).eps
    np.testing.assert_allclose(sums.over_rows(x), x.sum(axis=0, dtype=np.longdouble), rtol)
    np.testing.assert_allclose(sums.over_columns(x.T), x.sum(axis=0, dtype=np.longdouble), rtol)
    np.testing.assert_allclose(sums.mean(x, 0), x.mean(axis=0, dtype=np.longdouble), rtol)
    shares = sums.equal_shares(n, np.dtype(dtype))
    assert sums.weighted(x[:, 0], shares) == pytest.approx(float(x[:, 0].mean()), rel=1e-5)
    found = [sums.over_rows(x), sums.over_columns(x.T), sums.mean(x, 0), shares]
    assert {array.dtype for array in found} == {np.dtype(dtype)}


def test_what_is_kept_cannot_be_written():
    for n in SIZES:
        with pytest.raises(ValueError, match="read-only"):
            sums.equal_shares(n, np.dtype(float))[0] = 2


def test_large_batches_keep_no_memory():
    loss, layer = SoftmaxCE(), FullyConnected(1, 1)
    tracemalloc.start()
    for n in range(300_000, 300_020):
        loss.forward(np.zeros((n, 1), np.float32), np.zeros(n, np.int8))
        layer.forward(np.zeros((n, 1)))
        layer.backward(np.zeros((n, 1)))
    for _ in range(2):  # the last batch is what the layers themselves hold
        loss.forward(np.zeros((1, 1)), [0])
        layer.forward(np.zeros((1, 1)))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 2e6


def test_all_that_is_kept_is_small():
    assert sums._kept.cache_info().maxsize * sums.KEPT * 8 <= 2**23


def test_many_threads_get_their_own_results():
    wrong = []

    def ask(seed):
        for n in np.random.default_rng(seed).integers(1, 200, 300).tolist():
            shares = sums.equal_shares(n, np.dtype(float))
            if len(shares) != n or shares[-1] != 1 / n:
                wrong.append(n)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_float32_means_of_many_numbers_are_correct():
    """Added one after another in float32, they would be several per cent off."""
    n = 2_000_000
    x = np.broadcast_to(np.float32(0.1), (n, 2))
    np.testing.assert_allclose(Mean(0).predict(x), 0.1, rtol=1e-6)
    shares = sums.equal_shares(n, x.dtype)
    assert sums.weighted(x[:, 0], shares) == pytest.approx(0.1, rel=1e-6)
    assert SoftmaxCE().forward(np.broadcast_to(x[:1, :1], (n, 2)), np.broadcast_to(0, n)) == (
        pytest.approx(np.log(2), rel=1e-6)
    )
