"""Takes measures, and turns them into readings, series and reports."""
