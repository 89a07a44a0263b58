"""Every read of plans and directives; what is shown comes out as value objects."""
