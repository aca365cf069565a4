"""Pages of accounts: signing in, one's own account, the administrators' areas."""
