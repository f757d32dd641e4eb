import hashlib
from collections import Counter
from importlib.resources import files

import numpy as np

from nets import datasets

SUMS = {
    "names-female.txt": "9067937d9acdafb6c92683ce343dff785db5224b40df05723964adb3d41055ae",
    "names-male.txt": "cc68490c2ef895961f568833130f90f43a41f0a4fffb1990d84bbadd0b405c63",
}


def bundled(name):
    return files("nets.datasets").joinpath(name).read_bytes()


def test_the_bundled_files_are_those_that_sources_md_describes():
    for name, size in (("names-female.txt", 4275), ("names-male.txt", 1219)):
        assert hashlib.sha256(bundled(name)).hexdigest() == SUMS[name]
        names = bundled(name).decode("ascii").split("\n")[:-1]
        assert len(set(names)) == len(names) == size
        assert all(name.isalpha() and name.islower() for name in names)
    assert bundled("names-female.txt").startswith(b"mary\npatricia\nlinda\n")
    assert bundled("names-male.txt").startswith(b"james\njohn\nrobert\n")


def test_every_name_is_there_once():
    x_train, y_train, x_test, y_test = datasets.names()
    assert (len(x_train), len(x_test)) == (len(y_train), len(y_test)) == (4096, 1067)
    both = [bundled(name).decode("ascii").split() for name in SUMS]
    assert Counter(x_train + x_test) == Counter({*both[0], *both[1]})
    assert y_train.dtype == y_test.dtype == np.int64


def test_a_name_in_both_lists_belongs_to_the_one_that_ranks_it_higher():
    names = datasets.names()
    sex = dict(zip(names.x_train + names.x_test, [*names.y_train, *names.y_test], strict=True))
    assert names.classes == ("female", "male")
    for name, expected in (("mary", 0), ("james", 1), ("shannon", 0), ("leslie", 0), ("willie", 1)):
        assert sex[name] == expected
    assert sum(sex.values()) == 1157


def test_the_split_is_fixed():
    names = datasets.names()
    assert names.x_test[:4] == ("william", "richard", "thomas", "karen")
    assert names.x_train[:3] == ("mary", "james", "patricia")
    assert int(names.y_test.sum()) == 238


def test_repr_is_one_line():
    assert repr(datasets.names()) == "names: 4096 training and 1067 test texts, 2 classes"
