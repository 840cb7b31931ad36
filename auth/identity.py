"""How the gate tells a page whose it is: headers that only the gate can set, and their names in `st.user`."""

from __future__ import annotations

SESSION_HEADER = b"x-etl-session"  #: the key of the session, which opens nothing
ADDRESS_HEADER = b"x-etl-address"
SESSION_KEY = "session"
ADDRESS_KEY = "address"

#: As `server.trustedUserHeaders` in .streamlit/config.toml has it.
TRUSTED_USER_HEADERS = {SESSION_HEADER.decode(): SESSION_KEY, ADDRESS_HEADER.decode(): ADDRESS_KEY}
