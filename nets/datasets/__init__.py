"""Images to train on: one set that comes with the library, and two that are fetched once."""

from nets.datasets.dataset import Dataset
from nets.datasets.digits import digits
from nets.datasets.mnist import fashion_mnist, mnist

__all__ = ["Dataset", "digits", "fashion_mnist", "mnist"]
