"""The machine: now, over the last minutes, and over a run."""

from auth.guard import require
from etl_batch.command_line import home_folder
from etl_batch.permissions import Permission
from etl_batch.ui.errors import errors_drawn
from pages.services.run_profiles import profiled_runs, run_result
from pages.shared import machine_watch
from pages.views.machine_view import MachineDoors, machine_view

require(Permission.SEE_SYSTEM)
with errors_drawn():
    home = home_folder(None)
    machine_view(
        MachineDoors(
            readings=lambda: machine_watch(home).readings(require(Permission.SEE_SYSTEM)),
            runs=lambda: profiled_runs(home, require(Permission.SEE_SYSTEM)),
            result=lambda output: run_result(home, require(Permission.SEE_SYSTEM), output),
        )
    )
