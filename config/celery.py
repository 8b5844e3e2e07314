"""The Celery application. Messages are doorbells: the work itself is in tables."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("clientele")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# A message that waited for the next one is of no use: `expires` drops it, in seconds.
app.conf.beat_schedule = {
    "sweep": {"task": "anonymization.tasks.sweep", "schedule": 2, "options": {"expires": 2}},
    "place-orders": {"task": "orders.tasks.sweep", "schedule": 5, "options": {"expires": 5}},
    "renew-orders": {"task": "orders.tasks.renew", "schedule": 5, "options": {"expires": 5}},
    "deliver": {"task": "activity.tasks.deliver", "schedule": 1, "options": {"expires": 1}},
    "ring-transfers": {
        "task": "transfers.tasks.sweep",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "purge-transfers": {
        "task": "transfers.tasks.purge",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "prune-callbacks": {
        "task": "activity.tasks.prune",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "send-letters": {
        "task": "customers.tasks.send_due",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "sweep-pictures": {
        "task": "customers.tasks.sweep_pictures",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "purge-tokens": {
        "task": "oauth.tasks.purge",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "purge-customers": {
        "task": "customers.tasks.purge",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "fill-lists": {
        "task": "catalog.tasks.fill_lists",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "reconcile-counts": {
        "task": "orders.tasks.reconcile",
        "schedule": crontab(hour="3", minute="30"),
        "options": {"expires": 3600},
    },
}
