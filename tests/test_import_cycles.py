"""No two modules import each other, directly or through others, not even for types or inside a function."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]


def module_files() -> dict[str, Path]:
    """All modules of the package by name."""
    rooms = ("bots", "cli", "core", "pipeline", "queue", "storage")
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py")]
    return {_name(file): file for file in files}


def _name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(("magicmemory", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def imports_of(source: str, package: str, modules: Mapping[str, object]) -> Iterator[str]:
    """The modules that a module's source imports anywhere: at its top, under TYPE_CHECKING or inside a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            names = [(base, alias.name) for alias in node.names]
        else:
            continue
        for base, name in names:
            for candidate in (f"{base}.{name}", base):
                if candidate in modules:
                    yield candidate
                    break


def import_graph() -> dict[str, set[str]]:
    """The imports of each module. A package's `__init__` counts only if it is imported by name."""
    files = module_files()
    graph = {}
    for name, file in files.items():
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        graph[name] = set(imports_of(file.read_text(), package, files)) - {name}
    return graph


def cycles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of modules that reach each other (strongly connected components of two and more, after Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1:
                found.append(sorted(group))

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return found


def test_there_is_no_import_cycle() -> None:
    graph = import_graph()
    assert len(graph) > 100
    assert cycles(graph) == []


def test_cycle_is_found_in_any_kind_of_import() -> None:
    modules = {
        "magicmemory.bots.x.one": "from magicmemory.bots.x.two import Two",
        "magicmemory.bots.x.two": "if TYPE_CHECKING:\n    from magicmemory.bots.x import three",
        "magicmemory.bots.x.three": "def late():\n    from .one import One\n    import magicmemory.bots.x.four",
        "magicmemory.bots.x.four": "import asyncio",
    }
    package = "magicmemory.bots.x"
    graph = {name: set(imports_of(source, package, modules)) for name, source in modules.items()}
    assert cycles(graph) == [[f"{package}.one", f"{package}.three", f"{package}.two"]]
