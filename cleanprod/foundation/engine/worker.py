"""The worker process: `python -m cleanprod.foundation.engine.worker`, a child of `serve`."""

import django
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from cleanprod.foundation.engine.jobs import app

_CONCURRENCY = 2
_GRACE = 20.0  # seconds for running jobs when the worker is asked to stop


def work() -> None:
    """Run jobs until told to stop; what succeeded is deleted, the trail keeps what was done."""
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4)
    with app.replace_connector(connector) as direct:
        direct.run_worker(
            concurrency=_CONCURRENCY,
            delete_jobs="successful",
            shutdown_graceful_timeout=_GRACE,
        )


if __name__ == "__main__":
    django.setup()
    work()
