import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest

from model.face import Face
from model.video.tracking import MAX_UNSEEN, Track, Tracker, match

STEP = 1 / 15  # seconds between frames


def face(x: float, y: float = 100, age: float = 30.0, female: float = 0.8, size: float = 80) -> Face:
    landmarks = tuple(
        (x + dx * size, y + dy * size) for dx, dy in ((0.3, 0.3), (0.7, 0.3), (0.5, 0.5), (0.3, 0.8), (0.7, 0.8))
    )
    gender, probability = ("female", female) if female >= 0.5 else ("male", 1 - female)
    box = round(x), round(y), round(size), round(size)
    return Face(box, landmarks, 0.99, age, age - 6, age + 6, gender, probability)  # type: ignore[arg-type]


def follow(frames: list[list[Face]], step: float = STEP) -> list[list[Track]]:
    """What a tracker shows after each frame."""
    tracker = Tracker()
    return [tracker.update(faces, 100 + i * step) for i, faces in enumerate(frames)]


def test_face_keeps_its_number_while_it_moves() -> None:
    shown = follow([[face(100 + 8 * i, 100 + 3 * i)] for i in range(30)])
    assert [[track.number for track in tracks] for tracks in shown[1:]] == [[1]] * 29


def test_box_and_landmarks_stay_close_to_a_moving_face() -> None:
    frames = [[face(100 + 10 * i)] for i in range(30)]
    last = follow(frames)[-1][0].face
    np.testing.assert_allclose(last.box, frames[-1][0].box, atol=4)
    np.testing.assert_allclose(last.landmarks, frames[-1][0].landmarks, atol=4)


def test_box_of_a_still_face_jitters_less_than_the_detections() -> None:
    rng = np.random.default_rng(0)
    frames = [[face(100 + rng.normal(0, 3), 100 + rng.normal(0, 3))] for _ in range(100)]
    detected = np.array([faces[0].box[:2] for faces in frames[20:]])
    shown = np.array([tracks[0].face.box[:2] for tracks in follow(frames)[20:]])
    assert np.abs(np.diff(shown, axis=0)).mean() < 0.7 * np.abs(np.diff(detected, axis=0)).mean()


def test_label_does_not_flicker() -> None:
    rng = np.random.default_rng(1)
    odds = rng.normal(0.3, 1, 200)
    frames = [
        [face(100, age=34.5 + noise, female=1 / (1 + np.exp(-odd)))]
        for noise, odd in zip(rng.normal(0, 2, 200), odds, strict=True)
    ]
    settled = [tracks[0].face for tracks in follow(frames)[30:]]
    raw = [faces[0] for faces in frames[30:]]
    assert _changes([(round(f.age), f.gender) for f in raw]) > 100
    assert _changes([(round(f.age), f.gender) for f in settled]) <= 5
    assert np.mean([f.age for f in settled]) == pytest.approx(34.5, abs=1)


def test_first_estimates_count_fully_and_lasting_changes_show() -> None:
    shown = follow([[face(100, age=20)]] * 20 + [[face(100, age=60, female=0.1)]] * 60)
    assert shown[1][0].face.age == 20
    last = shown[-1][0].face
    assert last.age == pytest.approx(60, abs=2)
    assert last.age_low == pytest.approx(last.age - 6)
    assert last.gender == "male"
    assert last.gender_probability == pytest.approx(0.9, abs=0.05)


def test_face_seen_in_only_one_frame_is_not_shown() -> None:
    numbers = [
        [track.number for track in tracks] for tracks in follow([[face(100), face(400)], [face(100)], [face(100)]])
    ]
    assert numbers == [[], [1], [1]]


def test_track_survives_a_few_missed_frames_and_then_ends() -> None:
    missed = round(0.5 * MAX_UNSEEN / STEP)
    shown = follow([[face(100)]] * 10 + [[]] * missed + [[face(102)]])
    assert [track.number for track in shown[-2]] == [1]
    assert [track.number for track in shown[-1]] == [1]
    shown = follow([[face(100)]] * 10 + [[]] * round(1.5 * MAX_UNSEEN / STEP) + [[face(100)]] * 2)
    assert shown[-3] == []
    assert [track.number for track in shown[-1]] == [2]


