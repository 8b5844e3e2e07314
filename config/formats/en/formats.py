"""Dates that sort and that mean the same everywhere."""

DATE_FORMAT = "Y-m-d"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "Y-m-d\xa0H:i"  # on one line
