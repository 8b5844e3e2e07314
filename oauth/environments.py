"""From what a token says to a row's environment, without a query per request."""

from organizations.models import Environment, Mode

# An environment never changes its organization or mode, so nothing here gets old.
_known: dict[tuple[str, bool], int] = {}


def environment_id(organization_id: str, *, test: bool) -> int | None:
    """Return the primary key of an organization's test or live environment."""
    key = (organization_id, test)
    if key not in _known:
        mode = Mode.TEST if test else Mode.LIVE
        rows = Environment.objects.filter(organization__uid=organization_id, mode=mode)
        found = rows.values_list("pk", flat=True).first()
        if found is None:
            return None
        _known[key] = found
    return _known[key]
