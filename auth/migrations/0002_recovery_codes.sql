-- Recovery codes: each stands for the authenticator app once. A row that is gone is a code that was used.

CREATE TABLE recovery_code (
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    key TEXT NOT NULL,               -- keyed hash of the user and the code; the code itself is kept nowhere
    PRIMARY KEY (user_id, key)
) STRICT;
