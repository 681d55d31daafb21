"""The values that people write in a configuration: durations, times, conditions, recurrences."""
