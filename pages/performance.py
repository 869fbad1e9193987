"""How well the model does on photos it has never seen, and on whom it does worse."""

import streamlit as st

from components import charts, front_door
from components.published import explain_missing, read_report, read_table

METRICS = {
    "Age error": ("age_mae", "Mean absolute error (years)", False),
    "Age bias": ("age_bias", "Predicted minus labelled age (years)", False),
    "Within 5 years": ("cs5", "Photos within 5 years (%)", True),
    "Gender accuracy": ("gender_accuracy", "Photos with the right gender (%)", True),
    "Interval coverage": ("interval_coverage", "Labelled age inside the 80% interval (%)", True),
}

STUDY_COLUMNS: dict = {
    "name": st.column_config.TextColumn("Experiment", pinned=True),
    "validation_age_mae": st.column_config.NumberColumn("Age error (years)", format="%.2f"),
    "validation_gender_accuracy": st.column_config.NumberColumn("Gender accuracy", format="%.1f%%"),
    "epochs": "Epochs",
    "image_size": "Pixels",
    "parameters": st.column_config.NumberColumn("Parameters", format="compact"),
    "seconds_per_epoch": st.column_config.NumberColumn("Seconds per epoch", format="%.0f"),
    "milliseconds_per_face": st.column_config.NumberColumn("Milliseconds per face", format="%.1f"),
    "change": "What was changed",
}

CARD_WIDTH = 170  # pixels: two fit side by side on a phone

front_door.require()
st.title("Model performance")
try:
    report = read_report("report.json")
    predictions = read_table("test_predictions.parquet")
    history = read_table("history.csv")
    experiments = read_table("experiments.csv")
except FileNotFoundError as error:
    explain_missing(error, "python -m train && python -m train evaluate && python -m train study")
overall = report["overall"]
st.write(
    f"Measured on {overall['photos']:,} test photos that played no part in training or tuning. "
    "Thin lines and ranges are bootstrap 95% intervals."
)


def share(metric: str) -> tuple[str, str]:
    """A share and its interval as percentages."""
    figure = overall[metric]
    return f"{figure['value']:.1%}", f"95% interval {figure['low']:.1%} to {figure['high']:.1%}"


mae = overall["age_mae"]
figures = {
    "Age error (years)": (f"{mae['value']:.2f}", f"95% interval {mae['low']:.2f} to {mae['high']:.2f}"),
    "Within 5 years": share("cs5"),
    "Gender accuracy": share("gender_accuracy"),
    "80% interval holds": share("interval_coverage"),
}
with st.container(horizontal=True):
    for label, (value, interval) in figures.items():
        with st.container(border=True, width=CARD_WIDTH):
            st.metric(label, value)
            st.caption(interval)

st.subheader("By group")
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = st.segmented_control(
        "Measure", list(METRICS), default="Age error", required=True, bind="query-params", key="measure"
    )
metric, label, percent = METRICS[chosen]
st.plotly_chart(
    charts.group_bars(report["by_age"], metric, label, "Age bracket (years)", percent),
    config=charts.CONFIG,
    alt=f"{chosen} by age bracket",
)
gender, ethnicity = st.columns([2, 3], gap="medium")
gender.plotly_chart(
    charts.group_bars(report["by_gender"], metric, label, "Gender", percent),
    config=charts.CONFIG,
    alt=f"{chosen} by gender",
)
ethnicity.plotly_chart(
    charts.group_bars(report["by_ethnicity"], metric, label, "Ethnicity", percent),
    config=charts.CONFIG,
    alt=f"{chosen} by ethnicity",
)

scatter, confusion = st.columns(2, gap="medium")
with scatter:
    st.subheader("Predicted against labelled age")
    st.plotly_chart(
        charts.predicted_against_true(predictions), config=charts.CONFIG, alt="Predicted age against labelled age"
    )
with confusion:
    st.subheader("Gender: labelled against predicted")
    st.plotly_chart(
        charts.gender_confusion(predictions), config=charts.CONFIG, alt="Confusion matrix of the predicted gender"
    )

st.subheader("Can the stated probability be trusted?")
st.write(
    "If it can, of the faces called “80% female” 80% are labelled female, and the points lie on the dashed line. "
    f"They are off by {report['gender_calibration_error']:.1%} on average."
)
st.plotly_chart(
    charts.reliability(report["gender_reliability"]), config=charts.CONFIG, alt="Reliability of the gender probability"
)

st.subheader("Learning curves")
age, accuracy = st.columns(2, gap="medium")
age.plotly_chart(
    charts.learning_curve(history, "age_mae", "Mean absolute age error (years)"),
    config=charts.CONFIG,
    alt="Age error by epoch",
)
accuracy.plotly_chart(
    charts.learning_curve(history, "gender_accuracy", "Gender accuracy (%)", factor=100),
    config=charts.CONFIG,
    alt="Gender accuracy by epoch",
)
st.caption(
    "The train curve is measured on augmented photos with dropout, hence it can lie above the validation error. "
    "Made by `python -m train` and `python -m train evaluate`."
)

st.subheader("How the model was found")
st.write(
    "Each row is a configuration that differs from the base in one thing. All are judged on the validation split: "
    "the test split is for the model that ships."
)
st.plotly_chart(charts.study(experiments), config=charts.CONFIG, alt="Age error and gender accuracy of each experiment")
st.dataframe(
    experiments.assign(validation_gender_accuracy=experiments["validation_gender_accuracy"] * 100),
    hide_index=True,
    column_order=STUDY_COLUMNS,
    column_config=STUDY_COLUMNS,
    alt="The experiments of the study",
)
st.caption(
    "Made by `python -m train study`. Times are for two CPU cores; a face is timed in a batch of 32, mirrored too."
)
