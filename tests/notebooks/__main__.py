"""Execute notebooks, all or those whose numbers are given, and write their .ipynb files."""

import sys
import time

from tests.notebooks.executing import SOURCES, run

for source in SOURCES:
    if not sys.argv[1:] or source.name[:2] in sys.argv[1:]:
        began = time.perf_counter()
        source.with_suffix(".ipynb").write_text(run(source), encoding="utf-8")
        print(f"{source.stem}: {time.perf_counter() - began:.1f} s", flush=True)
