"""KPIs: measures, thresholds, readings, series and the report of a KPI."""
