"""What was found in a video: when people were in view, their ages, and downloads."""

import io
from pathlib import PurePath
from statistics import median

import cv2
import numpy as np
import pandas as pd
import streamlit as st

from components.cards import show_cards
from components.chart_card import show
from components.data_uri import data_uri
from components.demographics.reading import read_faces
from components.demographics.sources import UPLOADED
from components.file_names import as_code
from components.video.charts import MOST_PEOPLE, finding, timeline, timeline_table
from components.video.job import VideoResult
from components.wording import WHEN_UNCERTAIN
from model.drawing import encode_jpeg
from model.video.people import Person, write_people

BAR, ROOM = 26, 110  # pixels: height of a person in the chart, and of all that is around them
THUMBNAIL_SIDE = 96  # pixels


def show_result(result: VideoResult) -> None:
    """Draws the people of a video."""
    if result.note:
        st.warning(result.note, icon=":material/warning:")
    if not result.people:
        st.info(
            f"**No face found in {as_code(result.name)}.** Faces must be wider than about a thirtieth of the picture, "
            "look towards the camera, and be seen for more than a moment.",
            icon=":material/face_retouching_off:",
        )
        return
    ages = [person.face.age for person in result.people]
    show_cards(
        {
            "People": (f"{len(ages):,}", f"in {result.duration:.0f} seconds"),
            "Median age": (f"{median(ages):.0f} years", _age_range(result.people)),
        }
    )
    _show_downloads(result)
    table = timeline_table(result.people)
    show(
        timeline(table, result.duration),
        finding(result.people, result.duration),
        table,
        "people-over-time",
        caption=f"The {MOST_PEOPLE} people in view for the longest time." if len(ages) > MOST_PEOPLE else "",
        height=ROOM + BAR * len(table),
    )
    st.header("People")
    _show_table(result.people)
    st.caption(
        "A person who leaves and comes back counts twice, because faces are not recognised. The 80% interval covers "
        "all frames of a person: they tend to repeat the same error, so it is hardly narrower than that of one good "
        "photo."
    )


def _age_range(people: list[Person]) -> str:
    """From the youngest to the oldest; of a single person, the interval."""
    if len(people) == 1:
        return f"80% interval {people[0].face.age_low:.0f}–{people[0].face.age_high:.0f}"
    ages = [person.face.age for person in people]
    return f"from {min(ages):.0f} to {max(ages):.0f}"


def as_people_csv(result: VideoResult) -> str:
    """The table that `python -m model video` writes."""
    text = io.StringIO()
    write_people(text, (person.row(result.name) for person in result.people))
    return text.getvalue()


def _show_downloads(result: VideoResult) -> None:
    stem = PurePath(result.name).stem
    with st.container(horizontal=True, key="video-actions"):
        st.download_button(
            "Annotated video", result.annotated, f"{stem}-people.mp4", "video/mp4", icon=":material/movie:",
            on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "CSV", as_people_csv(result), "people.csv", "text/csv", icon=":material/table:", on_click="ignore"
        )
        if st.button("Use in Demographics", icon=":material/groups:"):
            st.session_state[UPLOADED] = as_code(result.name), read_faces("people.csv", as_people_csv(result).encode())
            st.switch_page("pages/demographics.py")


def _show_table(people: list[Person]) -> None:
    table = pd.DataFrame(
        [
            {
                "face": _thumbnail(person.chip),
                "person": person.number,
                "from": person.first,
                "to": person.last,
                "age": round(person.face.age),
                "interval": f"{person.face.age_low:.0f}–{person.face.age_high:.0f}",
                "gender": person.face.stated_gender,
                "female": round(person.face.female_probability, 2),  # the table shows all decimals there are
                "warnings": ", ".join(person.face.warnings),
                "frames": person.frames,
            }
            for person in people
        ]
    )
    st.dataframe(
        table,
        hide_index=True,
        row_height=64,
        column_config={
            "face": st.column_config.ImageColumn("Best frame", width="small"),
            "person": st.column_config.NumberColumn("Person", width="small"),
            "from": st.column_config.NumberColumn("From (s)", format="%.1f"),
            "to": st.column_config.NumberColumn("To (s)", format="%.1f"),
            "age": st.column_config.NumberColumn("Age (years)", format="%d"),
            "interval": "80% interval",
            "gender": st.column_config.TextColumn("Gender", help=WHEN_UNCERTAIN),
            "female": st.column_config.NumberColumn("Probability of female", format="percent"),
            "warnings": "Quality warnings",
            "frames": st.column_config.NumberColumn("Frames", help="Frames in which the face was analysed"),
        },
        alt="Table of people with their time in view, age, 80% interval, gender and quality warnings",
    )


def _thumbnail(chip: np.ndarray) -> str:
    """The chip, reduced, as a data URL."""
    small = cv2.resize(chip, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), interpolation=cv2.INTER_AREA)
    return data_uri(encode_jpeg(np.asarray(small, np.uint8), 80))
