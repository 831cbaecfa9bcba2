import ast
import subprocess
import sys
from pathlib import Path

import newswire.sandbox

FOLDER = Path(newswire.sandbox.__file__).parent


def test_the_sandbox_uses_nothing_else_of_newswire() -> None:
    for file in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            others = [name for name in names if name.split(".")[0].startswith("newswire")]
            assert all(name.startswith("newswire.sandbox") for name in others), file


def test_the_sandbox_needs_no_client_library() -> None:
    script = "import sys, newswire.sandbox; print(*{'telegram', 'mastodon', 'httpx', 'requests'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_every_file_is_short() -> None:
    assert max(len(file.read_text().splitlines()) for file in FOLDER.rglob("*.py")) <= 400
