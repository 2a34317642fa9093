"""Remote write 1.0 as bytes: what agents encode and the gateway decodes."""
