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
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from nets.homework.assignment import Assignment
from nets.homework.guard import ROOT
from nets.homework.results import Question, Results, Score

GRACE = 20  # seconds beyond the limit of the submission, for the tests themselves
START = """\
import sys
sys.path.insert(0, {root!r})
import pytest
from nets.homework import plugin
sys.exit(pytest.main({args!r}, plugins=[plugin]))
"""
Wrote = Callable[[Results], object]


def grade(
    submission: Path, assignment: Assignment, wrote: Wrote = lambda _: None, *, tests: Any = None
) -> Results:
    """Grade a submission, and hand the results to `wrote` before the first test and after each.

    Whatever the submission does to its own process, and whatever becomes of the process that
    tests it, the results are kept here.

    Raises
    ------
    ValueError
        If the tests themselves cannot be run.
    """
    began = time.monotonic()
    results = Results(list(assignment.questions))
    wrote(results)
    reader, writer = os.pipe()
    arguments = _arguments(submission, assignment, tests or assignment.tests, writer)
    code = START.format(root=str(ROOT), args=arguments)
    said = tempfile.TemporaryFile()
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", "-c", code],
        pass_fds=[writer],
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        cwd=assignment.folder,
    )
    os.close(writer)
    groups = [process.pid]
    watch = _alarm(groups, assignment.limits.total_seconds + GRACE)
    try:
        with os.fdopen(reader) as stream:
            for line in stream:
                _take(json.loads(line), results, groups)
                results.seconds = time.monotonic() - began
                wrote(results)
        process.wait()
    finally:
        watch.cancel()
        _end(groups)
        process.wait()
    if process.returncode not in (0, 1) and not results.questions:
        said.seek(0)
        printed = said.read().decode(errors="replace")[-2000:]
        raise ValueError(f"{assignment.folder}: the tests cannot be run:\n{printed}")
    said.close()
    results.seconds = time.monotonic() - began
    wrote(results)
    return results


def _arguments(submission: Path, assignment: Assignment, tests: Any, stream: int) -> list[str]:
    folder = str(assignment.folder.resolve())
    options = ["-p", "no:cacheprovider", "-q", "--tb=no", "--assert=plain"]
    place = ["--rootdir", folder, "-c", str(Path(folder, "pytest.ini")), "--import-mode=importlib"]
    own = [f"--submission={submission.resolve()}", f"--score-stream={stream}"]
    return [*options, *place, *own, *(str(Path(test).resolve()) for test in tests)]


def _take(message: dict[str, Any], results: Results, groups: list[int]) -> None:
    if "questions" in message:
        if not results.questions:
            results.questions = [Question(**question) for question in message["questions"]]
    elif "pid" in message:
        if message["pid"]:
            groups[1:] = [message["pid"]]
    else:
        results.add(message.pop("id"), Score(**message))


def _alarm(groups: list[int], seconds: float) -> threading.Timer:
    timer = threading.Timer(seconds, _end, [groups])
    timer.daemon = True
    timer.start()
    return timer


def _end(groups: list[int]) -> None:
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
