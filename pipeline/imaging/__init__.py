"""Files and pixels: decode, encode, containers, file types, colour profiles, tiles."""
