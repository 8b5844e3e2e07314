"""A worker that is killed loses nothing, and does nothing twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db import connection
from django.utils import timezone

from activity.models import Event
from catalog.models import Sku
from customers.models import Customer
from tests import factories
from tests.orders import goods
from tests.transfers.steps import ask, download, finish
from transfers import services
from transfers.models import ImportInput, Job

pytestmark = pytest.mark.django_db(transaction=True)


def die_at(job: Job) -> None:
    """Let a process of its own work on the job, and kill it before its fourth step is committed."""
    given = connection.settings_dict
    host = given["HOST"]
    password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
    place = f"?host={host}" if host.startswith("/") else ""
    address = "" if place else f"{host}:{given['PORT']}"
    url = f"postgresql://{given['USER']}{password}@{address}/{given['NAME']}{place}"
    script = Path(__file__).with_name("dying_worker.py")
    worker = subprocess.Popen(
        [sys.executable, script, job.kind, str(job.pk)],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "PYTHONPATH": os.pathsep.join([str(project.BASE_DIR), *sys.path]),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout.readline() == "stepped\n"
    finally:
        worker.kill()
        worker.wait()
        worker.stdout.close()
        worker.stdin.close()
    job.refresh_from_db()


def resume(job: Job) -> Job:
    """Finish a job whose worker died, without waiting until it is missed."""
    assert not services.run(kind=job.kind, job_id=job.pk)
    type(job).objects.filter(pk=job.pk).update(not_before=timezone.now())
    return finish(job)


def test_an_import_goes_on_where_it_was(shop):
    inputs = [{"email": f"{number}@example.com"} for number in range(2030)]
    inputs[7] = {"email": "no address"}
    job = ask(shop.integration, "imports", resource_type="customers", inputs=inputs)
    die_at(job)
    assert (job.processed_count, job.errors_count, job.position) == (1499, 1, 1500)
    assert Customer.objects.count() == 1499
    assert ImportInput.objects.count() == 530

    resume(job)

    assert (job.status, job.processed_count, job.errors_count) == ("completed", 2029, 1)
    emails = set(Customer.objects.values_list("email", flat=True))
    assert emails == {one["email"] for one in inputs if one["email"] != "no address"}
    assert Event.objects.filter(name="customers.create").count() == 2029
    assert list(job.errors_log) == ["8"]


def test_an_export_goes_on_where_it_was(shop):
    for _ in range(1_100):
        factories.make_customer(shop.environment)
    job = ask(shop.integration, "exports", resource_type="customers", fields=["email"])
    die_at(job)
    assert (job.processed_count, job.parts.count()) == (750, 3)

    rows = json.loads(download(resume(job)))

    emails = [row["email"] for row in rows]
    assert sorted(emails) == sorted(Customer.objects.values_list("email", flat=True))


def test_a_cleanup_goes_on_where_it_was(shop):
    for _ in range(230):
        goods.make_sku(shop.environment, price=None)
    job = ask(shop.integration, "cleanups", resource_type="skus")
    die_at(job)
    assert (job.processed_count, Sku.objects.count()) == (150, 80)

    resume(job)

    assert (job.status, job.processed_count, job.errors_count) == ("completed", 230, 0)
    assert not Sku.objects.exists()
    assert Event.objects.filter(name="skus.destroy").count() == 230


def test_a_job_whose_workers_always_die_is_given_up(shop):
    job = ask(shop.integration, "exports", resource_type="customers")
    for _ in range(10):
        type(job).objects.filter(pk=job.pk).update(not_before=timezone.now())
        job.refresh_from_db()
        # What a worker leaves behind that dies at once.
        type(job).objects.filter(pk=job.pk).update(attempts=job.attempts + 1)

    assert not services.run(kind="exports", job_id=job.pk)

    job.refresh_from_db()
    assert job.status == "failed"
    assert job.errors_log == {"WorkerLost": {"base": ["every attempt failed"]}}
