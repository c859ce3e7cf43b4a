"""Many NIM masters from the Salt master: plans, overviews, reports. Asks minions, never NIM."""
