-- What a reviewer said about one run, at one time.
CREATE TABLE feedback (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
  job_id INTEGER NOT NULL REFERENCES jobs (id),
  run_id INTEGER NOT NULL REFERENCES runs (id),
  algorithm_id TEXT NOT NULL,
  version TEXT,
  revision INTEGER NOT NULL,
  reviewer TEXT,
  comment TEXT,
  -- 1 for the first one about its run: counting these counts the reviewed runs.
  is_first INTEGER NOT NULL,
  -- The feedback that took over the last of its fields.
  superseded_by INTEGER,
  created_at INTEGER NOT NULL
);
CREATE INDEX feedback_of_workspace ON feedback (workspace_id, id);
CREATE INDEX feedback_of_algorithm ON feedback (workspace_id, algorithm_id, id);
CREATE INDEX feedback_of_job ON feedback (job_id, id);
CREATE INDEX feedback_of_run ON feedback (run_id, id);

CREATE TABLE feedback_corrections (
  id INTEGER PRIMARY KEY,
  feedback_id INTEGER NOT NULL REFERENCES feedback (id),
  run_id INTEGER NOT NULL,
  -- A dotted path into the result, and the same with `*` for places in lists: what statistics count together.
  field TEXT NOT NULL,
  field_group TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('correct', 'incorrect', 'missing', 'spurious')),
  -- JSON; null where there is no such value.
  predicted TEXT,
  corrected TEXT,
  comment TEXT,
  superseded_by INTEGER
);
CREATE INDEX feedback_corrections_of_feedback ON feedback_corrections (feedback_id, id);
CREATE UNIQUE INDEX feedback_corrections_current ON feedback_corrections (run_id, field) WHERE superseded_by IS NULL;
