"""The working screens: entry sheets, the queues of those who verify and approve, surveys. Each view loads, asks, acts,
answers; what a page shows is put together in `desk` and `cards`, what a person typed is read in `communes.forms`."""
