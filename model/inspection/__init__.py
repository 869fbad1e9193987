"""Inspects estimates: quality warnings, occlusion maps, and changes made to the photo."""
