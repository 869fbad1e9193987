"""Photos that are in a data set twice, by content, and splits that keep them together."""

import hashlib

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

NEAR_IDENTICAL = 0.985
"""Correlation of two 32x32 grey thumbnails above which two files show one photo."""

THUMBNAIL_SIDE = 32


def thumbnail_of(chip: NDArray[np.uint8]) -> NDArray[np.float32]:
    """32x32 grey, flattened, zero mean, unit norm: the product of two is their correlation."""
    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY).astype(np.float32)
    small = cv2.resize(grey, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), interpolation=cv2.INTER_AREA).ravel()
    small -= small.mean()
    return small / max(float(np.linalg.norm(small)), 1e-6)


def near_identical_pairs(thumbnails: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Index pairs of thumbnails, (n, pixels) with zero mean and unit norm, that correlate above the bound."""
    pairs = []
    block = 2048
    for start in range(0, len(thumbnails), block):
        rows = thumbnails[start : start + block]
        # float32 products differ between machines in the last digits: candidates are confirmed in float64.
        candidates = np.argwhere(rows @ thumbnails[start:].T > NEAR_IDENTICAL - 1e-3) + start
        for i, j in candidates[candidates[:, 0] < candidates[:, 1]]:
            if thumbnails[i].astype(np.float64) @ thumbnails[j].astype(np.float64) > NEAR_IDENTICAL:
                pairs.append((int(i), int(j)))
    return pairs


def group_photos(digests: list[str], pairs: list[tuple[int, int]]) -> list[str]:
    """Names each photo's group, which is the smallest digest among all photos linked to it by pairs."""
    count = len(digests)
    rows, columns = np.array(pairs, dtype=int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    _, components = connected_components(graph, directed=False)
    smallest: dict[int, str] = {}
    for digest, component in zip(digests, components, strict=True):
        smallest[component] = min(digest, smallest.get(component, digest))
    return [smallest[component] for component in components]


def split_of(group: str) -> str:
    """80 % train, 10 % validation, 10 % test, fixed by the content of the group's photos alone."""
    bucket = int(hashlib.sha256(group.encode()).hexdigest(), 16) % 10
    return {8: "validation", 9: "test"}.get(bucket, "train")


def held_back(name: str, one_in: int) -> bool:
    """Whether a photo of a published train part is kept for tuning: one in so many, fixed by its name alone."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % one_in == 0
