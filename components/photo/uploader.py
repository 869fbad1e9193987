"""The uploader of photos, which also takes those pasted, dropped anywhere on the page, or taken with a phone's camera.

Streamlit's uploader takes files that are chosen or dropped on itself. The script hands all others to its field, so that
they go the same way, with the same limits.
"""

import streamlit as st

from components.photo import album
from model.image import SUFFIXES

TYPES = ["image", *SUFFIXES]  # "image" makes phones offer the camera; not every browser knows all the formats by it

CAMERA_LABEL = "Take a picture"

HTML = '<button type="button"></button>'
CSS = """
button {
  width: 100%; padding: 0.5rem 1rem; border: 0; border-radius: 2rem; cursor: pointer;
  font: 600 1rem var(--st-font); color: var(--st-background-color); background: var(--st-primary-color);
}
button.icon { font: 1.5rem "Material Symbols Rounded"; padding: 0.4rem; }
button:focus-visible { outline: 3px solid var(--st-text-color); outline-offset: 2px; }
"""
JS = """
export default function ({ data, parentElement }) {
  // The last one, since one on its way out may still be there; none on pages without photos.
  const field = () => [...document.querySelectorAll(".st-key-uploader input[type=file]")].at(-1)
  const hand = files => {
    const given = new DataTransfer()
    for (const file of files) given.items.add(file)
    field().files = given.files
    field().dispatchEvent(new Event("change", { bubbles: true }))
  }
  const take = files => event => {
    // Text, or taken by the uploader itself, which also prevents the default of drops elsewhere.
    if (!files(event)?.length || !field() || event.target.closest("[data-testid=stFileUploaderDropzone]")) return
    event.preventDefault()
    hand(files(event))
  }
  document.onpaste = take(event => event.clipboardData.files)
  document.ondrop = take(event => event.dataTransfer.files)
  document.ondragover = event => { if (field() && event.dataTransfer.types.includes("Files")) event.preventDefault() }
  const button = parentElement.querySelector("button")
  button.textContent = data.compact ? "photo_camera" : data.label
  button.className = data.compact ? "icon" : ""
  button.ariaLabel = data.label
  button.onclick = () => {
    const camera = document.createElement("input")
    Object.assign(camera, { type: "file", accept: "image/*", hidden: true })
    camera.setAttribute("capture", "user")
    camera.onchange = () => { hand(camera.files); camera.remove() }
    parentElement.append(camera)
    camera.click()
  }
}
"""
_other_ways = st.components.v2.component("other_ways_to_upload", html=HTML, css=CSS, js=JS)


def show_uploader(label: str, *, compact: bool = False, keep: bool = False) -> None:
    """Draws the uploader; on phones also a button that opens the camera.

    Args:
        label: of the uploader.
        compact: whether to draw no more than its button, and a symbol for the camera.
        keep: whether new photos are added to those on the page instead of replacing them.
    """
    key = album.uploader_key()
    with st.container(key="uploader", width=96 if compact else "stretch"):
        st.file_uploader(
            label,
            type=TYPES,
            accept_multiple_files=True,
            key=key,
            on_change=album.take_uploads,
            args=(key, keep),
            label_visibility="collapsed" if compact else "visible",
        )
    _other_ways(
        key="phone-camera",
        data={"label": CAMERA_LABEL, "compact": compact},
        width=44 if compact else "stretch",
        height="content",
    )
