"""Bytes in, bytes and a report out: decode, detect, align, restore, blend, encode."""
