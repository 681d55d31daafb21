"""The district's time: its calendar, its working clock, periods, and the ways that people write a time."""
