"""Small data sets in the layouts of the real ones, which the tests make for themselves."""

from pathlib import Path

import cv2
import numpy as np


def random_chip(rng: np.random.Generator) -> np.ndarray:
    """A smooth random picture, unlike every other one."""
    small = rng.integers(0, 256, (12, 12, 3), dtype=np.uint8)
    return cv2.resize(small, (200, 200), interpolation=cv2.INTER_CUBIC)


def write_jpeg(path: Path, image: np.ndarray, quality: int = 95) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())


def write_utkface(folder: Path, count: int, seed: int = 0) -> Path:
    """A folder of `count` random pictures under UTKFace's kind of names."""
    rng = np.random.default_rng(seed)
    for i in range(count):
        name = f"{rng.integers(0, 117)}_{rng.integers(2)}_{rng.integers(5)}_2017011617{i:07d}.jpg.chip.jpg"
        write_jpeg(folder / name, random_chip(rng))
    return folder


def write_fairface(folder: Path, images: list[np.ndarray], ages: list[str]) -> Path:
    """FairFace's layout: every fourth photo is in val."""
    lines: dict[str, list[str]] = {"train": [], "val": []}
    for i, (image, age) in enumerate(zip(images, ages, strict=True)):
        part = "val" if i % 4 == 3 else "train"
        file = f"{part}/{len(lines[part]) + 1}.jpg"
        write_jpeg(folder / file, image)
        lines[part].append(f"{file},{age},{('Male', 'Female')[i % 2]},{('East Asian', 'Black')[i % 2]},False")
    for part, rows in lines.items():
        text = "\n".join(["file,age,gender,race,service_test", *rows]) + "\n"
        (folder / f"fairface_label_{part}.csv").write_text(text)
    return folder


def write_appa_real(folder: Path, images: list[np.ndarray], ages: list[int], genders: bool = False) -> Path:
    """APPA-REAL's layout, the photos dealt out to train, valid and test in turn."""
    parts = ("train", "valid", "test")
    for start, part in enumerate(parts):
        means, categories = ["file_name,num_ratings,apparent_age_avg,apparent_age_std,real_age"], ["file,gender,race"]
        for i in range(start, len(images), 3):
            name = f"{i:06d}.jpg"
            write_jpeg(folder / part / name, np.zeros((40, 40, 3), np.uint8))
            write_jpeg(folder / part / f"{name}_face.jpg", images[i])
            means.append(f"{name},38,{ages[i] + 1.5},4.1,{ages[i]}")
            categories.append(f"{name},{('male', 'female')[i % 2]},asian")
        (folder / f"gt_avg_{part}.csv").write_text("\n".join(means) + "\n")
        if genders:
            extra = folder / "allcategories_trainvalidtest_split" / f"allcategories_{part}.csv"
            extra.parent.mkdir(exist_ok=True)
            extra.write_text("\n".join(categories) + "\n")
    return folder


def write_afad(folder: Path, images: list[np.ndarray], ages: list[int]) -> Path:
    """AFAD's layout: two files a number, men and women in turn."""
    for i, (image, age) in enumerate(zip(images, ages, strict=True)):
        write_jpeg(folder / str(age) / ("111", "112")[i % 2] / f"{600000 + i // 2}-{i % 2}.jpg", image)
    (folder / "AFAD-Full.txt").write_text("a list that is not read\n")
    return folder


def keep_chips(folder: Path, cache: Path) -> None:
    """Puts every picture of a data set where its chip is kept, as if its face had been cut out before."""
    for path in folder.rglob("*.jpg"):
        chip = (cache / path.relative_to(folder)).with_suffix(".jpg")
        chip.parent.mkdir(parents=True, exist_ok=True)
        chip.write_bytes(path.read_bytes())
