"""Upload photos or try a sample, and see ages and genders."""

import streamlit as st

from components import front_door, stage_switch
from components.guess import game
from components.photo import album
from components.photo.gallery import show_photos
from components.photo.predictions import found_in, result_of
from components.photo.results import show_photo_or_ask
from components.photo.start import show_bar, show_start
from components.photo.table import show_table
from components.stage.photos import show_stage

front_door.require()
photos = album.photos()
if stage_switch.is_on():
    show_stage(photos)
    st.stop()
if not photos:
    show_start()
    st.stop()
small_faces = show_bar()
if len(photos) == 1:
    with st.spinner("Looking for faces…"):
        result = result_of(photos[0], small_faces)
    show_photo_or_ask(result, photos[0], photos[0].id)
else:
    show_photos(photos, small_faces)
found = found_in(photos)
if len(photos) == 1 and game.is_hidden(photos[0].id):
    st.stop()
if any(faces for _, faces in found):
    show_table(found)
