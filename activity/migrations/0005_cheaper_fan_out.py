from django.db import migrations

# As before, but whether there is anybody to tell is asked by the simplest of statements.
FUNCTION = """
CREATE OR REPLACE FUNCTION activity_fan_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM activity_webhook WHERE disabled_at IS NULL LIMIT 1;
  IF FOUND THEN
    INSERT INTO activity_delivery (webhook_id, event_id, topic, object_id, resource_uid)
    SELECT webhook.id, event.id, event.name, event.object_id, event.resource_uid
    FROM inserted event
    JOIN activity_webhook webhook
      ON webhook.environment_id = event.environment_id
      AND webhook.topic = event.name
      AND webhook.disabled_at IS NULL
    ORDER BY event.id
    FOR KEY SHARE OF webhook;
  END IF;
  RETURN NULL;
END
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('activity', '0004_fewer_indexes'),
    ]

    operations = [
        migrations.RunSQL(FUNCTION, migrations.RunSQL.noop),
    ]
