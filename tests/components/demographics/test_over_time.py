import pandas as pd

from components.demographics.over_time import MOST_BARS, busiest, over_time, people_over_time


def people(*seconds: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(seconds, columns=["first_second", "last_second"])


def test_people_count_in_every_minute_in_which_they_are_in_view() -> None:
    table = people_over_time(people((0, 10), (30, 130), (61, 61), (245, 250)))
    assert table["first_minute"].tolist() == [0, 1, 2, 3, 4]
    assert table["last_minute"].tolist() == [1, 2, 3, 4, 5]
    assert table["appeared"].tolist() == [2, 1, 0, 0, 1]
    assert table["in_view"].tolist() == [2, 2, 1, 0, 1]


def test_long_streams_have_few_bars_and_count_everybody_once_as_appeared() -> None:
    for hours in (2, 3.5, 30, 8000):
        table = people_over_time(people(*((hour * 3600.0, hour * 3600.0 + 90) for hour in range(int(hours)))))
        assert len(table) <= MOST_BARS
        assert table["appeared"].sum() == int(hours)


def test_times_just_before_the_beginning_or_in_the_wrong_order_are_no_error() -> None:
    table = people_over_time(people((-0.04, 70), (100, 20)))
    assert table["in_view"].tolist() == [1, 2]


def test_bars_add_up_to_the_people_in_view() -> None:
    table = people_over_time(people((0, 10), (30, 130), (61, 61)))
    appeared, before = over_time(table).data
    assert [a + b for a, b in zip(appeared.y, before.y, strict=True)] == table["in_view"].tolist()


def test_finding_names_the_busiest_minute() -> None:
    table = people_over_time(people((0, 10), (61, 70), (65, 80), (130, 140)))
    assert busiest(table) == "Most people per minute: 2, from minute 1 to 2; 1 on average"
