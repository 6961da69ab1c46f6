"""The operator's page: `magicmemory admin page`."""
