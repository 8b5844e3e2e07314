"""What customers tell the apps above them, inside the transaction of the change.

`password_was_reset` and `email_was_confirmed` are sent with `sender` (Customer) and `instance`,
whose row is locked.
"""

from django.dispatch import Signal

password_was_reset = Signal()
email_was_confirmed = Signal()
