"""What a submission may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits on a submission's process.

    Attributes
    ----------
    seconds : float
        For one test, of the submission's own code, without the checker. On a busy machine, where
        the code has had no processor, the grader waits longer.
    total_seconds : int
        For all tests together, as wall time and as processor time.
    megabytes : int
        Of memory.
    """

    seconds: float = 10.0
    total_seconds: int = 60
    megabytes: int = 1024
