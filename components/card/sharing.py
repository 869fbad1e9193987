"""The result card on the page: a dialog with the picture, to download, copy or share. Nothing is stored or sent."""

import base64
from urllib.parse import urlsplit

import streamlit as st

from components.card.drawing import SIZES, draw_card
from model.admission import shared_queue
from model.face import Face
from model.image import read_image

LOCAL = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104  # as people type it, nothing is bound to it

HTML = '<button id="copy" hidden>Copy</button> <button id="share" hidden>Share…</button> <span role="status"></span>'
CSS = """
button {
  padding: 0.4rem 1rem; border: 1px solid var(--st-border-color); border-radius: 2rem; cursor: pointer;
  font: inherit; color: inherit; background: none;
}
button:hover { border-color: var(--st-primary-color); }
button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
"""
JS = """
export default function ({ data, parentElement }) {
  const [copy, share, status] = ["#copy", "#share", "span"].map(name => parentElement.querySelector(name))
  const bytes = Uint8Array.from(atob(data.jpeg), letter => letter.charCodeAt(0))
  const file = new File([bytes], "result-card.jpg", { type: "image/jpeg" })
  // Clipboards take PNG alone. The promise has to be handed over during the click, or Safari refuses it.
  async function asPng() {
    const bitmap = await createImageBitmap(file)
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    canvas.getContext("2d").drawImage(bitmap, 0, 0)
    return canvas.convertToBlob({ type: "image/png" })
  }
  copy.hidden = !window.ClipboardItem
  copy.onclick = () => navigator.clipboard.write([new ClipboardItem({ "image/png": asPng() })])
    .then(() => { status.textContent = "Copied" }, () => { status.textContent = "The browser refused. Download it." })
  share.hidden = !navigator.canShare?.({ files: [file] })
  share.onclick = () => navigator.share({ files: [file] }).catch(() => {})
}
"""
_buttons = st.components.v2.component("share_card", html=HTML, css=CSS, js=JS)


@st.dialog("Result card", width="medium", icon=":material/share:")
def show_card(photo: bytes, found: list[Face], number: int) -> None:
    """Opens the dialog with the card.

    Args:
        photo: the file.
        found: all faces in it.
        number: index of the face that is shown on the page; the card of a group shows all.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shape = st.segmented_control("Shape", list(SIZES), default="Square", required=True) or "Square"
        whole = len(found) > 1 and st.toggle("All faces", value=True)
    faces = found if whole else [found[number]]
    address = public_address()
    card = shared_queue.run(lambda: draw_card(read_image(photo), faces, shape, address))
    ranges = ", ".join(f"{face.age_low:.0f}–{face.age_high:.0f}" for face in faces)
    st.image(card, width=420 if shape == "Square" else 320, alt=f"Result card, {shape}: {ranges}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download", card, "result-card.jpg", "image/jpeg", icon=":material/download:", on_click="ignore"
        )
        _buttons(key="share-card", data={"jpeg": base64.b64encode(card).decode()}, height="content")
    st.caption("The card is made in memory, stored nowhere, and contains nothing but what you see.")


def public_address() -> str | None:
    """Where others find the app; None where nobody else can open it."""
    parts = urlsplit(st.context.url or "")
    if not parts.hostname or parts.hostname in LOCAL:
        return None
    return f"{parts.scheme}://{parts.netloc}/"
