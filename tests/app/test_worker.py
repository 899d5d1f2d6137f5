"""Threads begin and end in one place."""

from __future__ import annotations

import threading

from myoscope.app.worker import Worker, stop_all


def test_it_steps_until_stopped_and_then_finishes():
    stepped, finished = threading.Event(), threading.Event()

    def step():
        stepped.set()
        return 0.001

    worker = Worker("w", step, finish=finished.set, on_error=print).start()
    assert stepped.wait(10)
    assert not finished.is_set()
    assert stop_all([worker]) == []
    assert finished.is_set()


def test_an_error_is_told_and_work_goes_on():
    errors, went_on = [], threading.Event()

    def step():
        if not errors:
            raise ValueError("once")
        went_on.set()
        return 0.001

    worker = Worker("w", step, on_error=lambda name, error: errors.append((name, str(error)))).start()
    assert went_on.wait(10)
    stop_all([worker])
    assert errors == [("w", "once")]


def test_an_error_in_the_end_is_told_too():
    errors = []

    def finish():
        raise ValueError("in the end")

    worker = Worker("w", lambda: 0.001, finish=finish, on_error=lambda name, error: errors.append(str(error))).start()
    stop_all([worker])
    assert errors == ["in the end"]


def test_one_that_hangs_is_left_behind_and_named():
    leave, entered = threading.Event(), threading.Event()

    def step():
        entered.set()
        leave.wait(20)
        return 0.001

    hanging = Worker("hanging", step, on_error=print).start()
    fine = Worker("fine", lambda: 0.001, on_error=print).start()
    assert entered.wait(10)
    assert stop_all([hanging, fine], timeout_s=0.1) == [hanging]
    leave.set()
    assert hanging.join(10)


def test_the_last_to_start_is_the_first_to_be_stopped():
    order = []
    workers = [Worker(str(i), lambda: 0.001, finish=lambda i=i: order.append(i), on_error=print) for i in range(3)]
    stops = []
    for worker in workers:
        plain = worker.stop
        worker.stop = lambda w=worker, plain=plain: (stops.append(w.name), plain())
        worker.start()
    stop_all(workers)
    assert stops == ["2", "1", "0"]
    assert sorted(order) == [0, 1, 2]
