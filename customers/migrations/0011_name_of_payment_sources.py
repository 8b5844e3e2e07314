import django.db.models.fields.json
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("customers", "0010_address_of_a_place"),
    ]

    operations = [
        # It was never written: a column cannot become a generated one.
        migrations.RemoveField(
            model_name="customerpaymentsource",
            name="name",
        ),
        migrations.AddField(
            model_name="customerpaymentsource",
            name="name",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        details__lastFourDigits__regex="^[0-9]{4}$",
                        then=django.db.models.functions.text.Concat(
                            models.Value("XXXX-XXXX-XXXX-"),
                            django.db.models.fields.json.KeyTextTransform(
                                "lastFourDigits", "details"
                            ),
                        ),
                    ),
                    default=django.db.models.functions.comparison.Coalesce(
                        django.db.models.fields.json.KeyTextTransform("brand", "details"),
                        models.F("type"),
                    ),
                    output_field=models.CharField(),
                ),
                output_field=models.CharField(max_length=255, null=True),
            ),
        ),
    ]
