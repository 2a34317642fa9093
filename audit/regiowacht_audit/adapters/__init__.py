"""One module per platform: fills the vendor-neutral facts from a configuration's lines."""
