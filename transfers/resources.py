"""Imports, exports and cleanups on /api."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from jsonapi import registry
from jsonapi.errors import Denied, Invalid
from jsonapi.registry import resource
from jsonapi.serializers import Computed, ResourceSerializer
from jsonapi.views import ResourceViewSet
from transfers import callers, items, output, services, streams
from transfers.fields import MOST_INPUTS, InputsField, NamesField, no_file
from transfers.models import Cleanup, Export, Format, Import, Job, types
from transfers.progress import estimate, percentage
from transfers.selection import compiled, included

LARGEST_IMPORT = 32 * 1_048_576  # bytes of a document


class JobSerializer(ResourceSerializer):
    """What all jobs have in common: a type, and who asked."""

    action: str  # what the caller has to be allowed to do with each resource

    def validate_resource_type(self, name: str) -> str:
        view = registry.view_of(name)
        if view is None or name not in types() or self.action not in view.actions_allowed:
            raise Invalid("resource_type", "inclusion", "is not included in the list")
        if not self.caller.may(self.action, name):
            raise Denied(pointer="/data/attributes/resource_type")
        return name

    def create(self, validated_data: dict[str, Any]) -> Any:
        services.check_queue(model=self.Meta.model, caller=self.caller)
        job: Job = super().create({**validated_data, "asked_by": callers.describe(self.caller)})
        services.ring(job)
        return job


class ImportSerializer(JobSerializer):
    """Creates and updates resources; its inputs are deleted as they are dealt with."""

    action = "create"
    inputs = InputsField()
    # Inputs are deleted as they are dealt with: there is no file of them.
    attachment_url = Computed(no_file)

    class Meta:
        model = Import
        fields = (
            "resource_type",
            "format",
            "parent_resource_id",
            "status",
            "started_at",
            "completed_at",
            "interrupted_at",
            "inputs",
            "inputs_size",
            "errors_count",
            "warnings_count",
            "processed_count",
            "errors_log",
            "warnings_log",
            "destroyed_count",
            "skip_errors",
            "cleanup_records",
            "attachment_url",
            "events",
        )
        create_only_fields = (
            *("resource_type", "format", "parent_resource_id", "inputs"),
            *("skip_errors", "cleanup_records"),
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("cleanup_records"):
            self._check_cleanup(attrs["resource_type"])
        if attrs.get("parent_resource_id") and attrs["resource_type"] not in items.PARENTS:
            raise Invalid("parent_resource_id", "invalid", "is not for resources of this type")
        if isinstance(attrs.get("inputs"), str):
            attrs["inputs"] = list(self._rows(attrs))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Import:
        inputs = validated_data.pop("inputs")
        job: Import = super().create(validated_data)
        services.add_inputs(job=job, inputs=inputs)
        return job

    def _check_cleanup(self, resource_type: str) -> None:
        view = registry.view_of(resource_type)
        if view is None or "destroy" not in view.actions_allowed:
            raise Invalid("cleanup_records", "invalid", "is not for resources of this type")
        if not self.caller.may("destroy", resource_type):
            raise Denied(pointer="/data/attributes/cleanup_records")

    @staticmethod
    def _rows(attrs: dict[str, Any]) -> Iterable[dict[str, Any]]:
        """Yield the rows of inputs that were sent as one text. Raises Invalid."""
        if attrs.get("format") != Format.CSV:
            raise Invalid("inputs", "not_a_list", "is not a list")
        known = items.known_names(attrs["resource_type"])
        try:
            rows = streams.csv_inputs(io.BytesIO(attrs["inputs"].encode()), known)
            for number, row in enumerate(rows):
                if number == MOST_INPUTS:
                    raise Invalid("inputs", "too_many", f"are too many (maximum is {MOST_INPUTS})")
                yield row
        except streams.Malformed as refusal:
            raise Invalid("inputs", "invalid", refusal.errors[0]["detail"]) from None


@resource("imports")
class ImportViewSet(ResourceViewSet):
    serializer_class = ImportSerializer
    largest_body = LARGEST_IMPORT  # ten thousand inputs; only back ends get this far


class ExportSerializer(JobSerializer):
    """Writes the resources that its caller may see into a file."""

    action = "list"
    includes = NamesField()
    fields = NamesField()
    progress = Computed(percentage, "status", "records_count", "processed_count")
    estimated_completion_at = Computed(
        estimate,
        *("status", "started_at", "updated_at", "records_count", "processed_count"),
    )

    class Meta:
        model = Export
        fields = (
            "resource_type",
            "format",
            "status",
            "includes",
            "fields",
            "filters",
            "dry_data",
            "jwt_filters",
            "started_at",
            "completed_at",
            "estimated_completion_at",
            "interrupted_at",
            "records_count",
            "processed_count",
            "progress",
            "attachment_url",
            "errors_log",
            "events",
        )
        create_only_fields = (
            *("resource_type", "format", "includes", "fields"),
            *("filters", "dry_data", "jwt_filters"),
        )
        # Filters may name people, whom no log shall remember.
        secret_fields = ("filters", "attachment_url")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is not None:
            return attrs
        schema = registry.schema_of(attrs["resource_type"])
        tree = included(schema, attrs.get("includes", ()), self.caller)
        output.shape_of(schema.type, tree, attrs.get("fields", ()), dry=False)
        compiled(schema, attrs.get("filters") or {}, self.caller)
        return attrs


@resource("exports")
class ExportViewSet(ResourceViewSet):
    serializer_class = ExportSerializer


class CleanupSerializer(JobSerializer):
    """Deletes the resources that meet its filters; all of the type if there are none."""

    action = "destroy"

    class Meta:
        model = Cleanup
        fields = (
            "resource_type",
            "status",
            "started_at",
            "completed_at",
            "interrupted_at",
            "filters",
            "records_count",
            "errors_count",
            "processed_count",
            "errors_log",
            "events",
        )
        create_only_fields = ("resource_type", "filters")
        secret_fields = ("filters",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is None:
            schema = registry.schema_of(attrs["resource_type"])
            compiled(schema, attrs.get("filters") or {}, self.caller)
        return attrs


@resource("cleanups")
class CleanupViewSet(ResourceViewSet):
    serializer_class = CleanupSerializer
