"""Measures Clientele beside a stock DJA project, a bare view and raw SQL. Start: make bench."""
