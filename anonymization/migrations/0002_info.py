from django.db import migrations

# What the API shows of a person's latest request.
FUNCTION = """
CREATE FUNCTION anonymization_info(environment bigint, subject text) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT JSONB_STRIP_NULLS(JSONB_BUILD_OBJECT(
  'status', request.status,
  'requested_at', TO_CHAR(request.requested_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'),
  'started_at', TO_CHAR(request.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'),
  'completed_at', TO_CHAR(request.completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'),
  'failed_at', TO_CHAR(request.failed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'),
  'cancelled_at', TO_CHAR(request.cancelled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'),
  'requester', CASE WHEN requester.id IS NOT NULL THEN JSONB_BUILD_OBJECT(
    'id', requester.uid, 'first_name', requester.first_name,
    'last_name', requester.last_name, 'email', requester.email
  ) END,
  'cancellation_requester', CASE WHEN canceller.id IS NOT NULL THEN JSONB_BUILD_OBJECT(
    'id', canceller.uid, 'first_name', canceller.first_name,
    'last_name', canceller.last_name, 'email', canceller.email
  ) END
))
FROM anonymization_anonymizationrequest request
LEFT JOIN organizations_user requester ON requester.id = request.requester_id
LEFT JOIN organizations_user canceller ON canceller.id = request.cancellation_requester_id
WHERE request.environment_id = environment AND request.subject_uid = subject
ORDER BY request.id DESC
LIMIT 1
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("anonymization", "0001_initial"),
        ("organizations", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION anonymization_info(bigint, text)"),
    ]
