"""The workflow as pure Python: stages, who may move what where, and which statement stands on which basis."""
