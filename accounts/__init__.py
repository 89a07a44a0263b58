"""Who acts: people, departments, roles as data, `Standing` (plain: role, department, units), history, installation.

The lowest floor: knows no criteria and no communes. A posting (person + role + unit) lives in `communes`, because
it names a unit; what follows from it reaches the lower floors as a plain `Standing`.
"""
