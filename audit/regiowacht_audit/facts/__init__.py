"""What a configuration says, in words that no vendor owns."""
