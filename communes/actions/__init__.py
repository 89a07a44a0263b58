"""Every write of what is reported, checked and decided. Each act: one transaction, its history inside it."""
