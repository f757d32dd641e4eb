"""All specimens, and what a check says of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from layers.gradcheck import GradientReport
from tests.layers.gradcheck.zoo import (
    activations,
    affine,
    courses,
    images,
    losses,
    nets,
    one_hot,
    others,
    sequences,
    subtle,
)
from tests.layers.gradcheck.zoo.specimen import Specimen

HOUSES = (affine, activations, losses, others, courses, nets, one_hot, subtle, images, sequences)


def specimens() -> Iterator[Specimen]:
    for house in HOUSES:
        yield from house.specimens()


@dataclass(frozen=True)
class Outcome:
    """What the check said of one specimen."""

    specimen: Specimen
    caught: bool
    said: tuple[str, str]

    @property
    def named(self) -> bool:
        return self.caught and self.said == (self.specimen.mistake, self.specimen.tensor)


def outcome(specimen: Specimen, report: GradientReport) -> Outcome:
    found = report.notes if specimen.is_advice else report.findings
    said = (found[0].mistake, found[0].tensor) if found else ("", "")
    return Outcome(specimen, bool(found) if specimen.is_advice else not report, said)


def matrix(outcomes: Iterable[Outcome], invisible: Iterable[Specimen]) -> str:
    """One line for each mistake: where it was made, how often seen and how often named."""
    rows: dict[str, Counter[str]] = {}
    kinds: dict[str, set[str]] = {}
    for each in outcomes:
        row = rows.setdefault(each.specimen.mistake, Counter())
        row.update(specimens=1, caught=each.caught, named=each.named)
        kinds.setdefault(each.specimen.mistake, set()).add(each.specimen.kind)
    for specimen in invisible:
        rows.setdefault(specimen.mistake, Counter()).update(specimens=1, invisible=1)
        kinds.setdefault(specimen.mistake, set()).add(specimen.kind)
    lines = [f"{'mistake':26} {'made':>5} {'unseen':>6} {'caught':>6} {'named':>6}  in"]
    lines += [
        f"{_line(mistake, rows[mistake])}  {', '.join(sorted(kinds[mistake]))}"
        for mistake in sorted(rows)
    ]
    lines.append(_line("all", sum(rows.values(), Counter())))
    return "\n".join(lines)


def _line(name: str, row: Counter[str]) -> str:
    counts = row["specimens"], row["invisible"], row["caught"], row["named"]
    return f"{name:26} {counts[0]:5} {counts[1]:6} {counts[2]:6} {counts[3]:6}"