def test_crossing_faces_keep_their_numbers_and_ages() -> None:
    def at(i: int) -> list[Face]:
        left, right = face(100 + 12 * i, 100, age=20), face(460 - 12 * i, 110, age=60)
        # While one covers the other, a detector finds only the one in front.
        return [left] if abs(left.box[0] - right.box[0]) < 24 else [right, left]

    frames = [at(i) for i in range(31)]
    assert any(len(faces) == 1 for faces in frames)
    young, old = sorted(follow(frames)[-1], key=lambda track: track.face.age)
    assert young.face.box[0] > old.face.box[0]
    assert young.face.age == pytest.approx(20, abs=3)
    assert old.face.age == pytest.approx(60, abs=3)
    assert {young.number, old.number} == {1, 2}


@pytest.mark.parametrize("ages", [(20.0, 60.0), (60.0, 20.0)])
def test_face_in_front_keeps_its_number_where_it_hides_the_other(ages: tuple[float, float]) -> None:
    behind, front = ages

    def at(i: int) -> list[Face]:
        one, other = face(100 + 30 * i, age=behind), face(400 - 30 * i, age=front)
        # For a moment the two look like one, nearer to where the hidden face should be.
        return [face(one.box[0], age=front)] if i == 5 else [other, one]

    tracker, seen = Tracker(), []
    for i in range(11):
        tracker.update(at(i), i / 5)
        seen.append({at(i)[index].age: number for number, index in tracker.sighted.items()})
    assert seen[5] == {front: seen[4][front]}
    assert seen[10] == seen[4]


def test_faces_side_by_side_stay_apart() -> None:
    shown = follow([[face(100, age=20), face(185, age=60)][:: (-1) ** i] for i in range(10)])
    for tracks in shown[1:]:
        assert [round(track.face.age) for track in tracks] == [20, 60]


def test_moving_face_is_followed_at_one_frame_a_second() -> None:
    shown = follow([[face(100 + 70 * i)] for i in range(5)], step=1.0)
    assert [[track.number for track in tracks] for tracks in shown[1:]] == [[1]] * 4


def test_tracker_starts_and_continues_without_faces() -> None:
    assert follow([[], [], [face(100)], [face(100)], []])[3][0].number == 1


def test_boxes_are_matched_by_overlap_one_to_one() -> None:
    tracks = np.array([[0, 0, 10, 10], [100, 0, 110, 10], [5, 0, 15, 10.0]])
    detections = np.array([[101, 0, 111, 10], [4, 0, 14, 10], [300, 0, 310, 10.0]])
    assert match(tracks, detections, np.ones(3), np.ones((3, 3))) == {1: 0, 2: 1}


def test_boxes_apart_are_matched_within_the_tolerance() -> None:
    track, detection = np.array([[0, 0, 10, 10.0]]), np.array([[12, 0, 22, 10.0]])
    assert match(track, detection, np.ones(1), np.ones((1, 1))) == {}
    assert match(track, detection, np.full(1, 2.0), np.ones((1, 1))) == {0: 0}


def test_warning_of_one_frame_is_not_shown_and_a_lasting_one_is() -> None:
    blurred = dataclasses.replace(face(100), warnings=("blurred",))
    shown = follow([[face(100)]] * 5 + [[blurred]] + [[face(100)]] * 5 + [[blurred]] * 60 + [[face(100)]] * 60)
    assert [tracks[0].face.warnings for tracks in shown[1:12]] == [()] * 11
    assert shown[70][0].face.warnings == ("blurred",)
    assert shown[-1][0].face.warnings == ()


def _changes(labels: list[Any]) -> int:
    return sum(a != b for a, b in itertools.pairwise(labels))
