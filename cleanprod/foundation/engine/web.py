"""The WSGI application as `serve` runs it: in worker processes that end with their master."""

import signal

from django.core.wsgi import get_wsgi_application

from cleanprod.foundation.engine.process import die_with_parent

# The master is told of our death by its own parent; its workers must not outlive it.
die_with_parent(signal.SIGKILL)
application = get_wsgi_application()
