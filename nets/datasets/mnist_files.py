"""MNIST and Fashion-MNIST: the four files of each, and where they are downloaded from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nets.datasets.published import incomplete

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


@dataclass(frozen=True)
class Source:
    """A data set of the four files.

    A file has the address `url`, its name and ``.gz``, and, packed, the SHA-256 sum in `sha256`
    in the order of `FILES`: it is checked even if the address is not an https one.
    """

    name: str
    url: str
    sha256: tuple[str, ...]
    classes: tuple[str, ...]


MNIST = Source(
    "mnist",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
    tuple("0123456789"),
)
CLOTHES = "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot"
FASHION_MNIST = Source(
    "fashion-mnist",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    (
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
    tuple(CLOTHES.split(",")),
)


def find(source: Source, folder: Path) -> list[Path]:
    """The four files in a folder, in the order of `FILES`, each unpacked or compressed.

    Raises
    ------
    FileNotFoundError
        If it lacks a file.
    """
    there = _found(folder)
    if missing := [name for name in FILES if name not in there]:
        raise incomplete(source.name, folder, ", ".join(missing))
    return [*there.values()]


def fetch(source: Source, folder: Path) -> None:
    """Download the files that a folder lacks.

    Raises
    ------
    ConnectionError
        If the download fails.
    """
    from nets.datasets.download import download  # a tenth of what importing this library takes

    there = _found(folder)
    try:
        for name, sha256 in zip(FILES, source.sha256, strict=True):
            if name not in there:
                download(f"{source.url}{name}.gz", folder / f"{name}.gz", sha256)
    except ConnectionError as error:
        raise ConnectionError(
            f"{error}. The four files of {source.name}, {', '.join(f'{n}.gz' for n in FILES)}, "
            f"are at {source.url}; they belong in the folder '{folder}', or in any "
            "other whose name is passed as path="
        ) from error.__cause__


def _found(folder: Path) -> dict[str, Path]:
    """The files of the four that are in a folder, unpacked (faster to read) or compressed."""
    candidates = ((name, folder / f"{name}{end}") for name in FILES for end in (".gz", ""))
    return {name: path for name, path in candidates if path.is_file()}
