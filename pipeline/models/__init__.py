"""Networks, one file each: the architecture, the facts of its checkpoint, and how to build it."""
