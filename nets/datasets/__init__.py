"""Images to train on: one set that comes with the library, and two that are fetched once."""

from nets.datasets.dataset import Dataset
from nets.datasets.digits import digits
from nets.datasets.mnist import fashion_mnist, mnist
from nets.datasets.own import from_file

__all__ = ["Dataset", "digits", "fashion_mnist", "from_file", "mnist"]
