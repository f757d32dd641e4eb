"""JupyterLab in headless Chromium: all cells run, and what they show can be seen."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import nbformat
import pytest

from tests.notebooks.executing import from_source

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
BOOK = """# %% [markdown]
# A formula: $$\\sigma(z) = \\frac{1}{1 + e^{-z}}$$

# %%
import numpy as np
from layers import FullyConnected, ReLU, SoftmaxCE, gradcheck
from nets import Sequential, datasets, fit
from optimizers import Adam

net = Sequential(FullyConnected(64, 16, rng=0), ReLU(), FullyConnected(16, 10, rng=1))
net.summary()

# %%
data = datasets.digits()
history = fit(net, SoftmaxCE(), Adam(0.01), data.x_train, data.y_train, epochs=3, batch_size=64)

# %%
history.plot()

# %%
class Cube:
    params = {}

    def forward(self, x):
        self.x = x
        return x**3

    def backward(self, dout):
        return 3 * self.x * dout, {}

gradcheck(Cube(), np.array([[1.0, -2.0, 3.0]]))
"""


@pytest.fixture
def lab(tmp_path):
    """The address of a JupyterLab that serves a folder with one notebook."""
    pytest.importorskip(
        "jupyterlab", reason='JupyterLab is missing: pip install "handgrad[browser]"'
    )
    (tmp_path / "book.py").write_text(BOOK)
    nbformat.write(from_source(tmp_path / "book.py"), tmp_path / "book.ipynb")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = [f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=secret"]
    flags += ["--no-browser", "--allow-root", f"--ServerApp.root_dir={tmp_path}"]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *flags],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api/status?token=secret")
        yield f"{address}/lab/tree/book.ipynb?token=secret"
    finally:
        server.terminate()
        server.wait()


def wait_for(address, seconds=60):
    until = time.monotonic() + seconds
    while not answers(address):
        assert time.monotonic() < until, f"nobody answers at {address}"
        time.sleep(0.1)


def answers(address):
    try:
        with urllib.request.urlopen(address):
            return True
    except OSError:
        return False


@pytest.fixture
def page(tmp_path):
    reason = 'Playwright is missing: pip install "handgrad[browser]"'
    playwright = pytest.importorskip("playwright.sync_api", reason=reason)
    if not CHROMIUM:
        pytest.skip("there is no chromium on the PATH")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 2000})
        page.set_default_timeout(60_000)
        yield page
        if "HANDGRAD_SCREENSHOTS" in os.environ:
            page.screenshot(path=Path(os.environ["HANDGRAD_SCREENSHOTS"]) / "jupyterlab.png")
        browser.close()


def test_a_notebook_runs_and_shows_what_there_is_to_see(lab, page):
    page.goto(lab)
    page.get_by_text("(ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    output = page.locator(".jp-OutputArea-output")
    output.get_by_text("gradient check of Cube").wait_for()
    assert output.get_by_text("1,210 parameters").is_visible()
    assert output.get_by_text(re.compile(r"epoch 3/3 · 100%")).is_visible()
    assert output.locator("img").is_visible()
    assert output.locator("svg rect").first.is_visible()
    assert page.locator("mjx-container").first.is_visible()
    assert not page.locator("[data-mime-type*=error]").count()
