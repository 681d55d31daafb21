"""The state database itself: engine, tables, migrations and the lock of a single instance."""
