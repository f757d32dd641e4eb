"""Pictures of training runs and of images; they need matplotlib, the optional extra `plots`."""

from nets.plots.sample_images import sample_images
from nets.plots.saving import save
from nets.plots.training_curves import training_curves

__all__ = ["sample_images", "save", "training_curves"]
