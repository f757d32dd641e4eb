"""The README's snippets run, its commands are those of .ci/run, and what it shows is true."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def shown():
    """What the snippets print, run one after the other in one namespace."""
    lines, namespace = [], {"__name__": "readme", "print": lambda value: lines.append(str(value))}
    for code in blocks("python"):
        exec(compile(code, "README.md", "exec"), namespace)
    return lines


def test_the_first_snippet_learns_to_read(shown):
    assert float(shown[0]) > 0.94


def test_the_report_of_the_wrong_layer_is_the_one_that_is_shown(shown):
    numbers = re.compile(r"-?\d\.\d+(e-\d+)?|\[\d, \d\]")
    assert numbers.sub("#", shown[1]) == numbers.sub("#", blocks("text")[0].strip())


def test_the_test_command_is_what_ci_runs():
    commands = " ".join(blocks("console"))
    assert "-m pytest --cov" in commands
    assert "-m pytest --cov" in (ROOT / ".ci" / "run").read_text()


def test_links_and_pictures_exist():
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_changelog_and_the_package_agree_on_the_version():
    version = re.search(r"^version = (.+)$", (ROOT / "setup.cfg").read_text(), re.MULTILINE)[1]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()
