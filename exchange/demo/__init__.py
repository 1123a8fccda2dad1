"""The demonstration country: invented people at invented schools in real regions, alive today (docs/adr/0015)."""
