"""The routes of the audit trail, below /api; they come before those of the resources."""

from django.urls import path

from activity.views import EntriesView, EntryView

urlpatterns = [
    path("event_stores", EntriesView.as_view()),
    path("event_stores/<str:uid>", EntryView.as_view()),
    path("<str:resource_type>/<str:uid>/event_stores", EntriesView.as_view()),
]
