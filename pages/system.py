"""The machine: now, over the last minutes, and over a run."""

from auth.guard import require
from etl_batch.environment import home_folder
from etl_batch.jobs.service import JobService
from etl_batch.permissions import Permission
from etl_batch.ui.errors import errors_shown
from pages.services.machine import sandbox_of_workers
from pages.shared import machine_watch
from pages.views.machine_view import MachineActions, machine_view

require(Permission.SEE_SYSTEM)
with errors_shown():
    home = home_folder(None)
    jobs = JobService(home)
    machine_view(
        MachineActions(
            readings=lambda: machine_watch(home).readings(require(Permission.SEE_SYSTEM)),
            runs=lambda: jobs.profiles(require(Permission.SEE_SYSTEM)),
            sandbox=lambda: sandbox_of_workers(require(Permission.SEE_SYSTEM)),
            profile=lambda job_id: jobs.profile(require(Permission.SEE_SYSTEM), job_id),
        )
    )
