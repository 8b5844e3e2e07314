"""Starts everything as children of one process, keeps it running, stops it in order."""
