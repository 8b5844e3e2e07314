"""PostgreSQL's transaction numbers, as columns and as a reading position."""

from django.db.models import BigIntegerField, Func


class CurrentTransaction(Func):
    """The number of the transaction that is writing; 64 bits, so it never wraps round."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = BigIntegerField()
    arity = 0
    allowed_default = True
