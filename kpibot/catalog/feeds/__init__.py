"""Holidays from a calendar feed (iCalendar): read, expanded within bounds, and kept to whole days."""
