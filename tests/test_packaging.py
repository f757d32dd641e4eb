"""The core needs NumPy alone, and imports point one way."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_USE_OPTIMIZERS = ("nets/training/", "nets/interop/", "nets/cli.py")


def modules(package):
    return sorted((ROOT / package).rglob("*.py"))


def imported(path):
    """The top-level names that a file imports anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


def test_importing_the_packages_imports_numpy_and_nothing_else():
    code = (
        "import sys, layers, nets, optimizers\n"
        "names = {name.split('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)\n"
        "names -= {'cython_runtime'}  # NumPy's own, and no package\n"
        "print(sorted(name for name in names if not name.startswith('_')))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "['layers', 'nets', 'numpy', 'optimizers']"


@pytest.mark.parametrize("path", modules("layers"), ids=str)
def test_layers_import_neither_nets_nor_optimizers(path):
    assert not {"nets", "optimizers"} & set(imported(path))


@pytest.mark.parametrize("path", modules("optimizers"), ids=str)
def test_optimizers_import_neither_layers_nor_nets(path):
    assert not {"layers", "nets"} & set(imported(path))


@pytest.mark.parametrize("path", modules("nets"), ids=str)
def test_few_files_of_nets_import_optimizers(path):
    allowed = path.relative_to(ROOT).as_posix().startswith(MAY_USE_OPTIMIZERS)
    assert allowed or "optimizers" not in set(imported(path))


@pytest.mark.parametrize("package", ["layers", "nets", "optimizers"])
def test_packages_are_typed(package):
    assert (ROOT / package / "py.typed").exists()
