"""Images and texts to train on: what comes with the library, is fetched once, or is the user's."""

from nets.datasets.augmentation import RandomFlip, RandomShift
from nets.datasets.cifar10 import cifar10
from nets.datasets.dataset import Dataset, Texts
from nets.datasets.digits import digits
from nets.datasets.mnist import fashion_mnist, mnist
from nets.datasets.names import names
from nets.datasets.own_file import from_file
from nets.datasets.own_texts import labelled_text
from nets.datasets.text_file import text_file

__all__ = [
    "Dataset",
    "RandomFlip",
    "RandomShift",
    "Texts",
    "cifar10",
    "digits",
    "fashion_mnist",
    "from_file",
    "labelled_text",
    "mnist",
    "names",
    "text_file",
]
