"""The core needs NumPy alone, imports point one way, and every file has a name of its own."""

import ast
import importlib
import subprocess
import sys
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("layers", "nets", "optimizers")
FORBIDDEN = {
    "layers": {"nets", "optimizers"},
    "optimizers": {"layers", "nets"},
    "nets": {"optimizers"},
}
MAY_USE_OPTIMIZERS = ("nets/training/", "nets/interop/", "nets/recipes/", "nets/cli/")


def files(package):
    return sorted((ROOT / package).rglob("*.py"))


FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in PACKAGES
    for path in files(package)
}


def imported(path, known=()):
    """What a file imports anywhere in it, in functions and for types too: modules by full name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in known else node.module for name in whole)


def packages_imported(path):
    return {name.split(".")[0] for name in imported(path)}


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


def test_importing_the_packages_loads_what_every_program_needs_and_nothing_else():
    """Nets, training, data, text and the machinery of the gradient check wait until used."""
    code = "import sys, layers, nets, optimizers; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert [name for name in loaded if name.startswith("nets.")] == ["nets.shadowed"]
    check = [name for name in loaded if name.startswith("layers.gradcheck.")]
    assert check == ["layers.gradcheck.check"]
    assert not loaded & {
        "asyncio",
        "csv",
        "email",
        "importlib.metadata",
        "json",
        "multiprocessing",
        "numpy.ma",
        "subprocess",
        "tempfile",
        "unittest",
        "urllib.request",
    }


@pytest.mark.parametrize("name", ["nets", "layers.gradcheck"])
def test_names_loaded_on_use_are_those_that_type_checkers_see(name):
    package = importlib.import_module(name)
    (block,) = [
        node
        for node in ast.parse(Path(package.__file__).read_text()).body
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
    ]
    seen = {alias.name: node.module for node in block.body for alias in node.names}
    assert set(seen) <= set(package.__all__) <= set(dir(package))
    for found, module in seen.items():
        assert getattr(package, found) is getattr(importlib.import_module(module), found)
    assert all(hasattr(package, listed) for listed in package.__all__)
    assert not hasattr(package, "nothing_of_this_name")


@pytest.mark.parametrize("package", PACKAGES)
def test_arrows_between_packages_point_one_way(package):
    for path in files(package):
        if not path.relative_to(ROOT).as_posix().startswith(MAY_USE_OPTIMIZERS):
            found = FORBIDDEN[package] & packages_imported(path)
            assert not found, f"{path.relative_to(ROOT)} imports {found}"


def test_every_file_has_a_name_of_its_own():
    names = Counter(path.name for path in FILES.values() if not path.name.startswith("__"))
    assert [name for name, times in names.items() if times > 1] == []


def test_no_file_imports_itself_by_way_of_others():
    arrows = {
        name: {target for target in imported(path, FILES) if target in FILES and target != name}
        for name, path in FILES.items()
    }
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_an_import_inside_a_function_says_why():
    for path in FILES.values():
        lines = path.read_text().splitlines()
        tree = ast.parse("\n".join(lines))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for node in {inner for function in functions for inner in ast.walk(function)}:
            if isinstance(node, ast.ImportFrom) and node.module in FILES:
                around = lines[node.lineno - 2] + lines[node.lineno - 1]
                assert "#" in around, f"{path.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_typed(package):
    assert (ROOT / package / "py.typed").exists()
