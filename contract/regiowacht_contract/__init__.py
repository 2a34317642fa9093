"""What the rooms of Regiowacht agree on: metrics, thresholds, labels, errors, texts.

The contract stands on the standard library alone, so that an agent on a small server carries nothing it does not need.
"""
