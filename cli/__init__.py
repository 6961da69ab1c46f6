"""The `magicmemory` command."""
