"""Python files of the user: run one as a module, and use its layers in a net."""

from __future__ import annotations
import __future__

import ast
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from layers.core.checks import Rng
from layers.core.describe import DRAWING, arguments
from nets.cli.missing_packages import MissingPackage, provide
from nets.cli.source_statements import IMPORTS, SourceStatements, Statement
from nets.sequential import Sequential

HOME = Path(__file__).resolve().parents[2]  # the folder that holds the packages of this library
PACKAGES = ("layers", "nets", "optimizers")
PACKAGES_MISSING = 30  # more than any import needs


def load_module(path: Path) -> ModuleType:
    """Run a user's Python file, and return it as a module.

    The file imports from its own folder first, as where Python runs it, and so from a
    ``layers.py`` beside it rather than from this library. Only where the file is itself called
    ``layers.py``, ``import layers`` in it leads to this library.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a Python file, or cannot be run.
    """
    _require_python_file(path)
    spec = importlib.util.spec_from_file_location(f"checked_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path}: expected a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    folder, hidden = path.parent.resolve(), _hidden(path)
    try:
        with _imports_from(folder, hidden):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        raise ValueError(f"{path}: cannot be run: {_reason(error, path, hidden)}") from error
    return module


def load_definitions(path: Path) -> tuple[ModuleType, list[str]]:
    """Run what a Python file or a notebook defines, statement by statement.

    A statement that fails is left out and the others are run. Packages that are not installed may
    be imported, and fail where they are used; packages of the file's own are found in the folders
    above it, and relative imports work.

    Returns
    -------
    module, problems
        The module, and a sentence for each statement that failed.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is neither a Python file nor a notebook, or has no Python syntax.
    """
    _require_python_file(path, (".py", ".ipynb"))
    folder, hidden = path.parent.resolve(), _hidden(path)
    try:
        source = SourceStatements(path)
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{path}: cannot be run: {_reason(error, path, hidden)}") from error
    module = ModuleType(f"checked_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    if _is_relative(source, 0):
        module.__package__, root = _package(folder, source)
        own = module.__package__.partition(".")[0]
        hidden = [*hidden, *({own} & set(PACKAGES))]
    else:
        root = folder
    with _own_modules(), _imports_from(root, hidden), _imports_from(folder, []):
        problems = [_run(statement, module, path, hidden) for statement in source.to_run()]
    return module, [*source.problems, *filter(None, problems)]


def _run(statement: Statement, module: ModuleType, path: Path, hidden: list[str]) -> str:
    """Run one statement; return what happened if it failed."""
    tree = ast.Module([statement.node], [])
    flags = __future__.annotations.compiler_flag
    code = compile(tree, statement.file, "exec", flags, dont_inherit=True)
    for _ in range(PACKAGES_MISSING):
        error = _raised(code, module)
        is_missing = isinstance(error, ModuleNotFoundError) and isinstance(statement.node, IMPORTS)
        if not (is_missing and getattr(error, "name", None)):
            break
        provide(error.name, path.parent.resolve())
    return "" if error is None else f"{statement.cell}{_reason(error, path, hidden)}"


def _raised(code: CodeType, module: ModuleType) -> Any:
    try:
        exec(code, vars(module))
    except (Exception, SystemExit) as error:
        return error
    return None


def _package(folder: Path, source: SourceStatements) -> tuple[str, Path]:
    """The package that relative imports start from, and the folder in which it lies."""
    inside, root = [folder.name], folder.parent
    while (root / "__init__.py").is_file() or _is_relative(source, len(inside)):
        inside.insert(0, root.name)
        root = root.parent
    return ".".join(inside), root


def _is_relative(source: SourceStatements, level: int) -> bool:
    """Whether an import goes further up than `level` folders."""
    nodes = (statement.node for statement in source.statements)
    return any(isinstance(node, ast.ImportFrom) and node.level > level for node in nodes)


@contextmanager
def _own_modules() -> Iterator[None]:
    """Forget the modules that a file imports from its own folders, which others may have too."""
    modules, path = set(sys.modules), list(sys.path)
    try:
        yield
    finally:
        added = [folder for folder in sys.path if isinstance(folder, str) and folder not in path]
        sys.path = path  # the file may have put anything in its place
        folders = [Path(folder).resolve() for folder in added]
        for name in set(sys.modules) - modules:
            if not name.startswith("checked_") and _is_in(sys.modules[name], folders):
                del sys.modules[name]


def _is_in(module: ModuleType, folders: list[Path]) -> bool:
    """Whether a module lies in one of the folders, or is missing."""
    if isinstance(module, MissingPackage):
        return True
    try:
        file = Path(getattr(module, "__file__", None) or next(iter(module.__path__)))
    except AttributeError:  # a built-in module
        return False
    except KeyError:  # a package without a file, after the package that it lies in was forgotten
        return True
    return "site-packages" not in file.parts and any(map(file.is_relative_to, folders))


def _require_python_file(path: Path, endings: tuple[str, ...] = (".py",)) -> None:
    if path.is_dir():
        raise ValueError(f"{path}: expected a Python file, got a folder; give a file in it")
    if not path.is_file():
        where = "" if path.is_absolute() else f" in {Path.cwd()}"
        raise FileNotFoundError(f"{path}: there is no such file{where}")
    if path.suffix not in endings:
        known = " or ".join(endings)
        raise ValueError(f"{path}: expected a Python file, with a name that ends in {known}")


def _hidden(path: Path) -> list[str]:
    """The packages of this library that modules beside the file hide from it."""
    folder = path.parent.resolve()
    if folder == HOME:
        return []
    return [
        name
        for name in PACKAGES
        if name != path.stem
        and ((folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file())
    ]


@contextmanager
def _imports_from(folder: Path, hidden: list[str]) -> Iterator[None]:
    """Let imports find `folder` first, and `hidden` there, though this library is loaded."""
    ours = _remove_modules(hidden)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        if str(folder) in sys.path:  # unless the file has changed the path itself
            sys.path.remove(str(folder))
        _remove_modules(hidden)
        sys.modules.update(ours)


def _remove_modules(packages: list[str]) -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] in packages]
    return {name: sys.modules.pop(name) for name in names}


def _reason(error: BaseException, path: Path, hidden: list[str]) -> str:
    """What happened, in which line, and what to do where that is known."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename.startswith(str(path))
    ]
    where = f" (line {lines[-1]})" if lines else ""
    text = f"{type(error).__name__}: {error}".removesuffix(": ") + where
    if isinstance(error, SystemExit):
        return f'{text}; put what must not run on import under if __name__ == "__main__":'
    if isinstance(error, ImportError) and hidden:
        beside = " and ".join(hidden)
        return f"{text}; {beside} beside this file hides the package of that name of handgrad"
    return text


def with_own_layers(net: Sequential, path: Path, rng: Rng = None) -> Sequential:
    """The same net with the classes of a file in place of the layers of the same name.

    A class gets what the library's would: the two sizes for FullyConnected, p for Dropout, and
    ``rng`` where its constructor takes it.

    Raises
    ------
    ValueError
        If the file has no class of the name of a layer in the net, or one does not take what the
        layer was made with.
    """
    module = load_module(path)
    names = list(dict.fromkeys(type(layer).__name__ for layer in _leaves(net)))
    found = [name for name in names if hasattr(module, name)]
    if not found:
        raise ValueError(f"{path}: expected a class with one of the names {', '.join(names)}")
    print(f"from {path}: {', '.join(found)}")
    swapped: Sequential = _swapped(net, module, path, rng)
    return swapped


def _leaves(net: Sequential) -> Iterator[Any]:
    """The layers of a net, with those of nets inside."""
    for layer in net:
        yield from _leaves(layer) if isinstance(layer, Sequential) else (layer,)


def _swapped(layer: Any, module: Any, path: Path, rng: Rng) -> Any:
    if isinstance(layer, Sequential):
        return type(layer)(*(_swapped(inner, module, path, rng) for inner in layer))
    kind = getattr(module, type(layer).__name__, None)
    if kind is None:
        return layer
    takes = inspect.signature(kind).parameters
    given = [value for _, value, by_position in arguments(layer) if by_position]
    named = {
        name: value
        for name, value, by_position in arguments(layer)
        if not by_position and name not in DRAWING
    }
    if missing := [name for name in named if name not in takes]:
        raise ValueError(
            f"{path}: expected the class {kind.__name__} to take {' and '.join(missing)}, as the "
            f"net is made with {layer!r}"
        )
    return kind(*given, **named, **({"rng": rng} if "rng" in takes else {}))
