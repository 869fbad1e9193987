"""Runs over whole videos: tables, the annotated video, interruptions, and streams."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pyarrow.parquet as pq
import pytest
from helpers.videos import SIDE, SquarePredictor, Stream, passing, scene, write_audio, write_video

from model import __main__ as command_line
from model.face import COLUMNS, Face
from model.video import run as runs
from model.video.frame import Frame
from model.video.live import live_frames
from model.video.people import PERSON_COLUMNS
from model.video.run import Outcome, Request, analyse_videos, name_of
from model.video.run_folder import VideoRunError


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "PART", 1.0)


def run(folder: Path, *sources: Path | str, predict: Any = None, **outputs: Any) -> Outcome:
    request = Request(sources, folder / "people.csv", **outputs)
    return analyse_videos(request, predict or SquarePredictor(), lambda *_: lambda _: None, lambda _: None)


def people(folder: Path) -> list[dict[str, str]]:
    with (folder / "people.csv").open(newline="") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames or ()) == PERSON_COLUMNS
        return list(reader)


def frames_of(path: Path) -> list[tuple[float, np.ndarray]]:
    with av.open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds at 10 frames a second; the face leaves after four."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_video(path, passing(5.0, leaves=0.8), sound=True)
    return path


def test_person_has_a_row_with_the_time_in_view(tmp_path: Path, clip: Path) -> None:
    outcome = run(tmp_path, clip)
    (person,) = people(tmp_path)
    assert float(person["first_second"]) == 0
    assert float(person["last_second"]) == pytest.approx(3.8, abs=0.11)
    assert int(person["frames"]) == pytest.approx(20, abs=1)
    assert float(person["age"]) == pytest.approx(44, abs=1)
    assert float(person["age_low"]) < 44 < float(person["age_high"])
    assert (outcome.videos, outcome.people, outcome.faults) == (1, 1, {})
    assert not (tmp_path / "people.csv.parts").exists()


def test_faces_of_all_frames_are_in_their_table(tmp_path: Path, clip: Path) -> None:
    run(tmp_path, clip, faces=tmp_path / "faces.parquet")
    table = pq.read_table(tmp_path / "faces.parquet")
    assert table.column_names == [*COLUMNS, "second", "person"]
    assert len(table) == int(people(tmp_path)[0]["frames"])
    assert set(table["person"].to_pylist()) == {1}


def test_annotated_video_has_every_frame_and_the_sound(tmp_path: Path, clip: Path) -> None:
    run(tmp_path, clip, annotated=tmp_path / "marked.mp4")
    original, marked = frames_of(clip), frames_of(tmp_path / "marked.mp4")
    assert [time for time, _ in marked] == pytest.approx([time for time, _ in original], abs=0.001)
    change = [float(np.abs(a.astype(int) - b).mean()) for (_, a), (_, b) in zip(original, marked, strict=True)]
    assert min(change[2:38]) > 3 * max(change[44:])
    with av.open(str(clip)) as before, av.open(str(tmp_path / "marked.mp4")) as after:
        sound = [sum(packet.size for packet in container.demux(audio=0)) for container in (before, after)]
    assert sound[0] == sound[1] > 0


def test_interrupted_run_resumes_to_the_same_results(tmp_path: Path, clip: Path) -> None:
    class Interrupted(SquarePredictor):
        def __call__(self, image: np.ndarray) -> tuple[list[Face], np.ndarray]:
            if self.seen == 17:
                raise KeyboardInterrupt
            return super().__call__(image)

    whole, parts = tmp_path / "whole", tmp_path / "parts"
    outputs = {folder: {"faces": folder / "faces.parquet", "annotated": folder / "a.mp4"} for folder in (whole, parts)}
    run(whole, clip, **outputs[whole])
    with pytest.raises(KeyboardInterrupt):
        run(parts, clip, predict=Interrupted(), **outputs[parts])
    assert not (parts / "people.csv").exists()
    resumed = SquarePredictor()
    run(parts, clip, predict=resumed, **outputs[parts])
    assert resumed.seen < 15
    assert people(parts) == people(whole)
    assert pq.read_table(parts / "faces.parquet").equals(pq.read_table(whole / "faces.parquet"))
    for (time, a), (expected_time, b) in zip(frames_of(parts / "a.mp4"), frames_of(whole / "a.mp4"), strict=True):
        assert time == pytest.approx(expected_time)
        assert np.abs(a.astype(int) - b).mean() < 1


def test_finished_table_is_not_overwritten(tmp_path: Path, clip: Path) -> None:
    run(tmp_path, clip)
    with pytest.raises(VideoRunError, match="already exists"):
        run(tmp_path, clip)


def test_folder_of_another_run_is_not_resumed(tmp_path: Path, clip: Path) -> None:
    def stop(image: np.ndarray) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, clip, predict=stop)
    with pytest.raises(VideoRunError, match="belongs to another run"):
        run(tmp_path, clip, every=0.5)


def test_run_of_another_version_is_not_resumed(tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(image: np.ndarray) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, clip, predict=stop)
    monkeypatch.setattr("model.estimator.VERSION", "0.9.0")
    with pytest.raises(VideoRunError, match="another model or version"):
        run(tmp_path, clip)


def test_what_a_killed_clean_up_leaves_is_not_resumed(tmp_path: Path, clip: Path) -> None:
    left = tmp_path / "people.csv.parts" / "0"
    left.mkdir(parents=True)
    (left / "state.pickle").write_bytes(b"of another run")
    assert run(tmp_path, clip).people == 1


def test_bad_video_is_named_and_the_others_are_analysed(tmp_path: Path, clip: Path) -> None:
    write_audio(tmp_path / "sound.mp4")
    shutil.copy(clip, tmp_path / "copy.mp4")
    outcome = run(tmp_path, clip, tmp_path / "sound.mp4", tmp_path / "copy.mp4")
    assert [row["file"] for row in people(tmp_path)] == [str(clip), str(tmp_path / "copy.mp4")]
    assert "no moving picture" in outcome.faults[str(tmp_path / "sound.mp4")]


def test_what_is_there_of_a_truncated_video_is_analysed_and_the_loss_is_named(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    write_video(path, passing(8.0))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    outcome = run(tmp_path, path)
    assert len(people(tmp_path)) == 1
    assert "incomplete" in outcome.faults[str(path)] or "Damaged" in outcome.faults[str(path)]


def test_nothing_is_written_if_no_video_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_text("no video")
    outcome = run(tmp_path, tmp_path / "clip.mp4")
    assert outcome.videos == 0
    assert "not a video" in outcome.faults[str(tmp_path / "clip.mp4")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.mp4"]


def test_one_frame_gives_its_people(tmp_path: Path) -> None:
    write_video(tmp_path / "clip.mp4", [scene((10, 20), (60, 20))])
    run(tmp_path, tmp_path / "clip.mp4", faces=tmp_path / "faces.parquet")
    assert [row["person"] for row in people(tmp_path)] == ["1", "2"]
    assert len(pq.read_table(tmp_path / "faces.parquet")) == 2


def test_flash_of_one_frame_is_no_person(tmp_path: Path) -> None:
    pictures = [scene((30, 20)) if i == 8 else scene() for i in range(20)]
    write_video(tmp_path / "clip.mp4", pictures)
    run(tmp_path, tmp_path / "clip.mp4", faces=tmp_path / "faces.parquet", every=0.1)
    assert people(tmp_path) == []
    assert len(pq.read_table(tmp_path / "faces.parquet")) == 0


def test_lost_connections_are_made_again_with_growing_pauses() -> None:
    Stream.opened = 0
    pauses: list[float] = []
    reports: list[str] = []
    frames = live_frames("rtsp://camera/", 0.0, reports.append, Stream, pauses.append)  # type: ignore[arg-type]
    times = [next(frames).time for _ in range(15)]
    assert times == sorted(times)
    assert pauses == [1.0, 1.0, 2.0]
    assert "The stream ended" in reports[0]
    assert "refused" in reports[2]


def test_ctrl_c_ends_a_stream_with_whole_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Stream.opened = 0
    monkeypatch.setattr(runs, "Video", Stream)
    monkeypatch.setattr(runs, "live_frames", lambda address, begun, report: _endless())

    class Stopping(SquarePredictor):
        def __call__(self, image: np.ndarray) -> tuple[list[Face], np.ndarray]:
            if self.seen == 12:
                raise KeyboardInterrupt
            return super().__call__(image)

    run(tmp_path, "rtsp://camera/", predict=Stopping(), annotated=tmp_path / "marked.mp4")
    (person,) = people(tmp_path)
    assert person["frames"] == "12"
    assert len(frames_of(tmp_path / "marked.mp4")) >= 12


def _endless() -> Iterator[Frame]:
    picture = np.ascontiguousarray(scene((20, 20)))
    for i in range(10_000):
        yield Frame(i / 5, av.VideoFrame.from_ndarray(picture, format="rgb24"))


def test_password_of_an_address_goes_nowhere() -> None:
    assert name_of("rtsp://admin:secret@192.0.2.7:554/stream?a=1") == "rtsp://192.0.2.7:554/stream?a=1"
    assert name_of("camera:0") == "camera:0"


@pytest.mark.parametrize(
    "arguments",
    [
        ["a.mp4", "--output", "people.txt"],
        ["a.mp4", "--output", "people.csv", "--every", "0"],
        ["a.mp4", "--output", "people.csv", "--annotated", "a.avi"],
    ],
)
def test_wrong_usage_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command_line.main(["video", *arguments])


def test_annotated_file_needs_a_single_video_and_another_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, marked = str(tmp_path / "people.csv"), str(tmp_path / "a.mp4")
    assert command_line.main(["video", "a.mp4", "b.mp4", "--output", output, "--annotated", marked]) == 2
    assert command_line.main(["video", marked, "--output", output, "--annotated", marked]) == 2
    assert "Choose another name" in capsys.readouterr().err


def test_command_finds_the_person_in_a_clip(
    tmp_path: Path, portrait_frame: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    write_video(tmp_path / "clip.mp4", [portrait_frame] * 4, rate=5)
    assert command_line.main(["video", str(tmp_path / "clip.mp4"), "--output", str(tmp_path / "people.csv")]) == 0
    (person,) = people(tmp_path)
    assert float(person["age_low"]) < float(person["age"]) < float(person["age_high"])
    assert "People: 1 in 4 frames" in capsys.readouterr().err


def test_square_is_as_large_as_the_tests_say() -> None:
    assert SquarePredictor()(scene((10, 20)))[0][0].box == (10, 20, SIDE, SIDE)
