"""The contract: names, texts, errors."""
