"""Grading one submission: pytest runs the tests in one process, the submission in another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from nets.homework.grading.assignment import Assignment
from nets.homework.grading.results import Question, Results, Score
from nets.homework.isolation.guard import ROOT

GRACE = 20  # seconds beyond the limit of the submission, for the tests themselves
START = """\
import sys
sys.modules['numba'] = None  # takes longer to start than it saves here
sys.path.insert(0, {root!r})
sys.path.append({folder!r})  # for modules that the tests import
import pytest
from nets.homework.grading import points_plugin
from nets.homework.isolation.walls import hide_memory
hide_memory()
sys.exit(pytest.main({args!r}, plugins=[points_plugin]))
"""
# Plugins of pytest that are not needed, and slow its start.
IDLE = "debugging doctest faulthandler junitxml legacypath pastebin setuponly setupplan stepwise"
Wrote = Callable[[Results], object]


def grade(
    submission: Path,
    assignment: Assignment,
    wrote: Wrote = lambda _: None,
    *,
    tests: Sequence[Path] = (),
    options: Sequence[str] = (),
) -> Results:
    """Grade a submission, and hand the results to `wrote` before the first test and after each.

    The results survive whatever the submission does to its own process or to the one that tests
    it.

    Parameters
    ----------
    submission : path
        A Python file or a notebook, or a folder with it, from which the other files go along.
    assignment : Assignment
        Its tests, and the limits.
    wrote : callable, optional
        Takes the results so far.
    tests : sequence of path, optional
        Files to run instead of all tests of the assignment.
    options : sequence of str, optional
        Further options of pytest.

    Raises
    ------
    ValueError
        If the tests themselves cannot be run, or are not those of the built assignment.
    """
    began = time.monotonic()
    results = Results(list(assignment.questions))
    wrote(results)
    with (
        tempfile.TemporaryDirectory(prefix="handgrad-") as work,
        tempfile.TemporaryFile() as output,
    ):
        reader, writer = os.pipe()
        arguments = [*options, *_arguments(submission, assignment, tests, writer)]
        process = _start(arguments, assignment.folder, writer, work, output)
        os.close(writer)
        groups = [process.pid]
        watch = threading.Timer(assignment.limits.total_seconds + GRACE, _end, [groups])
        watch.start()
        try:
            with os.fdopen(reader) as stream:
                for line in stream:
                    message = json.loads(line)
                    if "questions" in message:
                        _require_built(message["questions"], assignment, tests)
                    _take(message, results, groups)
                    results.seconds = time.monotonic() - began
                    wrote(results)
            process.wait()
        finally:
            watch.cancel()
            _end(groups)
            process.wait()
        output.seek(0)
        printed = output.read().decode(errors="replace")[-2000:]
    if process.returncode > 1 or (process.returncode < 0 and not results.questions):
        raise ValueError(f"{assignment.folder}: the tests cannot be run:\n{printed}")
    results.seconds = time.monotonic() - began
    wrote(results)
    return results


def require_tests(assignment: Assignment) -> None:
    """Collect the tests without running them.

    Raises
    ------
    ValueError
        If they cannot be run, or are not those of the built assignment.
    """
    grade(assignment.folder, assignment, options=["--collect-only"])


def _require_built(
    found: list[dict[str, Any]], assignment: Assignment, tests: Sequence[Path]
) -> None:
    files = {path.name for path in tests or assignment.tests}
    kept = [q for q in assignment.questions if q.id.partition("::")[0] in files]
    built = [vars(replace(question, parts={})) for question in kept]
    if assignment.questions and found != built:
        now, before = ({q["id"]: q for q in questions} for questions in (found, built))
        changed = sorted(name for name in {*now, *before} if now.get(name) != before.get(name))
        raise ValueError(
            f"{assignment.folder}: the tests are not those that were built, which differ in "
            f"{', '.join(changed) or 'their order'}: change the source and build it again"
        )


def _start(
    arguments: list[str], folder: Path, stream: int, work: str, output: IO[bytes]
) -> subprocess.Popen[bytes]:
    quiet = {"TMPDIR": work, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "OPENBLAS_NUM_THREADS": "1"}
    shell = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    code = START.format(root=str(ROOT), folder=str(folder.resolve()), args=arguments)
    return subprocess.Popen(
        [sys.executable, "-I", "-B", "-c", code],
        env={**shell, **quiet},
        pass_fds=[stream],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _arguments(
    submission: Path, assignment: Assignment, tests: Sequence[Path], stream: int
) -> list[str]:
    folder = assignment.folder.resolve()
    ini = folder / "pytest.ini"  # which a source folder does not have
    idle = [f"-pno:{name}" for name in ("cacheprovider", "unittest", *IDLE.split())]
    options = [*idle, "-q", "--tb=line", "--assert=plain"]
    settings = str(ini if ini.is_file() else os.devnull)
    place = ["--rootdir", str(folder), "-c", settings, "--import-mode=importlib"]
    own = [f"--submission={submission.resolve()}", f"--score-stream={stream}"]
    files = [str(test.resolve()) for test in tests or assignment.tests]
    return [*options, *place, *own, *files]


def _take(message: dict[str, Any], results: Results, groups: list[int]) -> None:
    if "questions" in message:
        if not results.questions:
            results.questions = [Question(**question) for question in message["questions"]]
    elif "pid" in message:
        if message["pid"]:
            groups[1:] = [message["pid"]]
    else:
        results.add(message.pop("id"), Score(**message))


def _end(groups: list[int]) -> None:
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
