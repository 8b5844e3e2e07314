"""A back end that calls the product over HTTP, each time over a new connection."""

import http.client
import json

from tests.api import MEDIA_TYPE, assertion, document


class Backend:
    """An integration that acts for a user of the organization."""

    def __init__(self, product):
        self.port = product.port
        self.credentials = json.loads((product.data_dir / "credentials.json").read_text())
        self.token = self.authorize(
            grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer",
            assertion=assertion("User", self.credentials["integration_user_id"]),
        )

    def authorize(self, **grant):
        """Return a fresh access token."""
        reply = self.post("/oauth/token", {**self.credentials["integration"], **grant})
        return reply["access_token"]

    def revoke(self, token):
        assert self.post("/oauth/revoke", {**self.credentials["integration"], "token": token}) == {}

    def post(self, path, body):
        status, reply = self.send("POST", path, body, {"Content-Type": "application/json"})
        assert status == 200, reply
        return reply

    def call(self, method, path, body=None, token=None):
        """Call /api and return the status and the reply."""
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": MEDIA_TYPE}
        return self.send(method, f"/api/{path}", body, headers)

    def send(self, method, path, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())
        finally:
            connection.close()

    def create(self, resource_type, attributes, **relationships):
        """Create a resource and return its id."""
        body = document(resource_type, attributes=attributes, relationships=relationships)
        status, reply = self.call("POST", resource_type, body)
        assert status == 201, reply
        return reply["data"]["id"]

    def request_anonymization(self, uid):
        body = document("customers", id=uid, attributes={"_request_anonymization": True})
        status, reply = self.call("PATCH", f"customers/{uid}", body)
        assert status == 200, reply
        assert reply["data"]["attributes"]["anonymization_status"] == "requested"

    def statuses(self, uids):
        """Return the anonymization status of each customer, in the same order."""
        found = {}
        for start in range(0, len(uids), 25):
            some = ",".join(uids[start : start + 25])
            fields = "fields[customers]=anonymization_status,email"
            status, reply = self.call(
                "GET", f"customers?page[size]=25&filter[q][id_in]={some}&{fields}"
            )
            assert status == 200, reply
            found |= {one["id"]: one["attributes"]["anonymization_status"] for one in reply["data"]}
        return [found[uid] for uid in uids]

    def trail(self, uid):
        """Return the anonymization steps of a customer's audit trail, the oldest first."""
        status, reply = self.call("GET", f"customers/{uid}/event_stores?page[size]=25")
        assert status == 200, reply
        steps = [entry["attributes"]["event"] for entry in reply["data"]]
        return [step for step in reversed(steps) if step.startswith("anonymization")]

    def events(self, uid):
        """Return the names of a customer's events."""
        status, reply = self.call("GET", f"customers/{uid}/events?page[size]=25")
        assert status == 200, reply
        return [event["attributes"]["name"] for event in reply["data"]]
