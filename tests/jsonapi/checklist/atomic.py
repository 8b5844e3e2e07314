"""What the tests of operations send and read."""

from tests.api import MEDIA_TYPE, document, error

ATOMIC = "https://jsonapi.org/ext/atomic"


ACCEPT = f'{MEDIA_TYPE};ext="{ATOMIC}"'


MEMBER = "atomic:operations"


def results(reply):
    assert reply.status_code == 200, reply.content
    assert reply["Content-Type"] == ACCEPT
    return reply.json()["atomic:results"]


def add(subject, **members):
    return {"op": "add", "data": subject.new(**members)["data"]}


def update(subject, row, **attributes):
    data = document(subject.type, id=row.uid, attributes=attributes)["data"]
    return {"op": "update", "data": data}


def ref(subject, row=None, **members):
    identity = {"type": subject.type, "id": (row or subject.rows[0]).uid}
    return {"ref": identity | members}


def tag(row):
    return {"type": "tags", "id": row.uid}


def count(subject):
    return subject.get().json()["meta"]["record_count"]


def refused(reply, *statuses, at=0):
    assert reply.status_code in statuses, reply.content
    one = error(reply)
    assert one["status"] == str(reply.status_code)
    assert one["source"]["pointer"].startswith(f"/{MEMBER}/{at}")
    assert "atomic:results" not in reply.json()
    return one["source"]["pointer"].removeprefix(f"/{MEMBER}/{at}")
