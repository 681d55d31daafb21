"""The composition root: wires everything together, and is the only place that reads the clock."""
