"""The dashboard: `streamlit run app.py`, `python app.py` or `uvicorn app:app`.

Streamlit finds `app` here and serves it; what it runs for each page is `pages/main.py`. Only AppTest runs this file as
a page itself.
"""

from __future__ import annotations

import sys

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.scriptrunner import get_script_run_ctx

from auth.gate import Gate
from auth.media import MediaGuard
from auth.opening import open_console
from etl_batch.errors import EtlError
from pages.main import main
from pages.registry import FOLDER, permissions_by_path
from pages.warm_up import warm_up

if get_script_run_ctx(suppress_warning=True) is None:
    try:
        opened = open_console(permissions_by_path(), warm_up)
    except EtlError as error:
        sys.exit(f"error[{error.code}]: {error}")
    app = st.App(
        FOLDER / "main.py",
        routes=opened.routes,
        lifespan=opened.lifespan,
        middleware=[Middleware(Gate, context=opened.context), Middleware(MediaGuard, context=opened.context)],
    )
    if __name__ == "__main__":
        app.run()
else:
    main()
