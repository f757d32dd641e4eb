"""Pictures of training, of nets and of images, drawn by matplotlib, the optional extra `plots`.

Each function returns a figure: the last line of a notebook cell shows it, and `save` writes it to a
file. Without matplotlib it raises ImportError.
"""

from nets.plots.activations import activations
from nets.plots.bending import bending
from nets.plots.boundaries import boundaries
from nets.plots.filters import filters
from nets.plots.gradient_norms import gradient_norms
from nets.plots.losses import loss_curves, minibatch_losses
from nets.plots.race import race, walks
from nets.plots.sample_images import sample_images
from nets.plots.saving import save
from nets.plots.surfaces import SADDLE, VALLEY, Surface
from nets.plots.training_curves import training_curves

__all__ = [
    "SADDLE",
    "VALLEY",
    "Surface",
    "activations",
    "bending",
    "boundaries",
    "filters",
    "gradient_norms",
    "loss_curves",
    "minibatch_losses",
    "race",
    "sample_images",
    "save",
    "training_curves",
    "walks",
]
