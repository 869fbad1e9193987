"""Live video: the camera's picture with the faces marked, and their estimates beside it.

Needs `streamlit-webrtc`, which installs PyAV and aiortc; pages import this module only if it is installed.
"""

import time
from typing import Any

import av
import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator
from streamlit_webrtc import Translations, VideoProcessorBase, WebRtcStreamerContext, webrtc_streamer

from components import front_door, stage_switch
from components.photo.face_card import gender_in_words
from components.photo.predictions import load_predictor
from components.stage import frame
from components.webcam.camera_help import explain_camera
from components.webcam.ice_servers import IceServerError, has_turn, read_ice_servers
from components.wording import count
from model.drawing import annotate
from model.estimator import ModelError
from model.face import mirrored
from model.video.analyser import Rate, VideoAnalyser

KEY, ATTEMPTS = "live", "live_attempts"
WORDS: Translations = {
    "start": "Start",
    "stop": "Stop",
    "select_device": "Choose camera",
    "device_access_denied": "Access to the camera was refused",
    "device_not_available": "No camera found, or another program is using it",
    "media_api_not_available": "This browser offers no camera to web pages, or the address does not begin with https://",
}
LABEL, STAGE_LABEL = 0.035, 0.055
"""Height of the type in the video, as a share of the picture's: readable on a phone, and on stage from a back row."""

PATIENCE = 10  # seconds after which a connection is considered to have failed

CAMERA = {
    "video": {"width": {"ideal": 848}, "height": {"ideal": 480}, "frameRate": {"ideal": 30}, "facingMode": "user"},
    "audio": False,
}


class LiveVideo(VideoProcessorBase):
    """Returns every frame at once, with the faces marked that were found last.

    size: width and height of the picture, pixels.
    mirror: whether to show the mirror image, as people expect to see themselves.
    paused: whether to freeze the picture and stop analysing.
    label: height of the type, as a share of the picture's.
    """

    def __init__(self, analyser: VideoAnalyser) -> None:
        self.analyser = analyser
        self.size = (16, 9)
        self.mirror = True
        self.paused = False
        self.label = LABEL
        self._shown = Rate()
        self._held: NDArray[np.uint8] | None = None

    def recv(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Called for each frame, on the video's own thread."""
        if not self.paused or self._held is None:
            self._held = self._draw(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8), frame.time)
            self._shown.count()
        return av.VideoFrame.from_ndarray(self._held, format="rgb24")

    def on_ended(self) -> None:
        """Called on the event loop, which must not be blocked."""
        self.analyser.close()

    def shown_per_second(self) -> float:
        """New pictures shown per second, on average over the last seconds."""
        return self._shown.per_second()

    def _draw(self, image: NDArray[np.uint8], taken: float | None) -> NDArray[np.uint8]:
        self.size = image.shape[1], image.shape[0]
        self.analyser.submit(image, taken)
        faces = self.analyser.faces
        if self.mirror:
            image = cv2.flip(image, 1)
            faces = [mirrored(face, image.shape[1]) for face in faces]
        return annotate(image, faces, least_label=self.label)


def show_live(controls: DeltaGenerator) -> None:
    """Draws the live video as wide as the window, and below it the faces and the frame rates.

    Args:
        controls: where its switches are drawn, in view above the video.
    """
    try:
        servers = read_ice_servers()
        predictor = load_predictor("live video")
    except (IceServerError, ModelError) as error:
        st.error(str(error), icon=":material/error:")
        return
    _keep_running()
    if stage_switch.is_on():
        frame.fill_window()  # before the state, whose runs of its own can take away a style that comes after its own
    with controls:
        mirror = st.toggle("Mirror", value=True, help="Shows you as a mirror would.")
        paused = st.toggle("Pause", key=_pause_key(), help="Freezes the picture and stops the analysis.")
        stage_switch.show_button()
    with st.container(key="video"):
        try:
            context = webrtc_streamer(
                KEY,
                # Without a list, the library would connect every visitor's browser to a STUN server of its choice.
                rtc_configuration={"iceServers": servers},
                media_stream_constraints=CAMERA,
                video_processor_factory=lambda: LiveVideo(VideoAnalyser(predictor.predict)),
                video_html_attrs={
                    "autoPlay": True,
                    "muted": True,
                    "playsInline": True,
                    "style": {"width": "100%"},
                },
                translations=WORDS,
                media_toggle_controls=False,
                on_change=_note_change,
            )
        except Exception as error:  # from aiortc: a server without an address, refused credentials, no answer in time
            st.error(f"The video connection could not be prepared: {error}", icon=":material/videocam_off:")
            return
    if live := context.video_processor:
        live.mirror, live.paused = mirror, paused
        live.label = STAGE_LABEL if stage_switch.is_on() else LABEL
    with st.container(key="live-state"):
        _show_state(context, servers)
    if stage_switch.is_on():
        with frame.foot():
            _show_freeze(paused)


