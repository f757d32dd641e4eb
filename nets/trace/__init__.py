"""A net run once, forward and backward, with everything kept."""

from nets.trace.trace import Trace, trace

__all__ = ["Trace", "trace"]
