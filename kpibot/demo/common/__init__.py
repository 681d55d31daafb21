"""What the demo's databases share: campuses, seasons, time and random draws."""
