"""What a process imports when it starts: nothing that takes long and is not needed."""

import ast
import subprocess
import sys

import pytest

from tests.test_import_cycles import module_files

BOTS = [
    "magicmemory.bots.service",
    "magicmemory.bots.playground.server",
    "magicmemory.bots.telegram",
    "magicmemory.bots.discord",
    "magicmemory.queue.delivery",
    "magicmemory.cli.health",
    "magicmemory.storage.database",
]
WORKERS_PACKAGES = {"torch", "cv2", "numpy", "openvino", "joblib", "lz4", "mtcnn", "safetensors"}
# Each takes a process 30 to 200 ms of processor time.
LATE = {"alembic", "av", "babel", "fluent", "mako", "markdown_it", "sqlalchemy.dialects.postgresql"}
START = f"""
import sys
for name in {WORKERS_PACKAGES}: sys.modules[name] = None
import {", ".join(BOTS)}
assert "magicmemory.pipeline" not in sys.modules
early = {LATE} & set(sys.modules)
assert not early, early
import magicmemory.cli.main
"""


@pytest.mark.processes
def test_bots_and_the_command_start_without_the_pipeline_and_its_packages() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-P", "-c", START], check=True)


def test_a_worker_starts_without_packages_for_rare_work() -> None:
    """The imports are read and not run, because importing torch takes two seconds."""
    imported = imported_at_start("magicmemory.cli.worker", "magicmemory.cli.health")
    assert {"torch", "redis", "magicmemory.pipeline.models.registry"} <= imported
    assert not {"alembic", "fluent", "httpx", "onnx", "pypdfium2", "rich"} & imported


def imported_at_start(*modules: str) -> set[str]:
    """Our modules and other packages that are imported with `modules`, also through one another."""
    files, found, waiting = module_files(), set[str](), [*modules]
    while waiting:
        name = waiting.pop()
        if name in files and name not in found:
            tree = _AtStart().visit(ast.parse(files[name].read_text()))
            waiting += [other for node in ast.walk(tree) for other in _imported(node)]
        found.add(name)
    return found | {name.partition(".")[0] for name in found}


class _AtStart(ast.NodeTransformer):
    """Leaves what runs when a module is imported."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        del node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        del node

    def visit_If(self, node: ast.If) -> ast.If | None:
        return None if ast.unparse(node.test) == "TYPE_CHECKING" else node


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def test_only_what_runs_at_the_start_counts() -> None:
    start = "import a\nif TYPE_CHECKING:\n    import b\n"
    source = f"{start}try:\n    from c import d\nfinally:\n    def f():\n        import g"
    tree = _AtStart().visit(ast.parse(source))
    assert [name for node in ast.walk(tree) for name in _imported(node)] == ["a", "c", "c.d"]
