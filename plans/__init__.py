"""How we get there: tasks, critical path, directives, works, money. Stands on communes; reports stand on it."""
