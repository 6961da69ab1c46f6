"""Times facexlib's pasting of restored faces, without its parsing network.

The peer's own Python runs it, as `python peer_paste.py DIR FILE`. DIR holds the peer's `gfpganer.py`, whose import puts
old packages right. FILE is an `.npz` with the photo (`[height, width, 3]` BGR), one restored face (`[512, 512, 3]` BGR)
and each face's matrix from the photo to its crop (`[n, 2, 3]`). Prints the seconds.
"""

import contextlib
import importlib
import io
import sys
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch


def main() -> None:
    """See the module."""
    sys.path.insert(0, sys.argv[1])
    with contextlib.redirect_stdout(io.StringIO()):
        importlib.import_module("gfpganer")
        module: Any = importlib.import_module("facexlib.utils.face_restoration_helper")
    # The network is what is left out: every pixel is skin, at once.
    logits = torch.zeros(1, 19, 512, 512)
    logits[:, 1] = 1
    module.init_detection_model = lambda *_, **__: SimpleNamespace()
    module.init_parsing_model = lambda *_, **__: lambda _: (logits, None)
    given = np.load(sys.argv[2])
    helper = module.FaceRestoreHelper(1, face_size=512, use_parse=True, device=torch.device("cpu"))
    helper.read_image(given["photo"])
    helper.affine_matrices = list(given["matrices"])
    helper.restored_faces = [given["face"]] * len(given["matrices"])
    helper.get_inverse_affine(None)
    began = time.perf_counter()
    helper.paste_faces_to_input_image()
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
