-- Events are told by what is written anyway: the line of a job's log with which it takes a status or a run ends, and
-- the attempts of deliveries. Their ids are what a stream goes on from, so one that is gone must not come back.
CREATE TABLE job_logs_with_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id INTEGER NOT NULL REFERENCES jobs (id),
  time INTEGER NOT NULL,
  level TEXT NOT NULL,
  stage TEXT NOT NULL,
  message TEXT NOT NULL,
  data TEXT,
  -- What the job became with this line.
  status TEXT,
  -- The run that ended with this line.
  run_id INTEGER
);
INSERT INTO job_logs_with_events (id, job_id, time, level, stage, message, data)
SELECT id, job_id, time, level, stage, message, data FROM job_logs;
DROP TABLE job_logs;
ALTER TABLE job_logs_with_events RENAME TO job_logs;
CREATE INDEX job_logs_of_job ON job_logs (job_id, id);

CREATE TABLE delivery_attempts_with_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
  at INTEGER NOT NULL,
  status_code INTEGER,
  duration_ms INTEGER NOT NULL,
  error_kind TEXT,
  response_excerpt TEXT,
  -- What the delivery became with this attempt.
  outcome TEXT CHECK (outcome IN ('delivered', 'retrying', 'exhausted'))
);
INSERT INTO delivery_attempts_with_events (id, delivery_id, at, status_code, duration_ms, error_kind, response_excerpt)
SELECT id, delivery_id, at, status_code, duration_ms, error_kind, response_excerpt FROM delivery_attempts;
DROP TABLE delivery_attempts;
ALTER TABLE delivery_attempts_with_events RENAME TO delivery_attempts;
CREATE INDEX delivery_attempts_of_delivery ON delivery_attempts (delivery_id, id);
