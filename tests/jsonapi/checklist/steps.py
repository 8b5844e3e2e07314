"""What the tests of writing do over and over."""


def status(reply):
    if reply.status_code >= 400:
        assert reply.json()["errors"]
    return reply.status_code


def shown(subject, row, name):
    return subject.get(subject.path(row, "relationships", name)).json()["data"]


def tag(row):
    return {"type": "tags", "id": row.uid}


UNKNOWN_TAG = {"type": "tags", "id": "unknown"}


TAGS = "relationships/tags"


def count(subject):
    return subject.get().json()["meta"]["record_count"]
