"""Engines that run networks (torch, OpenVINO on a CPU, CUDA on a GPU), and the batcher."""
