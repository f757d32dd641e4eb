import subprocess
import sys

import pytest

from nets.shadowed import require_own_packages


def test_the_own_packages_are_found():
    require_own_packages()


@pytest.mark.parametrize("name", ["layers", "optimizers"])
def test_a_module_that_hides_a_package_is_named(tmp_path, monkeypatch, name):
    other = tmp_path / f"{name}.py"
    other.write_text("")
    monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    sentence = (
        rf"^expected `import {name}` to find the package of handgrad, got .*{name}\.py, which"
    )
    with pytest.raises(ImportError, match=sentence):
        require_own_packages()


def test_the_command_says_so(tmp_path):
    (tmp_path / "layers.py").write_text("")
    command = [sys.executable, "-m", "nets", "check", "layers.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode
    assert done.stderr.endswith("rename it, or run the command handgrad, or Python elsewhere\n")
