"""Long work in the background tells how far it is, stops when asked, and leaves no thread."""

import threading

import pytest

from myoscope.app.jobs import Jobs
from myoscope.app.log import Log

WITHIN_S = 5.0


@pytest.fixture
def log():
    return Log(lambda: 0.0)


@pytest.fixture
def jobs(log):
    running = Jobs(log)
    yield running
    assert running.stop_all() == []


def wait_for(jobs, log):
    """Wait until nothing runs; return what was said last."""
    for _, worker in list(jobs._running.values()):
        assert worker.join(WITHIN_S)
    return log.lines[-1] if log.lines else None


def test_a_job_tells_how_far_it_is_and_how_it_ended(jobs, log):
    half, go_on = threading.Event(), threading.Event()

    def work(progress):
        progress(0.5)
        half.set()
        assert go_on.wait(WITHIN_S)
        return "Done."

    jobs.start("Counting", work)
    assert half.wait(WITHIN_S)
    (state,) = jobs.states
    assert (state.title, state.share, state.stopping) == ("Counting", 0.5, False)
    go_on.set()
    line = wait_for(jobs, log)
    assert (line.text, line.level) == ("Done.", "good")
    assert jobs.states == ()


def test_a_job_that_is_stopped_says_so_and_runs_no_further(jobs, log):
    begun, reached = threading.Event(), []

    def work(progress):
        begun.set()
        while True:
            progress(0.1)
            reached.append(1)

    number = jobs.start("Counting", work).number
    assert begun.wait(WITHIN_S)
    jobs.stop(number)
    line = wait_for(jobs, log)
    assert (line.text[:17], line.level) == ("Stopped: Counting", "info")


def test_what_a_job_raises_is_told(jobs, log):
    def work(progress):
        raise OSError("The disk is full.")

    jobs.start("Writing", work)
    line = wait_for(jobs, log)
    assert (line.text, line.level) == ("The disk is full.", "bad")


def test_stopping_all_ends_every_thread(jobs, log):
    def work(progress):
        while True:
            progress(0.0)

    for number in range(3):
        jobs.start(f"Job {number}", work)
    assert jobs.stop_all(WITHIN_S) == []
    assert jobs.states == ()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("myoscope-job")]


def test_a_job_that_has_ended_is_stopped_without_fuss(jobs, log):
    job = jobs.start("Short", lambda progress: "")
    wait_for(jobs, log)
    jobs.stop(job.number)
    assert job.done
