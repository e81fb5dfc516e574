from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from cleanprod.foundation.engine.jobs import app, periodic

DONE = []


@app.task(name="engine.tests.note")
def note(*, word):
    DONE.append(word)


def run_worker():
    """Work in a thread of its own: browser tests leave an event loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def work():
    with app.replace_connector(PsycopgConnector(kwargs=connector_params())) as direct:
        direct.run_worker(wait=False, delete_jobs="successful", install_signal_handlers=False)


@pytest.mark.django_db(transaction=True)
def test_a_job_is_seen_when_its_transaction_commits_and_deleted_when_done(monkeypatch):
    # The job's thread keeps its connection open otherwise, and the database cannot be dropped.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    DONE.clear()
    with transaction.atomic():
        note.defer(word="never")
        transaction.set_rollback(True)
    with transaction.atomic():
        note.defer(word="committed")
    assert ProcrastinateJob.objects.filter(task_name=note.name).count() == 1
    run_worker()
    assert DONE == ["committed"]
    assert not ProcrastinateJob.objects.filter(task_name=note.name).exists()


def test_a_periodic_function_can_still_be_called():
    registry = app.periodic_registry.periodic_tasks
    called = []

    @periodic("0 18 * * *", "engine.tests.nightly")
    def nightly():
        called.append(1)

    try:
        nightly()
        (task,) = [one.task for key, one in registry.items() if key[0] == "engine.tests.nightly"]
        task(0)
        assert called == [1, 1]
        assert (task.lock, task.queueing_lock) == ("engine.tests.nightly",) * 2
    finally:
        registry.pop(("engine.tests.nightly", ""))
        app.tasks.pop("engine.tests.nightly")


def test_stalled_jobs_are_taken_up_every_minute():
    crons = {key[0]: one.cron for key, one in app.periodic_registry.periodic_tasks.items()}
    assert crons["engine.retry_stalled"] == "* * * * *"
