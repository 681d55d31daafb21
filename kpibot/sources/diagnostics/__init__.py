"""What `check` asks a district's database: columns, suspicious rows, query plans, index advice."""
