import subprocess
import sys
import textwrap

import pytest

from pipelines.release.lock import LockHeld, holder, lock


def hold_elsewhere(home):
    """A second process that holds the lock until its input closes."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                f"""
                import sys
                from pathlib import Path
                from pipelines.release.lock import lock
                with lock(Path({str(home)!r})):
                    print("held", flush=True)
                    sys.stdin.read()
                """
            ),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    return process


def test_second_process_is_told_who_holds_the_lock(tmp_path):
    process = hold_elsewhere(tmp_path)
    try:
        with pytest.raises(LockHeld, match=rf"process {process.pid} since \d{{4}}-"), lock(tmp_path):
            pass
        assert str(process.pid) in holder(tmp_path)
    finally:
        process.communicate("")
    with lock(tmp_path):
        pass


def test_waiting_run_goes_on_once_the_other_has_ended(tmp_path):
    process = hold_elsewhere(tmp_path)
    process.stdin.close()
    with lock(tmp_path, wait_seconds=60):
        assert process.wait(timeout=60) == 0


def test_lock_of_a_killed_process_is_free(tmp_path):
    process = hold_elsewhere(tmp_path)
    process.kill()
    process.wait()
    assert holder(tmp_path) is None
    with lock(tmp_path):
        pass


def test_same_process_finds_its_lock_held_and_goes_on(tmp_path):
    with lock(tmp_path):
        with lock(tmp_path):
            pass
        assert holder(tmp_path) is not None
    assert holder(tmp_path) is None


def test_home_without_lock_file_is_free(tmp_path):
    assert holder(tmp_path / "nowhere") is None
