"""The demo's devices: fleet, check-outs, events and licenses."""
