"""Settings of the test processes, and the order in which the tests run."""

import os
from collections import Counter

# Before NumPy is imported: several processes run side by side, and more threads than cores would
# wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
CASES_MEASURED = 2  # further cases of a test run the same lines


def pytest_collection_modifyitems(config, items):
    """Run files with slow tests first, so that no process starts a long one when others are done.

    Measuring coverage doubles the time of a test, so the slow ones and further cases go without.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    if config.pluginmanager.hasplugin("_cov"):
        cases = Counter()
        for item in items:
            test = item.nodeid.partition("[")[0]
            cases[test] += 1
            if cases[test] > CASES_MEASURED or item.get_closest_marker("slow"):
                item.add_marker("no_cover")
