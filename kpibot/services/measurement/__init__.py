"""Queries measures, and turns the results into readings, series and reports."""
