"""Network audits on demand: fetches configurations, scrubs their secrets, keeps them and judges them."""
