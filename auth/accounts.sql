-- find_user --
SELECT * FROM user WHERE name_key = :name_key;

-- find_user_by_id --
SELECT * FROM user WHERE id = :id;

-- find_user_by_subject --
SELECT * FROM user WHERE oidc_subject = :subject;

-- list_users --
SELECT user.*,
       (SELECT max(expires_at) FROM link WHERE user_id = user.id AND expires_at > :now) AS invited_until,
       (SELECT count(*) FROM recovery_code WHERE user_id = user.id) AS recovery_codes,
       (SELECT count(*) FROM session WHERE user_id = user.id AND created_at > :created_after AND seen_at > :seen_after) AS sessions
FROM user ORDER BY name_key;

-- names_of_users --
SELECT name, name_key FROM user;

-- count_users --
SELECT count(*) FROM user;

-- count_super_admins --
-- Those who could sign in now: one of them must always remain.
SELECT count(*) FROM user
WHERE role = 'super_admin' AND NOT disabled AND (password_hash IS NOT NULL OR oidc_subject IS NOT NULL);

-- add_user --
INSERT INTO user (name, name_key, role, password_hash, oidc_subject, created_at)
VALUES (:name, :name_key, :role, :password_hash, :subject, :now) RETURNING *;

-- signed_in --
UPDATE user SET signed_in_at = :now WHERE id = :id;

-- set_role --
UPDATE user SET role = :role WHERE id = :id;

-- set_disabled --
UPDATE user SET disabled = :disabled WHERE id = :id;

-- set_may_download --
UPDATE user SET may_download = :may_download WHERE id = :id;

-- set_password --
UPDATE user SET password_hash = :password_hash WHERE id = :id;

-- set_totp --
UPDATE user SET totp_secret = :secret, totp_step = :step WHERE id = :id;

-- use_totp_step --
-- Two sign-ins with one code at the same moment: only one of them changes a row.
UPDATE user SET totp_step = :step WHERE id = :id AND totp_step < :step;

-- add_recovery_code --
INSERT INTO recovery_code (user_id, key) VALUES (:user_id, :key);

-- use_recovery_code --
-- Two sign-ins with one code at the same moment: only one of them finds it.
DELETE FROM recovery_code WHERE user_id = :user_id AND key = :key;

-- count_recovery_codes --
SELECT count(*) FROM recovery_code WHERE user_id = :user_id;

-- forget_recovery_codes --
DELETE FROM recovery_code WHERE user_id = :user_id;

-- add_session --
INSERT INTO session (key, user_id, created_at, seen_at, address, agent)
VALUES (:key, :user_id, :now, :now, :address, :agent);

-- find_session --
SELECT session.key, session.user_id, session.created_at, session.seen_at, session.address, session.agent,
       user.name, user.role, user.disabled, user.may_download
FROM session JOIN user ON user.id = session.user_id WHERE session.key = :key;

-- sessions_of_user --
SELECT session.key, session.user_id, session.created_at, session.seen_at, session.address, session.agent,
       user.name, user.role, user.disabled, user.may_download
FROM session JOIN user ON user.id = session.user_id
WHERE user_id = :user_id AND session.created_at > :created_after AND session.seen_at > :seen_after
ORDER BY session.seen_at DESC;

-- touch_session --
UPDATE session SET seen_at = :now WHERE key = :key AND seen_at < :now;

-- end_session --
DELETE FROM session WHERE key = :key;

-- end_session_of_user --
DELETE FROM session WHERE key = :key AND user_id = :user_id;

-- end_sessions_of_user --
DELETE FROM session WHERE user_id = :user_id AND key IS NOT :but;

-- forget_sessions --
DELETE FROM session WHERE created_at <= :created_after OR seen_at <= :seen_after;

-- find_throttle --
SELECT failures, failed_at FROM throttle WHERE key = :key;

-- set_throttle --
INSERT INTO throttle (key, failures, failed_at) VALUES (:key, :failures, :failed_at)
ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, failed_at = excluded.failed_at;

-- clear_throttle --
DELETE FROM throttle WHERE key = :key;

-- forget_throttles --
DELETE FROM throttle WHERE failed_at <= :before;

-- add_link --
INSERT INTO link (key, user_id, expires_at) VALUES (:key, :user_id, :expires_at);

-- find_link --
SELECT link.user_id, link.expires_at, user.name, user.totp_secret FROM link LEFT JOIN user ON user.id = link.user_id
WHERE link.key = :key AND link.expires_at > :now;

-- find_link_of_user --
SELECT expires_at FROM link WHERE user_id IS :user_id AND expires_at > :now;

-- forget_links --
-- A user has one link at most: a newer one replaces it. NULL: the links of the first start.
DELETE FROM link WHERE user_id IS :user_id OR expires_at <= :now;

-- add_oidc_try --
INSERT INTO oidc_try (state, browser, nonce, verifier, next, expires_at)
VALUES (:state, :browser, :nonce, :verifier, :next, :expires_at);

-- take_oidc_try --
DELETE FROM oidc_try WHERE state = :state RETURNING *;

-- forget_oidc_tries --
DELETE FROM oidc_try WHERE expires_at <= :now;

-- get_setting --
SELECT value FROM setting WHERE name = :name;

-- set_setting --
INSERT INTO setting (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
