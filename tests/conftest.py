"""Settings of the test processes, and the order in which the tests run."""

import os
from collections import Counter

# Before NumPy is imported: several processes run side by side, and more threads than cores would
# wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
CASES_MEASURED = 24  # of one test, spread over all of them: the others run the same lines


def pytest_collection_modifyitems(config, items):
    """Run files with slow tests first, so that no process starts a long one when others are done.

    Measuring coverage nearly doubles the time of a test, so most cases of the longest tables go
    without.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    if config.pluginmanager.hasplugin("_cov"):
        tests = [item.nodeid.partition("[")[0] for item in items]
        cases, seen = Counter(tests), Counter()
        for item, test in zip(items, tests, strict=True):
            if seen[test] % -(-cases[test] // CASES_MEASURED):
                item.add_marker("no_cover")
            seen[test] += 1
