"""What runs a network: torch, OpenVINO on a CPU, CUDA on a GPU; and what batches faces for it."""
