"""Events and webhooks on /api. The audit trail, which is no ordinary resource, is in `views`."""

from __future__ import annotations

from typing import Any

from rest_framework.serializers import ListField

from activity.models import Event, EventCallback, Webhook
from activity.validation import MOST_PATHS, check_webhook
from jsonapi.registry import resource
from jsonapi.serializers import ResourceSerializer, StrictCharField
from jsonapi.views import READ_ONLY, ResourceViewSet


class EventSerializer(ResourceSerializer):
    """What happened; only its reference and metadata can be written."""

    class Meta:
        model = Event
        fields = ("name", "webhooks", "last_event_callbacks")
        read_only_fields = ("name", "webhooks")


@resource("events")
class EventViewSet(ResourceViewSet):
    serializer_class = EventSerializer
    actions_allowed = ("list", "retrieve", "update")


class WebhookSerializer(ResourceSerializer):
    """Who wants to be told of what. Who makes one has to be allowed to read what it is sent."""

    include_resources = ListField(
        child=StrictCharField(max_length=255), max_length=MOST_PATHS, required=False
    )

    class Meta:
        model = Webhook
        fields = (
            "name",
            "topic",
            "callback_url",
            "include_resources",
            "disabled_at",
            "circuit_state",
            "circuit_failure_count",
            "shared_secret",
            "last_event_callbacks",
        )
        secret_fields = ("shared_secret",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        names = ("topic", "callback_url", "include_resources")
        stored = {name: getattr(self.instance, name) for name in names if self.instance}
        written = {name: attrs[name] for name in names if name in attrs}
        if written:
            check_webhook(caller=self.caller, **{"include_resources": [], **stored, **written})
        return attrs


@resource("webhooks")
class WebhookViewSet(ResourceViewSet):
    serializer_class = WebhookSerializer


class EventCallbackSerializer(ResourceSerializer):
    """One attempt to tell a webhook of an event."""

    class Meta:
        model = EventCallback
        fields = ("callback_url", "payload", "response_code", "response_message", "webhook")


@resource("event_callbacks")
class EventCallbackViewSet(ResourceViewSet):
    serializer_class = EventCallbackSerializer
    actions_allowed = READ_ONLY
