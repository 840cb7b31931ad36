-- The statements of the job store. Times are UTC in ISO 8601; `beat` is CLOCK_MONOTONIC, which stands still while the
-- machine sleeps, so that a laptop that wakes up does not take its jobs for dead.

-- migration_1 --
CREATE TABLE job (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order in which jobs came
    job_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'cancelling', 'done', 'failed', 'cancelled', 'interrupted')),
    turn INTEGER,                              -- its place in the queue; a resumed job stands at the end again
    actor TEXT NOT NULL,
    role TEXT,
    source TEXT NOT NULL,                      -- console, command
    created_at TEXT NOT NULL,
    started_at TEXT,                           -- of the last start
    finished_at TEXT,
    heartbeat_at TEXT,
    beat REAL,
    pid INTEGER,                               -- of the process that looks after it; with the next two, see ProcessIdentity
    pid_started INTEGER,
    boot TEXT,
    config TEXT NOT NULL,                      -- JSON
    searched TEXT NOT NULL,                    -- what a search looks at, in lower case
    phase TEXT NOT NULL DEFAULT '',
    done_bytes INTEGER NOT NULL DEFAULT 0,
    total_bytes INTEGER NOT NULL DEFAULT 0,
    rows INTEGER NOT NULL DEFAULT 0,
    mb_s REAL,
    eta_seconds REAL,
    rows_in INTEGER,
    rows_out INTEGER,
    rows_quarantined INTEGER,
    seconds REAL,                              -- all starts together
    error_code TEXT,
    error_message TEXT,
    again_of TEXT,
    report TEXT,
    tidied INTEGER NOT NULL DEFAULT 0          -- whether its samples were looked at by retention
);
CREATE INDEX job_by_state ON job (state, turn);
CREATE TABLE job_result (                      -- apart, so that lists do not read it
    job_id TEXT PRIMARY KEY REFERENCES job (job_id) ON DELETE CASCADE,
    metadata BLOB NOT NULL                     -- JSON, zlib
);
CREATE TABLE job_event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL REFERENCES job (job_id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    actor TEXT
);
CREATE INDEX event_by_job ON job_event (job_id);
CREATE TABLE job_point (                       -- the profile while a job runs; afterwards its metadata has it
    job_id TEXT NOT NULL REFERENCES job (job_id) ON DELETE CASCADE,
    seconds REAL NOT NULL,
    point TEXT NOT NULL,                       -- JSON
    PRIMARY KEY (job_id, seconds)
) WITHOUT ROWID;
CREATE TABLE job_output (                      -- outputs that a job which is not over has taken: one job for each
    path TEXT PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES job (job_id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX output_by_job ON job_output (job_id);
CREATE TABLE job_launch (                      -- the starts of the last minute
    actor TEXT NOT NULL,
    at REAL NOT NULL                           -- seconds since 1970
)

-- migration_2 --
CREATE TABLE job_file (                        -- what jobs published, in that order: how an old run's page knows its own
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,                        -- of a file, or of a folder of parts and of each part
    job_id TEXT NOT NULL REFERENCES job (job_id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    inode INTEGER NOT NULL,                    -- with the next three: what tells it again
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    replaced_job TEXT,                         -- whose output was there before
    kept TEXT                                  -- where that stays
);
CREATE INDEX file_by_path ON job_file (path, number);
CREATE INDEX file_by_job ON job_file (job_id)

-- migration_3 --
-- Of a done job: good, look, doubtful; NULL: it ended before there was one. (SQLite keeps a comment behind it as part
-- of the column, and then the table ends in it.)
ALTER TABLE job ADD COLUMN verdict TEXT

-- migration_4 --
-- What a person calls a run, and what they say of it; what a search finds of both, in lower case.
ALTER TABLE job ADD COLUMN name TEXT;
ALTER TABLE job ADD COLUMN note TEXT;
ALTER TABLE job ADD COLUMN described TEXT

-- migration_5 --
CREATE TABLE saved_question (                  -- SQL under a name, for all who may ask
    name TEXT PRIMARY KEY,
    statement TEXT NOT NULL,
    actor TEXT NOT NULL,                       -- who saved it last
    at TEXT NOT NULL
) WITHOUT ROWID

-- saved_questions --
SELECT name, statement, actor, at FROM saved_question;

-- save_question --
INSERT INTO saved_question (name, statement, actor, at) VALUES (:name, :sql, :actor, :at)
ON CONFLICT (name) DO UPDATE SET statement = excluded.statement, actor = excluded.actor, at = excluded.at;

-- delete_question --
DELETE FROM saved_question WHERE name = :name;

-- describe --
UPDATE job SET name = :name, note = :note, described = :described WHERE job_id = :job_id;

-- add_file --
INSERT INTO job_file (path, job_id, at, inode, size, mtime_ns, ctime_ns, replaced_job, kept)
VALUES (:path, :job_id, :at, :inode, :size, :mtime_ns, :ctime_ns, :replaced_job, :kept);

-- files --
SELECT * FROM job_file WHERE job_id = :job_id ORDER BY number;

-- files_at --
-- Whatever jobs published under some names, a list in JSON, the latest first.
SELECT job_file.*, job.name AS run_name, job.state FROM job_file JOIN job USING (job_id)
WHERE path IN (SELECT value FROM json_each(:paths)) ORDER BY job_file.number DESC;

-- kept_files --
-- Old versions that jobs kept of what they replaced, the latest first.
SELECT path, kept, replaced_job FROM job_file WHERE kept IS NOT NULL ORDER BY number DESC;

-- next_file --
-- What took the place of a job's output: the one that says so, else the next behind it. (A job that ended before there
-- was this table has no file here; whatever is here came after it.)
SELECT * FROM job_file
WHERE path = :path AND job_id <> :job_id AND (replaced_job = :job_id OR number > :number)
ORDER BY replaced_job = :job_id DESC, number LIMIT 1;

-- add_job --
INSERT INTO job (job_id, state, turn, actor, role, source, created_at, started_at, heartbeat_at, beat, pid, pid_started, boot,
                 config, searched, again_of)
VALUES (:job_id, :state, CASE WHEN :pid IS NULL THEN (SELECT COALESCE(MAX(turn), 0) + 1 FROM job) END, :actor, :role, :source, :now, :started_at, :started_at,
        :beat, :pid, :pid_started, :boot, :config, :searched, :again_of);

-- claim --
-- Take the oldest queued job, if fewer are at work than may be. One statement: two processes never take the same job,
-- and never one too many. Commands that run in a terminal are not held back by the queue, and do not hold it back.
UPDATE job SET state = 'running', started_at = :now, finished_at = NULL, heartbeat_at = :now, beat = :beat,
               pid = :pid, pid_started = :pid_started, boot = :boot, error_code = NULL, error_message = NULL,
               phase = 'start', done_bytes = 0, total_bytes = 0, rows = 0, mb_s = NULL, eta_seconds = NULL
WHERE number = (SELECT number FROM job WHERE state = 'queued' ORDER BY turn LIMIT 1)
  AND (SELECT COUNT(*) FROM job WHERE state IN ('running', 'cancelling') AND turn IS NOT NULL) < :at_once
RETURNING *;

-- start_here --
-- A queued job goes on in a process of its own, outside of the queue.
UPDATE job SET state = 'running', turn = NULL, started_at = :now, finished_at = NULL, heartbeat_at = :now, beat = :beat,
               pid = :pid, pid_started = :pid_started, boot = :boot
WHERE job_id = :job_id AND state = 'queued';

-- move --
-- Every change of state goes through here, and only from the states that it may follow.
UPDATE job SET state = :state, finished_at = CASE WHEN :over THEN :now ELSE finished_at END,
               error_code = :error_code, error_message = :error_message
WHERE job_id = :job_id AND state IN (SELECT value FROM json_each(:before));

-- requeue --
UPDATE job SET state = 'queued', turn = (SELECT COALESCE(MAX(turn), 0) + 1 FROM job), finished_at = NULL, pid = NULL,
               config = :config, error_code = NULL, error_message = NULL
WHERE job_id = :job_id AND state IN (SELECT value FROM json_each(:before));

-- end_of_start --
UPDATE job SET seconds = COALESCE(seconds, 0) + :seconds, pid = NULL, mb_s = NULL, eta_seconds = NULL WHERE job_id = :job_id;

-- result --
UPDATE job SET rows_in = :rows_in, rows_out = :rows_out, rows_quarantined = :rows_quarantined, report = :report, verdict = :verdict
WHERE job_id = :job_id;

-- keep_metadata --
INSERT OR REPLACE INTO job_result (job_id, metadata) VALUES (:job_id, :metadata);

-- metadata --
SELECT metadata FROM job_result WHERE job_id = :job_id;

-- beat --
UPDATE job SET heartbeat_at = :now, beat = :beat, phase = :phase, done_bytes = :done_bytes, total_bytes = :total_bytes,
               rows = :rows, mb_s = :mb_s, eta_seconds = :eta_seconds
WHERE job_id = :job_id AND pid = :pid
RETURNING state;

-- add_event --
INSERT INTO job_event (job_id, at, kind, text, actor) VALUES (:job_id, :now, :kind, :text, :actor);

-- events --
SELECT at, kind, text, actor FROM job_event WHERE job_id = :job_id ORDER BY number;

-- add_point --
INSERT OR REPLACE INTO job_point (job_id, seconds, point) VALUES (:job_id, :seconds, :point);

-- points --
SELECT point FROM job_point WHERE job_id = :job_id ORDER BY seconds;

-- drop_points --
DELETE FROM job_point WHERE job_id = :job_id;

-- take_output --
INSERT INTO job_output (path, job_id) VALUES (:path, :job_id);

-- taken_by --
SELECT job_id FROM job_output WHERE path = :path AND job_id <> :job_id;

-- give_back_outputs --
DELETE FROM job_output WHERE job_id = :job_id;

-- forget_launches --
DELETE FROM job_launch WHERE at <= :minute_ago OR at > :now;

-- launches --
SELECT COUNT(*) AS starts, MIN(at) AS first FROM job_launch WHERE actor = :actor;

-- add_launch --
INSERT INTO job_launch (actor, at) VALUES (:actor, :now);

-- one --
SELECT * FROM job WHERE job_id = :job_id;

-- live --
SELECT * FROM job WHERE state IN ('running', 'cancelling');

-- page --
SELECT * FROM job
WHERE (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
  AND (:actor IS NULL OR actor = :actor)
  AND (:text IS NULL OR instr(searched, :text) OR instr(described, :text))
ORDER BY number DESC LIMIT :limit OFFSET :offset;

-- total --
SELECT COUNT(*) AS total FROM job
WHERE (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
  AND (:actor IS NULL OR actor = :actor)
  AND (:text IS NULL OR instr(searched, :text) OR instr(described, :text));

-- counts --
SELECT state, COUNT(*) AS jobs FROM job GROUP BY state;

-- counts_of_queue --
SELECT state, COUNT(*) AS jobs FROM job WHERE state IN ('queued', 'running', 'cancelling') AND turn IS NOT NULL GROUP BY state;


-- untidied --
SELECT job_id, config FROM job WHERE state = 'done' AND NOT tidied AND finished_at < :before ORDER BY number LIMIT 1000;

-- tidied --
UPDATE job SET tidied = 1 WHERE job_id = :job_id;

-- old_runs --
-- Runs that are over, but for the newest :keep of them and those that ended lately. (-1 keeps any number.)
SELECT job_id FROM job
WHERE state IN ('done', 'failed', 'cancelled')
  AND (finished_at < :before OR number <= COALESCE((SELECT number FROM job WHERE state IN ('done', 'failed', 'cancelled')
                                                    ORDER BY number DESC LIMIT 1 OFFSET :keep), 0) AND :keep >= 0);

-- forget_runs --
DELETE FROM job WHERE job_id IN (SELECT value FROM json_each(:job_ids));
