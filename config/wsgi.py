"""The WSGI application: `granian --interface wsgi config.wsgi:application`."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Django REST framework imports it wherever it is installed, for a test client: 4 MB a worker.
sys.modules.setdefault("requests", None)  # type: ignore[arg-type]

application = get_wsgi_application()

# What is loaded now stays: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
