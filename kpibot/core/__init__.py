"""What kpibot knows without asking anyone: pure functions and frozen values. Time is an argument here."""
