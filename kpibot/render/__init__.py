"""From reports to what a person sees: words, Block Kit and charts. Pure: no clock, no environment, no network."""
