"""All kinds of nets, loaded together, as a saved net of one kind may hold one of another."""

from nets.graph.graph import Graph
from nets.residual import Residual
from nets.sequential import Sequential

__all__ = ["Graph", "Residual", "Sequential"]
