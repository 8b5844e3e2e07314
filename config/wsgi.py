"""The WSGI application: `granian --interface wsgi config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.health import wait_for_migrations  # noqa: E402  (needs the line above)

wait_for_migrations()
