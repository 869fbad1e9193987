"""Compare two faces: which one looks older, by how much, and whether that is more than chance."""
