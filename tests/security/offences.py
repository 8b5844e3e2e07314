"""What a reply to garbage may look like."""

from __future__ import annotations

import pytest


def sample(values, at, step):
    """Return every `step`-th of the values, others for other places `at`."""
    return values[at % step :: step]


class Offences(list):
    """What went wrong, to be told all at once."""

    def look(self, what, reply, *, pointers=(), parameter=None, changed=False):
        """Note a defect, a malformed or misplaced refusal, or a refusal that changed a row."""
        if reply.status_code >= 500:
            self.append((what, reply.content[:200]))
        elif reply.status_code >= 400:
            for problem in problems(reply, pointers, parameter):
                self.append((what, problem, reply.content[:300]))
            if changed:
                self.append((what, "was refused, but changed the row"))

    def tell(self):
        if self:
            shown = "\n".join(str(one) for one in self[:40])
            pytest.fail(f"{len(self)} offences, for instance\n{shown}", pytrace=False)


def problems(reply, pointers, parameter):
    errors = reply.json().get("errors")
    if not errors:
        yield "no errors"
        return
    for error in errors:
        texts = (error.get(name) for name in ("title", "detail", "code", "status"))
        if not all(isinstance(text, str) for text in texts):
            yield "no title, detail, code or status"
        if error.get("status") != str(reply.status_code):
            yield "another status"
        if set(error) - {"title", "detail", "code", "status", "source", "meta", "links"}:
            yield "unknown members"
    sources = [error.get("source", {}) for error in errors]
    if pointers and not any(source.get("pointer") in pointers for source in sources):
        yield f"no pointer to {pointers}"
    if parameter and sources != [{"parameter": parameter}]:
        yield "no parameter"
