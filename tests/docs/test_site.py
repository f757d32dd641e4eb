"""The site is built without a warning and without a network, and hangs together."""

import doctest
import importlib
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from docs.building.formulas import FORMULAS
from docs.building.names import names, packages

for needed in ("sphinx", "myst_nb", "furo"):
    pytest.importorskip(needed, reason="the site: pip install handgrad[docs]")

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_the_site = pytest.mark.slow  # building it takes 20 seconds
OFFLINE = """
import socket, sys
def refuse(*_): raise OSError("the site is built without a network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from sphinx.cmd.build import main
sys.exit(main(sys.argv[1:]))
"""
NAMES = names()


class Page(HTMLParser):
    """The ids of a page, the addresses it links to, and those it cannot be seen without."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.needed, self.alts = set(), [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.ids.add(values.get("id"))
        if tag == "img":
            self.alts.append(values.get("alt") or "")
        if tag == "a":
            self.links.append(values.get("href") or "")
        else:
            self.needed += [values[name] for name in ("src", "href") if values.get(name)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site."""
    out = tmp_path_factory.mktemp("site") / "html"
    command = [sys.executable, "-c", OFFLINE, "-q", "-W", "--keep-going", "docs", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return out


@pytest.fixture(scope="module")
def pages(site):
    """All pages, by their paths from the root of the site."""
    return {path.relative_to(site).as_posix(): Page(path) for path in site.rglob("*.html")}


def local(page, address):
    """The page and the id that an address on a page leads to, or None if it leaves the site."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    path = os.path.normpath(os.path.join(os.path.dirname(page), unquote(parts.path)))
    return (path if parts.path else page), unquote(parts.fragment)


@needs_the_site
def test_every_public_name_has_a_page_with_its_formulas(site):
    for name in NAMES:
        text = (site / f"{name.page}.html").read_text(encoding="utf-8")
        assert f'id="{name.path}"' in text
        assert ("<math" in text) >= (name.path in FORMULAS), f"{name.path} shows no formula"


@needs_the_site
def test_the_page_of_a_package_names_all_of_its_names(pages):
    for package in packages():
        page = f"api/{package.__name__}/index.html"
        targets = {local(page, link)[1] for link in pages[page].links if local(page, link)}
        listed = {id(getattr(package, name)) for name in package.__all__}
        assert {name.path for name in NAMES if id(name.value) in listed} <= targets


def test_no_two_pages_differ_only_in_capitals():
    lower = [name.page.lower() for name in NAMES]
    assert len(set(lower)) == len(lower)


@needs_the_site
def test_links_lead_somewhere(site, pages):
    broken = []
    for page, content in pages.items():
        for address in content.links + content.needed:
            target = local(page, address)
            if target and not address.startswith(("data:", "mailto:")):
                path, fragment = target
                found = (site / path).exists()
                there = not fragment or path not in pages or fragment in pages[path].ids
                broken += [] if found and there else [f"{page}: {address}"]
    assert broken == []


@needs_the_site
def test_pictures_are_described(pages):
    nothing = re.compile(r"(\S*\.(png|svg))?")
    bare = [page for page, content in pages.items() if any(map(nothing.fullmatch, content.alts))]
    assert bare == []


@needs_the_site
def test_every_page_is_reached_from_the_first(pages):
    reached, new = set(), {"index.html"}
    while new:
        reached |= new
        links = {local(page, link) for page in new for link in pages[page].links}
        new = {target[0] for target in links if target and target[0] in pages} - reached
    assert set(pages) - reached - {"genindex.html", "search.html", "_modules/index.html"} == set()


@needs_the_site
def test_nothing_is_fetched_from_elsewhere(site, pages):
    remote = re.compile(r"^(https?:)?//")
    needed = {
        page: [a for a in content.needed if remote.match(a)] for page, content in pages.items()
    }
    assert {page: found for page, found in needed.items() if found} == {}
    sheets = [
        path for path in site.rglob("*.css") if re.search(r"url\(\W?(https?:)?//", path.read_text())
    ]
    assert sheets == []


@needs_the_site
def test_the_notebooks_show_what_they_were_committed_with(site):
    text = (site / "notebooks" / "05-gradient-checking.html").read_text(encoding="utf-8")
    assert "gradient check of SquaredError: <strong>WRONG</strong>" in text
    books = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert sorted(path.stem for path in site.glob("notebooks/[0-9]*.html")) == books


def test_layers_are_listed_by_the_folder_they_are_in():
    import layers
    from docs.building import api

    page = api.index(layers)
    kinds = re.findall(r"^(\w+)\n-+$", page, re.MULTILINE)
    folders = [path.parent.name.capitalize() for path in (ROOT / "layers").glob("*/__init__.py")]
    assert set(kinds) >= {"Activations", "Convolution", "Losses"}
    assert set(kinds) <= {*folders, "Initializers"}
    assert kinds == sorted(kinds)
    assert page.index("Losses\n") < page.index("layers.SoftmaxCE") < page.index("Regularizing\n")


def test_files_that_are_no_longer_made_are_removed(tmp_path):
    from docs.building.files import fill

    fill(tmp_path, {"a/b.md": b"1", "c.md": b"2"})
    written = (tmp_path / "c.md").stat().st_mtime_ns
    fill(tmp_path, {"c.md": b"2"})
    assert [path.name for path in tmp_path.rglob("*")] == ["c.md"]
    assert (tmp_path / "c.md").stat().st_mtime_ns == written


MODULES = sorted(path.stem for path in (ROOT / "docs" / "building").glob("[a-z]*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_examples(module):
    assert not doctest.testmod(importlib.import_module(f"docs.building.{module}")).failed


@needs_the_site
def test_a_browser_without_a_network_shows_the_formulas(site):
    reason = 'Playwright is missing: pip install "handgrad[browser]"'
    playwright = pytest.importorskip("playwright.sync_api", reason=reason)
    if not CHROMIUM:
        pytest.skip("there is no chromium on the PATH")
    with playwright.sync_playwright() as driver:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_context(offline=True).new_page()
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto((site / "api" / "layers" / "Sigmoid.html").as_uri())
        fraction, line = (page.locator(tag).first.bounding_box() for tag in ("mfrac", "p"))
        browser.close()
    assert fraction["height"] > line["height"]  # it stands above and below the bar
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
