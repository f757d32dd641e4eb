"""The pytest plugin: points for tests, and the submission that they test.

``@pytest.mark.points(2, visibility="hidden")`` makes a test a question of 2 points. The fixture
``submission`` is the module that was handed in, in a process of its own; ``credit`` gives partial
credit. ``--submission FILE`` names what is tested, ``--results FILE`` writes Gradescope's file.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Generator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from nets.homework.grading.assignment import HIDDEN, in_folder, is_assignment, read
from nets.homework.grading.credit import Credit, scored
from nets.homework.grading.results import VISIBILITIES, Question, Results, title_of
from nets.homework.isolation.sandbox import Sandbox

CREDIT: pytest.StashKey[Credit] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("homework")
    group.addoption("--submission", metavar="PATH", help="the file or folder that was handed in")
    group.addoption("--results", metavar="FILE", help="where to write Gradescope's results.json")
    group.addoption("--score-stream", type=int, help="a descriptor that takes each score")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and start."""
    config.addinivalue_line("markers", "points(n, visibility=...): what a test is worth")
    config.pluginmanager.register(Grader(config), "handgrad-grader")


class Grader:
    """Turns the outcomes of tests into scores."""

    def __init__(self, config: pytest.Config) -> None:
        self.results_file: str | None = config.getoption("results")
        self.stream: int | None = config.getoption("score_stream")
        self.folder = Path(config.rootpath)
        self.file: str | None = config.getoption("submission")
        self.results = Results([])
        self.sandbox: Sandbox | None = None
        self.began = time.monotonic()
        built = read(self.folder).questions if is_assignment(self.folder) else []
        self.parts = {question.id: question.parts for question in built}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Collect all questions, and report that none is answered yet."""
        if session.testsfailed:  # a file could not be collected, and pytest ends
            return
        self.results = Results([q for item in session.items if (q := question_of(item))])
        self._tell({"questions": [vars(question) for question in self.results.questions]})

    @pytest.fixture
    def submission(self) -> Any:
        """The module that was handed in, in a process of its own."""
        if self.sandbox is None:
            settings = read(self.folder)
            given = Path(self.file) if self.file else self.folder / settings.file
            folder = given if given.is_dir() else None
            file = in_folder(given, settings) if folder else given
            self.sandbox = Sandbox(
                file,
                settings.limits,
                settings.forbidden,
                folder,
                settings.allowed,
                {name: self.folder / name for name in settings.handed_out()},
            )
        try:
            return self.sandbox.begin()
        finally:
            self._tell({"pid": self.sandbox.pid})

    def pytest_sessionfinish(self) -> None:
        """End the submission's process."""
        if self.sandbox:
            self.sandbox.close()

    @pytest.fixture
    def credit(self, request: pytest.FixtureRequest) -> Credit:
        """Partial credit."""
        credit = request.node.stash[CREDIT] = Credit()
        return credit

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
        """Fail a test that lost a part."""
        credit = pyfuncitem.stash.get(CREDIT, Credit())
        credit.finished = False
        outcome = yield
        credit.finished = True
        if credit.lost:
            pytest.fail("\n".join(credit.messages), pytrace=False)
        return outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, Any]:
        """Give the score of a test, once it has run or could not be set up."""
        report = yield
        question = question_of(item, self.parts)
        error = call.excinfo.value if call.excinfo else None
        if question and (call.when == "call" or (call.when == "setup" and error)):
            score = scored(question, item.stash.get(CREDIT, Credit()), error)
            self.results.add(question.id, score)
            self._tell({"id": question.id, **vars(score)})
        return report

    def _tell(self, message: dict[str, Any]) -> None:
        if self.stream is not None:
            os.write(self.stream, json.dumps(message).encode() + b"\n")
        if self.results_file:
            self.results.seconds = time.monotonic() - self.began
            self.results.write(self.results_file)


def question_of(
    item: pytest.Item, parts: Mapping[str, dict[str, float]] = MappingProxyType({})
) -> Question | None:
    """The question that a test is, if it has points; `parts` are those of the built assignment."""
    marker = item.get_closest_marker("points")
    if marker is None:
        return None
    path = Path(item.path).name
    visibility = marker.kwargs.get("visibility", "after_published" if path == HIDDEN else "visible")
    points = float(marker.args[0]) if marker.args else math.nan
    if not 0 < points < math.inf or visibility not in VISIBILITIES:
        raise pytest.UsageError(
            f"{item.nodeid}: expected points(n, visibility=...) with n above 0 and one of "
            f"{', '.join(VISIBILITIES)}, got points({points:g}, visibility={visibility!r})"
        )
    title = title_of(getattr(item, "function", None), item.name)
    identity = f"{path}::{item.name}"
    return Question(identity, title, points, visibility, parts.get(identity, {}))
