"""Faces in a photo: detect, align, restore, mask, blend, compare."""
