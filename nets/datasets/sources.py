"""Where the data sets that are not bundled come from, and how to tell that they are whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


@dataclass(frozen=True)
class Source:
    """A data set of four IDX files.

    Parameters
    ----------
    name : str
        The name of the data set, and of the folder that holds it.
    url : str
        What stands before the names of the files, to which ``.gz`` is added.
    sha256 : mapping of str to str
        The SHA-256 sum of each compressed file, by its name without ``.gz``. With a sum for
        everything, it does not matter that not every address is an https one.
    classes : tuple of str
        The names of the ten classes.
    """

    name: str
    url: str
    sha256: Mapping[str, str]
    classes: tuple[str, ...]


MNIST = Source(
    name="mnist",
    url="https://ossci-datasets.s3.amazonaws.com/mnist/",
    sha256={
        FILES[0]: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        FILES[1]: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        FILES[2]: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        FILES[3]: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
    classes=tuple("0123456789"),
)

FASHION_MNIST = Source(
    name="fashion-mnist",
    url="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    sha256={
        FILES[0]: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        FILES[1]: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        FILES[2]: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        FILES[3]: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
    classes=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
)
