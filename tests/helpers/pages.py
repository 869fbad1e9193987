"""Opens the pages of the app in Streamlit's own test client."""

import json

from streamlit.testing.v1 import AppTest

from helpers.paths import ROOT

TIMEOUT = 120  # seconds, for the first run loads the models


def open_page(page: str, **query: str) -> AppTest:
    """The page of that name after its first run, opened directly with these filters in its address."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=TIMEOUT)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert app.title[0].value
    return app


def press(app: AppTest, label: str) -> AppTest:
    """The page after a click on the button with that label."""
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    return "\n".join(block.value for block in app.markdown)


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def chart_titles(app: AppTest) -> list[str]:
    figures = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    return [figure["layout"]["title"]["text"].replace("<br>", " ") for figure in figures]
