# Thin aliases; the work is in tools/manage_project.py, which also runs where there is no make:
#   py tools\manage_project.py run
PYTHON ?= python3

.PHONY: run test test-fast lint bench backup screenshots setup lock clean
run test test-fast lint bench backup screenshots setup lock clean:
	@$(PYTHON) tools/manage_project.py $@
