"""Every write of plans and directives: keyword-only, one transaction, remembered, told."""
