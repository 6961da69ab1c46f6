"""The bundled models, converted for the CPU once in a test run.

Converting them takes ten seconds of processor time, and dozens of tests would each do it for a data folder of their
own. Tests start as on a machine where the service ran before.
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from filelock import FileLock

from magicmemory.core.settings import PREFIX

# A folder for all processes of a test run; `conftest.py` sets it.
shared: Path | None = None

_PROGRAM = """
from pathlib import Path
from magicmemory.core.settings import Settings
from magicmemory.pipeline.pipeline import Pipeline
Pipeline.of(Settings(_env_file=None, data_dir=Path({!r}))).warm_up()
"""


@cache
def converted_models() -> Path:
    """The folder with the converted models. The first process of the test run that asks converts them."""
    assert shared is not None
    done, data = shared / "converted", shared / "converting"
    with FileLock(shared / "converted.lock"):
        if not done.exists():
            environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
            program = _PROGRAM.format(str(data))
            subprocess.run([sys.executable, "-W", "ignore", "-P", "-c", program], env=environment, check=True)
            (data / "cache").mkdir(exist_ok=True)  # an engine without conversion leaves none
            data.rename(done)
    return done / "cache"


def add_converted_models(data_dir: Path) -> None:
    """Put the converted models into a data folder, which is made when needed."""
    shutil.copytree(converted_models(), data_dir / "cache", copy_function=os.link)
