"""Jobs in PostgreSQL: deferred inside the business transaction, seen by the worker at commit.

A slice puts its tasks into its own `jobs.py` and declares them with `app.task` or `periodic`.
Jobs run at least once: a worker that dies leaves its job to be taken up again.
"""

from collections.abc import Callable

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.tasks import Task

__all__ = ["app", "periodic"]


def periodic(cron: str, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Let the worker run a function on a timetable, one run at a time.

    The timetable is in UTC, eight hours behind Beijing; `name` is like `trail.seal`. The function
    itself is returned, so that it can also be called directly.
    """

    def register(work: Callable[[], None]) -> Callable[[], None]:
        def run(timestamp: int) -> None:
            work()

        task: Task[[int], None, [int]] = app.task(name=name, lock=name, queueing_lock=name)(run)
        app.periodic(cron=cron)(task)
        return work

    return register


@app.periodic(cron="* * * * *")
@app.task(name="engine.retry_stalled", queueing_lock="engine.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Take up again the jobs of workers that gave no sign of life."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)
