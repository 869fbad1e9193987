import subprocess
import sys
import threading
import time

import pytest

from model.reading.watching import Watch


def test_process_that_was_killed_is_not_taken_for_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        kill = process.kill
        monkeypatch.setattr(process, "kill", lambda: threading.Timer(0.3, kill).start())  # as on a busy machine
        with Watch(process, 60, lambda: True) as watch:
            while not watch.reason:
                time.sleep(0.01)
        assert watch.reason == "cancelled"
        assert process.poll() is not None
