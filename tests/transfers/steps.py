"""What the tests of jobs do over and over."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from transfers import services
from transfers.models import KINDS


def ask(api: Any, kind: str, **attributes: Any) -> Any:
    """Create a job and return its row."""
    reply = api.post(kind, attributes=attributes)
    assert reply.status_code == 201, reply.content
    return KINDS[kind].objects.get(uid=reply.json()["data"]["id"])


def finish(job: Any) -> Any:
    """Work on a job until it ends, as workers do."""
    while job.is_open:
        assert services.run(kind=job.kind, job_id=job.pk)
        job.refresh_from_db()
    return job


def finished(api: Any, kind: str, **attributes: Any) -> Any:
    return finish(ask(api, kind, **attributes))


def download(job: Any) -> bytes:
    """Return the file of an export, got as anybody would who knows its address."""
    reply = Client().get(job.path)
    assert reply.status_code == 200, reply.content
    return b"".join(reply.streaming_content)


def exported(api: Any, **attributes: Any) -> Any:
    """Return what an export wrote, read as JSON."""
    return json.loads(download(finished(api, "exports", **attributes)))


def upload(
    api: Any,
    body: bytes,
    media_type: str = "text/csv",
    resource_type: str = "customers",
    **query: str,
) -> Any:
    """Send a file of inputs."""
    parameters = "&".join(f"{name}={value}" for name, value in query.items())
    return Client().generic(
        "POST",
        f"/files/imports?resource_type={resource_type}&{parameters}".rstrip("&"),
        body,
        content_type=media_type,
        headers={"Authorization": f"Bearer {api.token}"} if api.token else {},
    )


def shown(api: Any, job: Any) -> dict[str, Any]:
    """Return a job's attributes as the API shows them."""
    reply = api.get(f"{job.kind}/{job.uid}")
    assert reply.status_code == 200, reply.content
    return reply.json()["data"]["attributes"]
