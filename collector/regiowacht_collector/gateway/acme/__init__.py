"""The gateway's certificate, asked of an authority over ACME (RFC 8555) and renewed by itself."""
