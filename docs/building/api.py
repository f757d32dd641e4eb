"""A page for every public name, and one for every package with a table of its names."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from docutils import nodes

from docs.building.files import fill
from docs.building.formulas import FORMULAS, LETTERS, NOTES, aligned
from docs.building.names import Name, names, of, packages

DIRECTIVES = {True: "autoclass", False: "autofunction"}


def write(app: Any) -> None:
    """Write the pages into the source of the site, under ``api``."""
    pages = {f"{name.package}/{name.name}.rst": page(name) for name in names()}
    pages |= {f"{module.__name__}/index.rst": index(module) for module in packages()}
    pages["index.rst"] = contents()
    texts = {path: text.encode() for path, text in pages.items()}
    fill(Path(app.srcdir) / "api", texts)


def page(name: Name) -> str:
    """The page of one name."""
    parts = [heading(name.name), f".. currentmodule:: {name.package}"]
    if callable(name.value) or inspect.isclass(name.value):
        directive = DIRECTIVES[inspect.isclass(name.value)]
        members = "\n   :members:\n   :show-inheritance:" if inspect.isclass(name.value) else ""
        parts += [f".. {directive}:: {name.path}{members}"]
    else:
        kind = type(name.value).__name__
        parts += [f".. py:data:: {name.name}\n\n   A `{kind}`, ready to use."]
    return "\n\n".join(parts) + "\n"


def index(module: ModuleType) -> str:
    """The page of one package: what it is, and its names, by kind if they are in rooms."""
    listed = of(module)
    kinds: dict[str, list[Name]] = {}
    for name in listed:
        kinds.setdefault(_kind(name) if module.__name__ == "layers" else "", []).append(name)
    parts = [heading(module.__name__), inspect.getdoc(module) or ""]
    for kind, rows in sorted(kinds.items()):
        if kind:
            about = inspect.getdoc(importlib.import_module(f"layers.{kind}")) or ""
            parts += [heading(kind.capitalize(), "-"), about.split("\n\n")[0]]
        parts += [table((f":py:obj:`{row.name} <{row.path}>`", row.summary) for row in rows)]
    at_home = [name for name in listed if name.package == module.__name__]
    pages = [f"{name.name} <{name.name}>" for name in at_home]
    return "\n\n".join([*parts, toctree(pages)]) + "\n"


def _kind(name: Name) -> str:
    """The folder (or file) of `layers` in which a name is defined."""
    room: str = name.value.__module__.split(".")[1]
    return room


def contents() -> str:
    """The page that leads to the packages."""
    rows = [
        (f":doc:`{m.__name__} <{m.__name__}/index>`", (inspect.getdoc(m) or "").split("\n\n")[0])
        for m in packages()
    ]
    pages = [f"{module.__name__} <{module.__name__}/index>" for module in packages()]
    about = (
        "What one imports, each name on a page of its own. The code of all of it is on this site: "
        "follow *source* beside a signature."
    )
    return "\n\n".join([heading("Reference"), about, table(rows), toctree(pages)])


def heading(title: str, line: str = "=") -> str:
    """A title in reStructuredText."""
    return f"{title}\n{line * len(title)}"


def toctree(pages: list[str]) -> str:
    """The pages below this one, for the contents at the side."""
    return "\n".join([".. toctree::", "   :hidden:", "", *(f"   {page}" for page in pages)])


def table(rows: Iterable[tuple[str, str]]) -> str:
    """A table of names and of what they are."""
    lines = [".. list-table::", "   :widths: auto", "   :class: names", ""]
    for left, right in rows:
        lines += [f"   * - {left}", f"     - {escaped(' '.join(right.split()))}"]
    return "\n".join(lines)


def escaped(text: str) -> str:
    """Text of a docstring, in which a bar is the size of a number."""
    return text.replace("|", r"\|")


def docstring(app: Any, what: str, path: str, value: Any, options: Any, lines: list[str]) -> None:
    """Put the formulas of a name after the first paragraph of its docstring."""
    literal = False
    for number, line in enumerate(lines):
        indented = line.startswith((" ", "\t"))
        literal = literal and (indented or not line)
        if not literal and not line.lstrip().startswith(">>>"):
            lines[number] = escaped(line)
        literal = literal or line.endswith("::")
    if path in FORMULAS:
        end = lines.index("") if "" in lines else len(lines)
        lines[end:end] = ["", *formulas(path)]


def formulas(path: str) -> Iterator[str]:
    """The lines that show the formulas of a name, and what their letters mean."""
    yield from (".. math::", "", f"   {aligned(FORMULAS[path])}", "")
    letters = [f":math:`{letter}` is ``{name}``" for letter, name in LETTERS.get(path, {}).items()]
    said = [f"{', '.join(letters)}." if letters else "", NOTES.get(path, "")]
    if any(said):
        yield from (".. rst-class:: letters", "", " ".join(filter(None, said)), "")


def signature(
    app: Any, what: str, path: str, value: Any, options: Any, arguments: str, returns: str
) -> tuple[str, str] | None:
    """How a class is called: as its constructor says, which its ``__new__`` may hide."""
    if what != "class":
        return None
    parameters = list(inspect.signature(value.__init__).parameters.values())[1:]
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters]
    return str(inspect.Signature(bare)), ""


def resolve(app: Any, env: Any, node: Any, contnode: Any) -> Any:
    """A name that a docstring mentions, wherever it is documented; private ones stay plain."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"].lstrip("~.").removesuffix("()")
    objects = env.domains["py"].objects
    found = sorted((path for path in objects if path.endswith(f".{target}")), key=len)
    home = {name.name: name.path for name in names()}
    path = home.get(target.rsplit(".")[-1]) or (found[0] if "." in target and found else None)
    if path not in objects:
        return None
    document = objects[path].docname
    uri = app.builder.get_relative_uri(node["refdoc"], document)
    link = nodes.reference("", "", contnode, internal=True)
    link["refuri"] = f"{uri}#{objects[path].node_id}"
    return link


def backlinks(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Links from a file of the source to the names in it, which may be at home elsewhere."""
    if page.startswith("_modules/"):
        link = re.compile(r"(api/([\w.]+)/(\w+)\.html)#[\w.]*\.\3\b")
        context["body"] = link.sub(r"\1#\2.\3", context["body"])


def setup(app: Any) -> dict[str, bool]:
    """Write the pages before Sphinx looks for them."""
    app.connect("builder-inited", write)
    app.connect("autodoc-process-docstring", docstring, priority=400)  # napoleon has 500
    app.connect("autodoc-process-signature", signature)
    app.connect("missing-reference", resolve)
    app.connect("html-page-context", backlinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
