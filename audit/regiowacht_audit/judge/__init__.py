"""Rules and baselines as data, and the findings that come of facts."""
