"""Print how many mistakes are caught, how many named, and how many right layers are accused."""

from __future__ import annotations

import argparse
from itertools import islice

from layers import gradcheck
from tests.layers.gradcheck.zoo.census import matrix, outcome, specimens
from tests.layers.gradcheck.zoo.right import checks


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.layers.gradcheck.zoo")
    parser.add_argument("--every", type=int, default=1, help="only every k-th wrong layer")
    parser.add_argument("--offset", type=int, default=0, help="beginning with this one")
    parser.add_argument("--right", type=int, default=0, help="how many right layers to check too")
    parser.add_argument("--seed", type=int, default=0, help="of the right layers")
    options = parser.parse_args()
    if not options.right:
        show_wrong(options.offset, options.every)
    else:
        show_right(options.right, options.seed)


def show_wrong(offset: int, every: int) -> None:
    chosen = list(islice(specimens(), offset, None, every))
    invisible = [specimen for specimen in chosen if specimen.invisible]
    outcomes = [
        outcome(specimen, specimen.report()) for specimen in chosen if specimen not in invisible
    ]
    print(matrix(outcomes, invisible))
    for each in outcomes:
        if not each.named:
            print(
                f"{each.specimen.name}: {'called ' + str(each.said) if each.caught else 'MISSED'}"
            )


def show_right(count: int, seed: int) -> None:
    done = accused = 0
    while done < count:
        for name, layer, inputs, options in checks(seed):
            report = gradcheck(layer, *inputs, **options)
            done += 1
            if not report:
                accused += 1
                print(f"accused: {name}\n{report}")
        seed += 1
    print(f"{accused} of {done} right layers accused; next seed {seed}")


if __name__ == "__main__":
    main()
