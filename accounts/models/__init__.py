"""People, departments, history, installation."""

from accounts.models.history import HistoryEntry, HistoryHead
from accounts.models.installation import Installation
from accounts.models.notices import Notice, NoticeSetting
from accounts.models.people import Department, Person

__all__ = ["Department", "HistoryEntry", "HistoryHead", "Installation", "Notice", "NoticeSetting", "Person"]