def _keep_running() -> None:
    """Keeps the library from stopping a video that has been on the page all the time.

    It stops one that two finished runs of the script have not drawn, taking the page for left. On a busy machine it
    counts runs late, and two quick clicks look the same.
    """
    page = front_door.of_open_page()
    if page.get(KEY) and (context := st.session_state.get(KEY)):
        context._last_rendered_run_count = None
    page[KEY] = True


def _show_freeze(paused: bool) -> None:
    label, icon = ("Continue", ":material/play_arrow:") if paused else ("Freeze", ":material/pause:")
    st.button(label, icon=icon, key="freeze", shortcut="F", on_click=_freeze, args=(not paused,))


def _freeze(paused: bool) -> None:
    st.session_state[_pause_key()] = paused


def _pause_key() -> str:
    """The key of the switch, of which each video has its own.

    One that was switched back for the next video would at times be switched on again, by what the browser had sent
    just before; and that video would be frozen before its first face.
    """
    return f"live_paused_{st.session_state.get(ATTEMPTS, 0)}"


@st.fragment(run_every=1.0)
def _show_state(context: WebRtcStreamerContext[LiveVideo, Any], servers: list[dict[str, Any]]) -> None:
    attempt = st.session_state.get("live_attempt")
    if context.state.playing and (live := context.video_processor):
        _show_faces(live)
    elif attempt is None:
        st.info(
            "Press **Start**, allow the camera, and look into it. Frames are analysed in memory and then discarded.",
            icon=":material/videocam:",
        )
        explain_camera()
    elif not context.state.signalling or time.monotonic() - attempt > PATIENCE:
        explain_connection(servers)


def _note_change() -> None:
    """Notes when the visitor's browser began to connect; forgets it once connected."""
    state = st.session_state[KEY].state
    if state.signalling:
        st.session_state["live_attempt"] = time.monotonic()
        st.session_state[ATTEMPTS] = st.session_state.get(ATTEMPTS, 0) + 1
    elif state.playing:
        st.session_state.pop("live_attempt", None)


def explain_connection(servers: list[dict[str, Any]]) -> None:
    """Explains why there is no picture and what to do about it."""
    st.warning(
        "**The video from your camera does not reach this app.** A network in between blocks it. Try another network, "
        "or take a picture instead.",
        icon=":material/wifi_off:",
    )
    if has_turn(servers):
        st.caption("For the operator of this app: the TURN server in the secrets cannot be reached or refuses access.")
    else:
        st.caption(
            "For the operator of this app: on a public server, live video needs a TURN server as a relay. Add one to "
            "the secrets under `[[ice_servers]]`, with `urls`, `username` and `credential`."
        )


def _show_faces(live: LiveVideo) -> None:
    """The ages first, the rates last, all in one line beside the buttons of the video."""
    faces = live.analyser.faces
    if live.analyser.failed:
        st.error("The analysis of the video failed. Stop the video and start it again.", icon=":material/error:")
    width, height = live.size
    st.html(f"<style>.st-key-video {{ --aspect: {width / height:.3f} }}</style>")
    if stage_switch.is_on():
        frame.take_keys()
    with st.container(horizontal=True, vertical_alignment="center", key="ages"):
        for number, face in enumerate(faces, start=1):
            who = "" if len(faces) == 1 else f"{number}: "
            text = f"{who}**{face.age_low:.0f}–{face.age_high:.0f}**"
            if len(faces) == 1 or not stage_switch.is_on():  # on stage, several have room for their ranges alone
                text += f" best guess {face.age:.0f}  \n{gender_in_words(face)}"
            st.markdown(text, width="content")
        st.caption(
            f"{count(len(faces), 'face')} · {live.analyser.analysed_per_second():.1f} analysed and "
            f"{live.shown_per_second():.1f} shown per second",
            width="content",
        )
