"""Networks, a file each: the architecture, what is known of its checkpoint, and how it is built."""
