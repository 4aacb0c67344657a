"""The console for programs: keys, the described API, signed webhooks, metrics and health."""
