"""Settings, errors, value types, logs and metrics, for every other package."""
