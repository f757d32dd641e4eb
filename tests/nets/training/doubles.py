"""Stand-ins for the clock and the terminal of a run, and a run to show."""

import io
from types import SimpleNamespace

VALIDATED = {
    "epoch": 2,
    "loss": 0.25,
    "accuracy": 0.75,
    "validation_loss": 0.5,
    "validation_accuracy": 0.625,
    "seconds": 1.0,
}


def figures(loss, accuracy=None):
    """What a tally says."""
    return SimpleNamespace(means={"loss": loss, "accuracy": accuracy})


class Clock:
    """Time that stands still until it is told to go on, and counts who looks at it."""

    def __init__(self):
        self.now, self.looks = 100.0, 0

    def __call__(self):
        self.looks += 1
        return self.now


class Terminal(io.StringIO):
    """A terminal that knows what stands on its screen, and how often it was drawn."""

    def __init__(self, encoding="utf-8"):
        super().__init__()
        self._encoding, self.writes = encoding, 0

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return True

    def write(self, text):
        self.writes += 1
        text.encode(self._encoding)
        return super().write(text)

    @property
    def lines(self):
        shown = []
        for line in self.getvalue().split("\n"):
            cells = ""
            for part in line.split("\r"):
                cells = part + cells[len(part) :]
            shown.append(cells.rstrip())
        return shown


def play(display, clock, epochs=4, steps=10, seconds=0.25, **row):
    """Run the whole training that a display is told of."""
    for epoch in range(1, epochs + 1):
        for step in range(1, steps + 1):
            clock.now += seconds
            display.update(epoch, step, figures(1 / epoch, 0.5))
        display.epoch_end({"epoch": epoch, "loss": 1 / epoch, "seconds": 1.0, **row})
