"""Finds faces with MTCNN."""
