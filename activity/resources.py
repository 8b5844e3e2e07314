"""Events on /api. The audit trail, which is no ordinary resource, is in `views`."""

from activity.models import Event
from jsonapi.registry import resource
from jsonapi.serializers import ResourceSerializer
from jsonapi.views import ResourceViewSet


class EventSerializer(ResourceSerializer):
    """What happened; only its reference and metadata can be written."""

    class Meta:
        model = Event
        fields = ("name",)
        read_only_fields = ("name",)


@resource("events")
class EventViewSet(ResourceViewSet):
    serializer_class = EventSerializer
    actions_allowed = ("list", "retrieve", "update")
