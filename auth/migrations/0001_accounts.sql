-- Users, their sessions, what slows guessing down, and links that can be used once.
-- Times are seconds since 1970, UTC.

CREATE TABLE user (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,              -- as it is shown
    name_key TEXT NOT NULL UNIQUE,   -- as it is compared
    role TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    password_hash TEXT,              -- NULL: none chosen yet, or signs in through the provider only
    totp_secret BLOB,                -- encrypted; NULL: no second factor
    totp_step INTEGER NOT NULL DEFAULT 0,  -- the last time step whose code was used: none works twice
    oidc_subject TEXT UNIQUE,        -- issuer and subject; NULL: an account of this console
    created_at REAL NOT NULL,
    signed_in_at REAL                -- the last time; NULL: never
) STRICT;

CREATE TABLE session (
    key TEXT PRIMARY KEY,            -- SHA-256 of the token; the token itself is in the cookie only
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    created_at REAL NOT NULL,
    seen_at REAL NOT NULL,           -- when the user last did something
    address TEXT,
    agent TEXT
) STRICT;
CREATE INDEX session_of_user ON session (user_id);

CREATE TABLE throttle (
    key TEXT PRIMARY KEY,            -- keyed hash of a name or an address: a password typed into the wrong field stays unknown
    failures INTEGER NOT NULL,
    failed_at REAL NOT NULL
) STRICT;

CREATE TABLE link (
    key TEXT PRIMARY KEY,            -- SHA-256 of the token
    user_id INTEGER REFERENCES user (id) ON DELETE CASCADE,  -- NULL: makes the first super_admin
    expires_at REAL NOT NULL
) STRICT;

CREATE TABLE oidc_try (
    state TEXT PRIMARY KEY,          -- SHA-256 of the state sent to the provider
    browser TEXT NOT NULL,           -- SHA-256 of the cookie of the browser that began
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    next TEXT NOT NULL,
    expires_at REAL NOT NULL
) STRICT;

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
