"""Networks through plain torch on a CPU or a GPU, for machines and networks that no other engine runs."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.pipeline.engines.base import OnBatch, Runner, ignore_batch, use_deterministic_cudnn
from magicmemory.pipeline.engines.batcher import ONE_BY_ONE, Batching, OutOfMemory


class TorchEngine:
    """Plain torch on a CPU or a GPU, in full precision."""

    def __init__(self, device: str) -> None:
        self.name = f"torch on {device}"
        self.version = f"torch {torch.__version__} {device}"
        self.device = device
        self.batching = ONE_BY_ONE if device == "cpu" else Batching(largest=8, wait_s=0.004)
        self.on_batch: OnBatch = ignore_batch
        use_deterministic_cudnn()

    def compile(
        self,
        network: nn.Module,
        example: tuple[Tensor, ...],
        name: str,
        *,
        supports_half: bool = False,
        any_size: bool = False,
        many_calls: bool = False,
    ) -> Runner:
        """See `Engine`. The network itself is moved and kept."""
        del example, name, supports_half, any_size, many_calls  # used by engines that convert or capture
        network = network.eval().requires_grad_(False).to(self.device)

        def run(*inputs: NDArray[Any]) -> NDArray[np.float32]:
            with torch.inference_mode():
                try:
                    tensors = [torch.from_numpy(np.ascontiguousarray(x)).to(self.device) for x in inputs]
                    result: NDArray[np.float32] = network(*tensors).float().cpu().numpy()
                except torch.OutOfMemoryError as error:
                    raise OutOfMemory(str(error)) from error
                return result

        return run
