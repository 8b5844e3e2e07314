import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import jsonapi.models
import oauth.models
import oauth.redirects
import oauth.transactions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('organizations', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', jsonapi.models.UidField(db_collation='C', default=jsonapi.models.new_uid, editable=False, max_length=40)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('reference', models.CharField(blank=True, max_length=255, null=True)),
                ('reference_origin', models.CharField(blank=True, max_length=255, null=True)),
                ('metadata', models.JSONField(blank=True, default=dict)),
                ('name', models.CharField(max_length=255)),
                ('kind', models.CharField(choices=[('sales_channel', 'Sales Channel'), ('integration', 'Integration'), ('webapp', 'Webapp')], default='sales_channel', max_length=13)),
                ('client_id', models.CharField(default=oauth.models.new_client_id, editable=False, max_length=64, unique=True)),
                ('secret_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('redirect_uris', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2000, validators=[oauth.redirects.validate_redirect_uri]), blank=True, default=list, help_text='Where /oauth/authorize may send codes to, byte for byte.', size=None)),
                ('scopes', models.CharField(default='market:all', help_text='What tokens may ask for: "market:all" or e.g. "market:code:europe".', max_length=2000)),
                ('access_token_lifetime', models.DurationField(blank=True, help_text='2 hours to 15 days. Empty: 4 hours for sales channels, 2 hours for others.', null=True)),
                ('environment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organizations.environment')),
                ('role', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='organizations.role')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AuthorizationCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.CharField(max_length=64, unique=True)),
                ('redirect_uri', models.CharField(blank=True, max_length=2000)),
                ('scope', models.CharField(blank=True, max_length=2000)),
                ('code_challenge', models.CharField(blank=True, max_length=128)),
                ('family', models.CharField(default=jsonapi.models.new_uid, max_length=40)),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='oauth.application')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RefreshToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('jti', models.CharField(max_length=40, unique=True)),
                ('family', models.CharField(db_index=True, max_length=40)),
                ('scope', models.CharField(max_length=2000)),
                ('custom_claim', models.JSONField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='oauth.application')),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('environment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organizations.environment')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Revocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(choices=[('token', 'Token'), ('family', 'Family'), ('owner', 'Owner'), ('application', 'Application')], max_length=11)),
                ('value', models.CharField(max_length=100)),
                ('issued_before', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('transaction', models.BigIntegerField(db_default=oauth.transactions.CurrentTransaction(), db_index=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('subject__in', ['token', 'family', 'owner', 'application'])), name='oauth_revocation_subject_is_known')],
            },
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kid', models.CharField(max_length=64, unique=True, verbose_name='key id')),
                ('public_key', models.TextField(help_text='PEM')),
                ('private_key', models.TextField(editable=False, help_text='PEM, encrypted with a key derived from SECRET_KEY.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kid__regex', '^[0-9a-f]{64}$')), name='oauth_key_id_is_64_hex_digits'), models.CheckConstraint(condition=models.Q(('retired_at__isnull', True), ('retired_at__gte', models.F('created_at')), _connector='OR'), name='oauth_keys_retire_after_their_creation')],
            },
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['environment', 'id'], name='oauth_appli_environ_4cb6cf_idx'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(fields=('environment', 'uid'), name='oauth_application_unique_uid'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('uid__regex', '^[A-Za-z0-9_-]{1,40}$')), name='oauth_application_uid_is_valid'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['sales_channel', 'integration', 'webapp'])), name='oauth_application_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('access_token_lifetime__isnull', True), ('access_token_lifetime__range', (datetime.timedelta(seconds=7200), datetime.timedelta(days=15))), _connector='OR'), name='oauth_access_tokens_live_2_hours_to_15_days'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'integration'), _negated=True), models.Q(('secret_hash', ''), _negated=True), _connector='OR'), name='oauth_integrations_have_a_secret'),
        ),
        migrations.AddConstraint(
            model_name='refreshtoken',
            constraint=models.CheckConstraint(condition=models.Q(('customer__isnull', True), ('user__isnull', True), _connector='OR'), name='oauth_refresh_token_has_one_owner'),
        ),
    ]
