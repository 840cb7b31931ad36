"""Launch: the page where a job is made."""

from functools import partial

import streamlit as st

from auth.guard import require
from etl_batch.etl_integration_ui import etl_dashboard
from etl_batch.permissions import Permission

require(Permission.LAUNCH_JOBS)
st.title("Quantum ETL Engine", anchor=False)
etl_dashboard(partial(require, Permission.LAUNCH_JOBS))
