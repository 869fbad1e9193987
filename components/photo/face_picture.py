"""A photo of several people with a numbered bubble on each face, left to right; a click chooses the face.

A component of its own, because no widget of Streamlit can be clicked at places in a picture.
"""

from collections.abc import Callable

import streamlit as st

from components.data_uri import data_uri
from components.photo.predictions import PhotoResult
from model.drawing import describe

HTML = """
<figure><img><div class="faces"></div></figure>
"""
CSS = """
figure { position: relative; display: inline-block; margin: 0; max-width: 100%; line-height: 0; }
img { max-width: 100%; max-height: var(--picture-height); border-radius: var(--st-base-radius); }
button {
  position: absolute; padding: 0; background: none; cursor: pointer;
  border: 2px solid rgba(255, 255, 255, 0.75); border-radius: 8px;
}
button span {
  position: absolute; left: 50%; top: -20px; translate: -50%; min-width: 24px; border-radius: 12px;
  background: #11171d; color: #fff; font: 700 14px/24px var(--st-font);
}
button[aria-pressed=true] { border: 3px solid #f0e442; z-index: 1; }
button[aria-pressed=true] span { background: #f0e442; color: #11171d; }
button:hover { border-color: #f0e442; }
button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; z-index: 2; }
"""
JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const image = parentElement.querySelector("img")
  const layer = parentElement.querySelector(".faces")
  if (image.src !== data.source) {
    image.src = data.source
    image.alt = data.alt
    layer.replaceChildren(...data.faces.map((face, index) => {
      const button = document.createElement("button")
      button.type = "button"
      button.style.cssText = `left:${face.left}%;top:${face.top}%;width:${face.width}%;height:${face.height}%`
      button.setAttribute("aria-label", face.name)
      button.title = face.name
      const bubble = document.createElement("span")
      bubble.textContent = index + 1
      button.append(bubble)
      button.onclick = () => setTriggerValue("face", index)
      return button
    }))
  }
  // In place, so that the button that was pressed keeps the focus.
  for (const [index, button] of [...layer.children].entries())
    button.setAttribute("aria-pressed", index === data.chosen)
}
"""
_picture = st.components.v2.component("face_picture", html=HTML, css=CSS, js=JS)


def show_face_picture(result: PhotoResult, chosen: int, key: str, on_choice: Callable[[int], None]) -> None:
    """Draws the photo.

    Args:
        result: with the photo and its faces.
        chosen: index of the face whose card is shown.
        key: of the component.
        on_choice: called with the index of a face when it is clicked.
    """

    def clicked() -> None:
        on_choice(int(st.session_state[key].face))

    width, height = result.size
    faces = []
    for number, face in enumerate(result.faces, start=1):
        x, y, box_width, box_height = face.box
        faces.append(
            {
                "left": 100 * x / width,
                "top": 100 * y / height,
                "width": 100 * box_width / width,
                "height": 100 * box_height / height,
                "name": f"Face {number}: {describe(face)}",
            }
        )
    source = data_uri(result.preview)
    alt = f"{result.name} with {len(faces)} faces marked: " + "; ".join(map(describe, result.faces))
    _picture(
        key=key,
        data={"source": source, "alt": alt, "faces": faces, "chosen": chosen},
        on_face_change=clicked,
        height="content",
    )
