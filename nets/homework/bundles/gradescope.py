"""A bundle for Gradescope: a zip with scripts that install this library and grade a submission."""

from __future__ import annotations

import zipfile
from importlib import metadata
from pathlib import Path

from nets.homework.grading.assignment import Assignment

SETUP = """\
#!/usr/bin/env bash
set -euo pipefail
python3 -m pip install --quiet "{requirement}"
"""
RUN = """\
#!/usr/bin/env bash
# Gradescope runs this with the submission in submission/ and reads results/results.json.
set -uo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
python="${PYTHON:-python3}"
mkdir -p "$root/results"
cd "$root"
exec "$python" -m nets grade "$root/submission" --assignment "$root/source/bundle" \\
    --out "$root/results/results.json"
"""
FILES = ("assignment.json", "pytest.ini", "test_public.py", "test_hidden.py")


def zip_for_gradescope(assignment: Assignment, path: Path) -> Path:
    """Write the zip that Gradescope asks for when an autograder is configured.

    Parameters
    ----------
    assignment : Assignment
        A built one: the grader's folder.
    path : path
        Where to write the zip.

    Returns
    -------
    path
        The same.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        _executable(bundle, "setup.sh", SETUP.format(requirement=_requirement()))
        _executable(bundle, "run_autograder", RUN)
        for name in (*FILES, *assignment.files):
            if (assignment.folder / name).is_file():
                bundle.write(assignment.folder / name, f"bundle/{name}")
    return path


def _executable(bundle: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o100755 << 16
    bundle.writestr(entry, text)


def _requirement() -> str:
    try:
        return f"handgrad[homework]=={metadata.version('handgrad')}"
    except metadata.PackageNotFoundError:
        return "handgrad[homework]"
