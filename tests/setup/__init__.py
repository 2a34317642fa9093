"""What tests need beside Python: which part, how it is got, and whether it is still on its way."""
