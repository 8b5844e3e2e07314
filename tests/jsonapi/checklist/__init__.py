"""JSON:API 1.1 as a list of rows, asked over HTTP of several resources.

The number in a test's name is the row's. Rows about things that this server does not offer
are asked for their refusal; the few that Commerce Layer's wire contradicts are in
docs/compatibility.md.
"""
