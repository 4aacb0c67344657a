"""The nightly look at the practice's network, and what it has found before."""
