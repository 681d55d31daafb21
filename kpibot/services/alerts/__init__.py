"""Watches KPIs, notifies channels of breaches, and does what people ask about alerts."""
